from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from talelio_backend.app_library.domain.errors import AlreadyActive, AlreadyInactive
from talelio_backend.app_library.domain.events import (AuthorCreated, AuthorDeactivated,
                                                       AuthorRestored, AuthorUpdated)
from talelio_backend.shared.domain.aggregate import Aggregate
from talelio_backend.shared.domain.events import changes_between
from talelio_backend.shared.domain.ids import new_id


@dataclass(kw_only=True, eq=False)
class Author(Aggregate):
    """Somebody who had a part in books, in whatever role. An only name is the family name. Two
    people may bear one name."""

    given_name: str | None
    family_name: str
    deactivated_at: datetime | None
    created_at: datetime
    updated_at: datetime

    @classmethod
    def create(cls, *, given_name: str | None, family_name: str, now: datetime) -> Self:
        author = cls(id=new_id(),
                     given_name=given_name or None,
                     family_name=family_name,
                     deactivated_at=None,
                     created_at=now,
                     updated_at=now)
        author.record(AuthorCreated(author_id=author.id, name=author.full_name))
        return author

    @property
    def full_name(self) -> str:
        return f'{self.given_name} {self.family_name}' if self.given_name else self.family_name

    @property
    def is_active(self) -> bool:
        return self.deactivated_at is None

    def rename(self, changes: Mapping[str, Any], *, now: datetime) -> bool:
        """``changes`` are new values of ``given_name`` and ``family_name``. Whether the name is
        another now; to the one that it is: no event."""
        wanted = dict(changes)
        if 'given_name' in wanted:
            wanted['given_name'] = wanted['given_name'] or None
        changed = changes_between({name: getattr(self, name) for name in wanted}, wanted)
        if not changed:
            return False
        for name, change in changed.items():
            setattr(self, name, change.after)
        self.updated_at = now
        self.record(AuthorUpdated(author_id=self.id, name=self.full_name, changed=changed))
        return True

    def deactivate(self, *, now: datetime) -> None:
        """Raises AlreadyInactive."""
        if not self.is_active:
            raise AlreadyInactive()
        self.deactivated_at = self.updated_at = now
        self.record(AuthorDeactivated(author_id=self.id, name=self.full_name))

    def restore(self, *, now: datetime) -> None:
        """Raises AlreadyActive."""
        if self.is_active:
            raise AlreadyActive()
        self.deactivated_at = None
        self.updated_at = now
        self.record(AuthorRestored(author_id=self.id, name=self.full_name))

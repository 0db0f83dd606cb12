from dataclasses import dataclass
from datetime import datetime
from typing import Self

from talelio_backend.app_library.domain.errors import AlreadyActive, AlreadyInactive
from talelio_backend.app_library.domain.events import (CategoryCreated, CategoryDeactivated,
                                                       CategoryRestored, CategoryUpdated)
from talelio_backend.shared.domain.aggregate import Aggregate
from talelio_backend.shared.domain.events import Change
from talelio_backend.shared.domain.ids import new_id


@dataclass(kw_only=True, eq=False)
class Category(Aggregate):
    """The shelf that a book stands on. No two have one name, whatever its case."""

    name: str
    deactivated_at: datetime | None
    created_at: datetime
    updated_at: datetime

    @classmethod
    def create(cls, *, name: str, now: datetime) -> Self:
        category = cls(id=new_id(), name=name, deactivated_at=None, created_at=now, updated_at=now)
        category.record(CategoryCreated(category_id=category.id, name=name))
        return category

    @property
    def is_active(self) -> bool:
        return self.deactivated_at is None

    def rename(self, name: str, *, now: datetime) -> bool:
        """Whether the name is another now; to the one that it is: no event."""
        if name == self.name:
            return False
        changed = {'name': Change(self.name, name)}
        self.name = name
        self.updated_at = now
        self.record(CategoryUpdated(category_id=self.id, name=name, changed=changed))
        return True

    def deactivate(self, *, now: datetime) -> None:
        """Raises AlreadyInactive."""
        if not self.is_active:
            raise AlreadyInactive()
        self.deactivated_at = self.updated_at = now
        self.record(CategoryDeactivated(category_id=self.id, name=self.name))

    def restore(self, *, now: datetime) -> None:
        """Raises AlreadyActive."""
        if self.is_active:
            raise AlreadyActive()
        self.deactivated_at = None
        self.updated_at = now
        self.record(CategoryRestored(category_id=self.id, name=self.name))

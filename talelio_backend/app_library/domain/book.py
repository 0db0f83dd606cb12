from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any, Self
from uuid import UUID

from talelio_backend.app_library.domain.errors import AlreadyActive, AlreadyInactive
from talelio_backend.app_library.domain.events import (BookCreated, BookDeactivated, BookRestored,
                                                       BookUpdated)
from talelio_backend.shared.domain.aggregate import Aggregate
from talelio_backend.shared.domain.errors import Fault, Invalid, VersionMismatch
from talelio_backend.shared.domain.events import Change, changes_between
from talelio_backend.shared.domain.ids import new_id

EARLIEST_YEAR = 1000


class Role(Enum):
    AUTHOR = 'author'
    EDITOR = 'editor'
    TRANSLATOR = 'translator'
    ILLUSTRATOR = 'illustrator'
    CONTRIBUTOR = 'contributor'


@dataclass(frozen=True, kw_only=True)
class Contribution:
    """What somebody did for a book. Its place among them is that on the title page."""

    author_id: UUID
    role: Role = Role.AUTHOR


# What an edit may change. Of these an empty text says as little as none, and is kept as none.
_EDITABLE = ('title', 'subtitle', 'authors', 'category_id', 'item_type', 'description', 'isbn13',
             'publisher', 'year', 'language', 'cover_image_id')
_BLANK_IS_NONE = ('subtitle', 'publisher')


@dataclass(kw_only=True, eq=False)
class Book(Aggregate):
    """A title, of which the library may own copies. ``isbn13`` holds 13 digits, ``language`` a
    tag of BCP 47 in its usual case."""

    title: str
    subtitle: str | None
    authors: tuple[Contribution, ...]
    category_id: UUID
    item_type: str
    description: str
    isbn13: str | None
    publisher: str | None
    year: int | None
    language: str | None
    cover_image_id: UUID | None
    deactivated_at: datetime | None
    version: int
    created_at: datetime
    updated_at: datetime

    @classmethod
    def create(cls, *, now: datetime, **fields: Any) -> Self:
        """``fields`` are all that can be edited. Raises Invalid."""
        kept = checked(fields, now=now)
        book = cls(id=new_id(),
                   deactivated_at=None,
                   version=1,
                   created_at=now,
                   updated_at=now,
                   **kept)
        book.record(BookCreated(book_id=book.id, title=book.title))
        return book

    @property
    def is_active(self) -> bool:
        return self.deactivated_at is None

    def expect(self, version: int | None) -> None:
        """Raises VersionMismatch unless ``version`` is the present one or None."""
        if version is not None and version != self.version:
            raise VersionMismatch(version=self.version)

    def edit(self,
             changes: Mapping[str, Any],
             *,
             now: datetime,
             owned: Change | None = None) -> None:
        """``changes`` are new values of what can be edited; ``owned`` is what became of the
        number of copies, which the book itself does not hold. What is already so is no change and
        keeps the version. Raises Invalid."""
        wanted = checked(changes, now=now)
        before = {name: _plain(getattr(self, name)) for name in wanted}
        changed = changes_between(before, {name: _plain(wanted[name]) for name in wanted})
        for name in changed:
            setattr(self, name, wanted[name])
        if owned is not None:
            changed['number_owned'] = owned
        if changed:
            self._touch(now)
            self.record(BookUpdated(book_id=self.id, title=self.title, changed=changed))

    def deactivate(self, *, now: datetime) -> None:
        """Its loans go on; nobody borrows it any more. Raises AlreadyInactive."""
        if not self.is_active:
            raise AlreadyInactive()
        self.deactivated_at = now
        self._touch(now)
        self.record(BookDeactivated(book_id=self.id, title=self.title))

    def restore(self, *, now: datetime) -> None:
        """Raises AlreadyActive."""
        if self.is_active:
            raise AlreadyActive()
        self.deactivated_at = None
        self._touch(now)
        self.record(BookRestored(book_id=self.id, title=self.title))

    def _touch(self, now: datetime) -> None:
        self.version += 1
        self.updated_at = now


def checked(fields: Mapping[str, Any], *, now: datetime) -> dict[str, Any]:
    """Fields of a book as they are kept. Raises Invalid."""
    unknown = fields.keys() - set(_EDITABLE)
    if unknown:
        raise TypeError(f'a book has no {", ".join(sorted(unknown))} to edit')
    _check_year(fields.get('year'), now)
    _check_authors(fields.get('authors', ()))
    return {
        name: value or None if name in _BLANK_IS_NONE else value
        for name, value in fields.items()
    }


def _check_year(year: int | None, now: datetime) -> None:
    latest = now.year + 1
    if year is not None and not EARLIEST_YEAR <= year <= latest:
        code = 'too_small' if year < EARLIEST_YEAR else 'too_large'
        raise Invalid(Fault('/year', code, f'a year from {EARLIEST_YEAR} to {latest}'))


def _check_authors(authors: tuple[Contribution, ...]) -> None:
    repeated = [
        Fault(f'/authors/{place}', 'duplicate', 'has this part in the book already')
        for place, contribution in enumerate(authors) if contribution in authors[:place]
    ]
    if repeated:
        raise Invalid(*repeated)


def _plain(value: Any) -> Any:
    """As the activity log shows it."""
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, tuple):
        return [{'author_id': str(part.author_id), 'role': part.role.value} for part in value]
    return value

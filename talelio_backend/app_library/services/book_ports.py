"""What the books of the catalogue need from outside, beside what the desk needs."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol
from uuid import UUID

from talelio_backend.app_library.domain.book import Book
from talelio_backend.app_library.services.catalogue_ports import CatalogueLock, ParentCascade
from talelio_backend.app_library.services.ports import DeskUnitOfWork


@dataclass(frozen=True, kw_only=True)
class Parent:
    """A category or an author, as its books need to know it."""

    type: Literal['category', 'author']
    id: UUID
    name: str
    active: bool


class BookRepository(Protocol):
    """Whoever changes a book holds the catalogue's lock."""

    def save(self, book: Book) -> None:
        """Stores a new or edited book with who had a part in it, and makes it found by what it
        says now. Raises IsbnTaken."""
        ...

    def locked(self, book_id: UUID) -> Book | None:
        """Kept from loans, holds and edits of others until the end of the transaction."""
        ...

    def of_copy(self, copy_id: UUID) -> Book | None:
        """The book that the copy belongs to, locked likewise."""
        ...

    def with_isbn(self, isbn13: str) -> UUID | None:
        """The book that has this ISBN."""
        ...

    def number_owned(self, book_id: UUID) -> int:
        """Its copies that are neither lost nor withdrawn, of a locked book."""
        ...


class Surroundings(Protocol):
    """What a book refers to."""

    def parents(self, *, category_id: UUID, author_ids: Collection[UUID]) -> Sequence[Parent]:
        """Those that there are: the category first, then the authors by name."""
        ...

    def has_item_type(self, item_type: str) -> bool:
        """Kept from being deleted until the end of the transaction."""
        ...

    def has_image(self, image_id: UUID) -> bool:
        """Kept likewise."""
        ...


class BookCascade(ParentCascade, Protocol):

    def of_book(self, book: Book, *, now: datetime) -> None:
        """Cancels the open holds of a book that was deactivated: the copies that were kept for
        them are free."""
        ...


class BookUnitOfWork(DeskUnitOfWork, Protocol):

    @property
    def catalogue(self) -> CatalogueLock:
        ...

    @property
    def books(self) -> BookRepository:
        ...

    @property
    def surroundings(self) -> Surroundings:
        ...

    @property
    def cascade(self) -> BookCascade:
        ...

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol
from uuid import UUID

from talelio_backend.shared.services.listing import Document, Page, PageRequest


@dataclass(frozen=True, kw_only=True)
class BookFilter:
    """Which books are wanted: those that every filter lets through, a filter of several values
    what any of them does. Text is as typed; a blank one narrows nothing. ``isbn13`` are its 13
    digits, the years are inclusive, ``since`` inclusive and ``before`` exclusive, both on when a
    book was added. ``facets`` asks how many books there are of each kind."""

    status: Literal['active', 'inactive', 'all'] = 'active'
    q: str | None = None
    title: str | None = None
    categories: tuple[UUID, ...] = ()
    authors: tuple[UUID, ...] = ()
    languages: tuple[str, ...] = ()
    item_types: tuple[str, ...] = ()
    available: bool = False
    isbn13: str | None = None
    year_from: int | None = None
    year_to: int | None = None
    since: datetime | None = None
    before: datetime | None = None
    facets: bool = False


class BookQueries(Protocol):
    """What is read of books, as JSON made by the database. ``reader_id`` is whose marks are
    shown: the loan, the hold and the favourite that they have of a book; None for a stranger."""

    def book(self, book_id: UUID, *, reader_id: UUID | None) -> Document:
        """An inactive one too. Raises BookNotFound."""
        ...

    def page(self, wanted: BookFilter, request: PageRequest, *, reader_id: UUID | None) -> Page:
        """Raises BadQuery, and CategoryNotFound, AuthorNotFound or ItemTypeNotFound where a
        filter names nothing that there is."""
        ...

from dataclasses import dataclass
from typing import Literal, Protocol
from uuid import UUID

from talelio_backend.shared.services.listing import Document, Page, PageRequest


@dataclass(frozen=True, kw_only=True)
class ParentFilter:
    """Which categories or authors are wanted. ``having`` names what they have at least one of:
    active books, open loans, or loans of all time. ``q`` is looked for in the name, without
    regard to case and accents; None or blank narrows nothing."""

    status: Literal['active', 'inactive', 'all'] = 'active'
    having: Literal['books', 'active_loans', 'loans'] | None = None
    q: str | None = None


class ShelvingQueries(Protocol):
    """What is read of authors, categories and item types, as JSON made by the database: one
    statement an answer. ``counted`` adds what administrators are told: all books, and loans."""

    def authors(self, wanted: ParentFilter, request: PageRequest) -> Page:
        """Counted for administrators. Raises BadQuery."""
        ...

    def author(self, author_id: UUID, *, counted: bool) -> Document:
        """Raises AuthorNotFound."""
        ...

    def categories(self, wanted: ParentFilter, request: PageRequest) -> Page:
        """Counted for administrators. Raises BadQuery."""
        ...

    def category(self, category_id: UUID, *, counted: bool) -> Document:
        """Raises CategoryNotFound."""
        ...

    def item_types(self, request: PageRequest) -> Page:
        """Raises BadQuery."""
        ...

    def item_type(self, item_type: str) -> Document:
        """Raises ItemTypeNotFound."""
        ...

from typing import Protocol
from uuid import UUID

from talelio_backend.shared.services.listing import Document, Page, PageRequest


class CopyQueries(Protocol):
    """What the staff reads of copies, as JSON made by the database: one statement an answer."""

    def copy(self, copy_id: UUID) -> Document:
        """Raises CopyNotFound."""
        ...

    def of_book(self, book_id: UUID, request: PageRequest) -> Page:
        """The copies of a title, withdrawn ones too. Raises BookNotFound, BadQuery."""
        ...

    def all(self, request: PageRequest, *, barcode: str | None) -> Page:
        """The copies of all titles; with ``barcode`` the one that has it. Raises BadQuery."""
        ...

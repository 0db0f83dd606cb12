from typing import Protocol
from uuid import UUID

from talelio_backend.shared.services.listing import Document, Page, PageRequest


class ImportQueries(Protocol):
    """What is read of imports."""

    def imports(self, request: PageRequest) -> Page:
        ...

    def one(self, import_id: UUID) -> Document:
        """With its first problems. Raises ImportNotFound."""
        ...

    def problems(self, import_id: UUID, request: PageRequest) -> Page:
        """All of them, by row. Raises ImportNotFound."""
        ...

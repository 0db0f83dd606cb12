from typing import Protocol
from uuid import UUID

from talelio_backend.shared.services.listing import Document, Page, PageRequest


class FavouriteQueries(Protocol):
    """What is read of favourites, as JSON made by the database."""

    def favourites(self, member_id: UUID | None, request: PageRequest) -> Page:
        """Those of a member; None: of everybody, each with its member. Raises BadQuery."""
        ...

    def favourite(self, favourite_id: UUID) -> Document:
        """Raises FavouriteNotFound."""
        ...

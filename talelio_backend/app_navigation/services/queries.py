from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from talelio_backend.app_navigation.domain.link import Position
from talelio_backend.shared.domain.access import Level
from talelio_backend.shared.services.listing import Document, Page, PageRequest


@dataclass(frozen=True, kw_only=True)
class LinkFilter:
    """An empty tuple or None narrows nothing. ``q`` is looked for in text and target."""

    positions: tuple[Position, ...] = ()
    access_levels: tuple[Level, ...] = ()
    q: str | None = None


class NavigationQueries(Protocol):
    """What is read of menus, as JSON made by the database: one statement an answer."""

    def menu(self, level: Level) -> str:
        """The links that a caller of this level sees, as a JSON array."""
        ...

    def link(self, link_id: UUID) -> Document:
        """Raises LinkNotFound."""
        ...

    def links(self, wanted: LinkFilter, request: PageRequest) -> Page:
        """Raises BadQuery."""
        ...

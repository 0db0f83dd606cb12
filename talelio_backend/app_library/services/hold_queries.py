from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from talelio_backend.app_library.domain.hold import HoldState
from talelio_backend.shared.services.listing import Document, Page, PageRequest


@dataclass(frozen=True, kw_only=True)
class HoldFilter:
    """``member_id`` None: of everybody; ``states`` empty: the open ones."""

    member_id: UUID | None = None
    states: tuple[HoldState, ...] = ()
    book_id: UUID | None = None


class HoldQueries(Protocol):
    """What is read of holds, as JSON made by the database. A ready hold whose time is over is
    shown as expired, though the worker has not come by yet."""

    def holds(self, wanted: HoldFilter, request: PageRequest) -> Page:
        """Raises BadQuery, BookNotFound (no such ``book_id``)."""
        ...

    def hold(self, hold_id: UUID, *, member_id: UUID | None = None) -> Document:
        """One of somebody else than ``member_id`` is not found. Raises HoldNotFound."""
        ...

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol
from uuid import UUID

from talelio_backend.shared.services.listing import Document, Page, PageRequest


@dataclass(frozen=True, kw_only=True)
class ActivityFilter:
    """What is None or empty narrows nothing. All words of ``q`` stand in text, target label or
    the present username of the actor."""

    q: str | None = None
    actor: UUID | Literal['none'] | None = None
    impersonator: UUID | Literal['any'] | None = None
    actions: Sequence[str] = ()
    areas: Sequence[str] = ()
    target_types: Sequence[str] = ()
    target_id: str | None = None
    request_id: str | None = None
    since: datetime | None = None
    before: datetime | None = None


class ActivityQueries(Protocol):
    """What is read of the log, as JSON made by the database: one statement an answer."""

    def page(self, wanted: ActivityFilter, request: PageRequest) -> Page:
        """Raises BadQuery, for an area and an action that no event declares too."""
        ...

    def newest(self) -> Document:
        """The newest ten, as a JSON document."""
        ...

    def row(self, activity_id: UUID) -> Document:
        """Raises ActivityNotFound."""
        ...

    def chain(self) -> Document:
        """How long the chain is, and what its last verification found."""
        ...

"""What a calendar of due dates is made of."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True, kw_only=True)
class Due:
    """An open loan. ``version`` rises when its due date moves."""

    loan_id: UUID
    book_id: UUID
    title: str
    started_at: datetime
    due_at: datetime
    version: int


class CalendarTokens(Protocol):
    """The secret part of a calendar's address: made of whose it is and how often it was turned
    over, so that no row holds it."""

    def seal(self, member_id: UUID, *, turn: int) -> str:
        ...

    def named(self, token: str) -> UUID | None:
        """Whose the token says it is, which ``seal`` has to prove; None for no token of ours."""
        ...


class CalendarQueries(Protocol):

    def turn(self, member_id: UUID) -> int | None:
        """How often the address was turned over; None for a blocked or deleted account and for
        nobody."""
        ...

    def due(self, member_id: UUID) -> Sequence[Due]:
        """The open loans, by due date."""
        ...


class CalendarWriter(Protocol):

    def write(self, loans: Sequence[Due]) -> bytes:
        """A calendar (RFC 5545) with one whole day for each loan: the one on which it is due."""
        ...

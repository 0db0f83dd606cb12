"""What notices are made of."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol
from uuid import UUID

Switch = Literal['due_soon', 'overdue', 'holds']
"""By which of ``notices`` a member turns a kind off."""


@dataclass(frozen=True, kw_only=True)
class Stage:
    """When open loans are told of: those that are due after ``after`` and at ``until`` at the
    latest. None: however long ago."""

    name: str
    switch: Switch
    after: datetime | None
    until: datetime


@dataclass(frozen=True, kw_only=True)
class DueLoan:
    loan_id: UUID
    due_at: datetime


@dataclass(frozen=True, kw_only=True)
class Notified:
    """What a notice says, and whom it tells: somebody with an account that is not blocked.
    ``moment`` is what its date is: of a loan and a hold to be collected, until when."""

    book_id: UUID
    title: str
    moment: datetime
    username: str
    email: str
    language: str
    wanted: frozenset[Switch]


@dataclass(frozen=True, kw_only=True)
class NoticeKey:
    """What is told once: ``name`` of a loan or a hold and its date."""

    name: str
    thing_id: UUID
    due_at: datetime


class NoticeFacts(Protocol):
    """Read when a notice is sent. None for what needs no telling any more."""

    def loan(self, loan_id: UUID) -> Notified | None:
        """Of an open loan."""
        ...

    def hold(self, hold_id: UUID, kind: str) -> Notified | None:
        """Of a hold that is still what ``kind`` tells: ready to be collected, expired or
        cancelled."""
        ...


class NoticeRepository(Protocol):
    """What is to be told and was told, so that nobody is told twice."""

    def begin(self, stage: Stage, *, count: int, now: datetime) -> Sequence[DueLoan]:
        """At most ``count`` loans of the stage that nobody began to tell of, and whose member
        wants to be told; from now on somebody has."""
        ...

    def claim(self, key: NoticeKey, *, now: datetime) -> bool:
        """Takes it upon the caller to tell this. False where somebody told it, or tells it at
        this moment."""
        ...

    def release(self, key: NoticeKey) -> None:
        """It could not be told and may be tried again."""
        ...

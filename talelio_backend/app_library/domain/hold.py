from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, Self
from uuid import UUID

from talelio_backend.app_library.domain.circulation_events import (HoldBecameReady, HoldCancelled,
                                                                   HoldEvent, HoldExpired,
                                                                   HoldPlaced, HoldResumed,
                                                                   HoldSuspended)
from talelio_backend.app_library.domain.errors import HoldClosed, HoldNotSuspended, HoldNotWaiting
from talelio_backend.shared.domain.aggregate import Aggregate
from talelio_backend.shared.domain.ids import new_id


class HoldState(Enum):
    WAITING = 'waiting'
    SUSPENDED = 'suspended'
    READY = 'ready'
    FULFILLED = 'fulfilled'
    EXPIRED = 'expired'
    CANCELLED = 'cancelled'


OPEN = frozenset({HoldState.WAITING, HoldState.SUSPENDED, HoldState.READY})


@dataclass(kw_only=True, eq=False)
class Hold(Aggregate):
    """A member's place in the queue for a title. ``title`` is what its events call it by."""

    book_id: UUID
    member_id: UUID
    state: HoldState
    placed_at: datetime
    suspended_until: datetime | None
    ready_at: datetime | None
    ready_until: datetime | None
    copy_id: UUID | None
    closed_at: datetime | None
    reason: str | None

    @classmethod
    def place(cls, *, book_id: UUID, member_id: UUID, title: str, holder: str | None,
              now: datetime) -> Self:
        """``holder`` is the member's name where somebody of the staff acts for them."""
        hold = cls(id=new_id(),
                   book_id=book_id,
                   member_id=member_id,
                   state=HoldState.WAITING,
                   placed_at=now,
                   suspended_until=None,
                   ready_at=None,
                   ready_until=None,
                   copy_id=None,
                   closed_at=None,
                   reason=None)
        hold._tell(HoldPlaced, title, holder)
        return hold

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    def is_over_at(self, now: datetime) -> bool:
        """Ready for longer than the copy is kept."""
        return (self.state is HoldState.READY and self.ready_until is not None
                and self.ready_until <= now)

    def suspend(self, *, until: datetime | None, title: str, holder: str | None) -> None:
        """Keeps its place and is passed over. Raises HoldNotWaiting."""
        if self.state is not HoldState.WAITING:
            raise HoldNotWaiting()
        self.state = HoldState.SUSPENDED
        self.suspended_until = until
        self._tell(HoldSuspended, title, holder)

    def resume(self, *, title: str, holder: str | None, by_itself: bool = False) -> None:
        """``by_itself``: its time has come. Raises HoldNotSuspended."""
        if self.state is not HoldState.SUSPENDED:
            raise HoldNotSuspended()
        self.state = HoldState.WAITING
        self.suspended_until = None
        self._tell(HoldResumed, title, holder, by_itself=by_itself)

    def become_ready(self, *, copy_id: UUID, pickup_days: int, title: str, now: datetime) -> None:
        self.state = HoldState.READY
        self.copy_id = copy_id
        self.ready_at = now
        self.ready_until = now + timedelta(days=pickup_days)
        self._tell(HoldBecameReady, title, None, ready_until=self.ready_until)

    def fulfil(self, *, now: datetime) -> None:
        """Its member has borrowed the title; what the loan tells is enough."""
        self._close(HoldState.FULFILLED, now, reason=None)

    def expire(self, *, title: str, now: datetime) -> None:
        self._close(HoldState.EXPIRED, now, reason='not_collected')
        self._tell(HoldExpired, title, None)

    def cancel(self, *, reason: str, title: str, holder: str | None, now: datetime) -> None:
        """``reason``: ``member``, ``staff``, ``book_inactive``, ``account_blocked``. Raises
        HoldClosed, also for one that is over and waits to be expired."""
        if not self.is_open or self.is_over_at(now):
            raise HoldClosed()
        self._close(HoldState.CANCELLED, now, reason=reason)
        self._tell(HoldCancelled, title, holder, reason=reason)

    def _close(self, state: HoldState, now: datetime, *, reason: str | None) -> None:
        self.state = state
        self.closed_at = now
        self.reason = reason
        self.suspended_until = None

    def _tell(self, kind: type[HoldEvent], title: str, holder: str | None, **more: Any) -> None:
        self.record(
            kind(hold_id=self.id,
                 book_id=self.book_id,
                 member_id=self.member_id,
                 title=title,
                 borrower=holder,
                 **more))

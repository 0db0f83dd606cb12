from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from talelio_backend.app_library.domain.copy import Copy, Status
from talelio_backend.app_library.domain.errors import AlreadyOnHold, NoCopyAvailable
from talelio_backend.app_library.domain.hold import Hold, HoldState

# As fine as times are kept.
TICK = timedelta(microseconds=1)


class Queue:
    """Who waits for a title, and the copies of it that are free or kept for somebody. Whoever
    makes one holds the lock on the title."""

    def __init__(self, *, title: str, holds: Iterable[Hold], copies: Sequence[Copy]) -> None:
        self._title = title
        self._holds = sorted(holds, key=lambda hold: (hold.placed_at, hold.id))
        self._copies = {copy.id: copy for copy in copies}

    def clear(self, *, now: datetime) -> None:
        """Resumes the holds whose time has come, and expires those that nobody collected."""
        for hold in self._in_state(HoldState.SUSPENDED):
            if hold.suspended_until is not None and hold.suspended_until <= now:
                hold.resume(title=self._title, holder=None, by_itself=True)
        for hold in self._in_state(HoldState.READY):
            if hold.is_over_at(now):
                self.release(hold, now=now)
                hold.expire(title=self._title, now=now)

    def advance(self, *, pickup_days: Callable[[UUID], int], now: datetime) -> list[Hold]:
        """Keeps free copies for the first who wait. ``pickup_days`` says for a member how long.
        Returns the holds that became ready."""
        became_ready = []
        for hold, copy in zip(self._in_state(HoldState.WAITING), self.free(), strict=False):
            copy.set_aside(now=now)
            hold.become_ready(copy_id=copy.id,
                              pickup_days=pickup_days(hold.member_id),
                              title=self._title,
                              now=now)
            became_ready.append(hold)
        return became_ready

    def release(self, hold: Hold, *, now: datetime) -> None:
        """The copy that was kept for ``hold``, if one was, is free again."""
        kept = self._kept_for(hold)
        if kept is not None:
            kept.free(now=now)

    def join(self, *, book_id: UUID, member_id: UUID, holder: str | None, now: datetime) -> Hold:
        """A hold of the member, behind all others. ``holder`` is the member's name where somebody
        of the staff acts for them. Raises AlreadyOnHold."""
        if self.of(member_id) is not None:
            raise AlreadyOnHold()
        # Clocks of two machines may differ; who comes later stands further behind all the same.
        last = max((hold.placed_at for hold in self.holds()), default=now - TICK)
        hold = Hold.place(book_id=book_id,
                          member_id=member_id,
                          title=self._title,
                          holder=holder,
                          now=max(now, last + TICK))
        self._holds.append(hold)
        return hold

    def cancel(self, hold: Hold, *, reason: str, holder: str | None, now: datetime) -> None:
        """The copy that was kept for it, if one was, is free. Raises HoldClosed."""
        kept = self._kept_for(hold)
        hold.cancel(reason=reason, title=self._title, holder=holder, now=now)
        if kept is not None:
            kept.free(now=now)

    def lend(self, *, member_id: UUID, barcode: str | None, now: datetime) -> Copy:
        """Gives the member the copy that was kept for them, else a free one; with ``barcode`` that
        one alone. Their own hold is fulfilled; a kept copy that they leave behind is free again.
        Raises NoCopyAvailable."""
        hold = self.of(member_id)
        kept = self._kept_for(hold)
        offered = ([kept] if kept else []) + self.free()
        chosen = next((copy for copy in offered if barcode in (None, copy.barcode)), None)
        if chosen is None:
            raise NoCopyAvailable()
        if hold is not None:
            self.release(hold, now=now)
            hold.fulfil(now=now)
        chosen.lend(now=now)
        return chosen

    def take_back(self, copy: Copy, *, now: datetime) -> None:
        """A copy that was on loan is free."""
        copy.free(now=now)
        self._copies[copy.id] = copy

    def free(self) -> list[Copy]:
        """Nobody's, by barcode: who asks twice is given the same one."""
        return sorted((copy for copy in self._copies.values() if copy.status is Status.AVAILABLE),
                      key=lambda copy: copy.barcode)

    def copy(self, copy_id: UUID) -> Copy:
        return self._copies[copy_id]

    def waiting(self) -> Sequence[Hold]:
        """In their order; suspended ones are passed over."""
        return self._in_state(HoldState.WAITING)

    def of(self, member_id: UUID) -> Hold | None:
        """The member's open hold."""
        return next((hold for hold in self._holds if hold.is_open and hold.member_id == member_id),
                    None)

    def others_wait(self, member_id: UUID) -> bool:
        return any(hold.member_id != member_id for hold in self._in_state(HoldState.WAITING))

    def holds(self) -> Sequence[Hold]:
        """The open ones, in their order."""
        return [hold for hold in self._holds if hold.is_open]

    def _kept_for(self, hold: Hold | None) -> Copy | None:
        if hold is None or hold.copy_id is None or hold.state is not HoldState.READY:
            return None
        return self._copies[hold.copy_id]

    def _in_state(self, state: HoldState) -> list[Hold]:
        return [hold for hold in self._holds if hold.state is state]

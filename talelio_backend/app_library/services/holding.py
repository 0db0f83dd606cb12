from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from talelio_backend.app_library.domain.errors import (AlreadyBorrowed, AlreadyOnHold,
                                                       BookInactive, CopyAvailable, HoldLimit,
                                                       HoldNotFound, HoldsNotAllowed,
                                                       MemberBlocked, UnknownReference)
from talelio_backend.app_library.domain.hold import Hold
from talelio_backend.app_library.domain.member import Standing
from talelio_backend.app_library.domain.policy import resolve
from talelio_backend.app_library.domain.queue import Queue
from talelio_backend.app_library.services import queueing
from talelio_backend.app_library.services.desk import settled_queue
from talelio_backend.app_library.services.ports import DeskUnitOfWork, Title
from talelio_backend.shared.domain.errors import Fault, Invalid, NotYours
from talelio_backend.shared.services.authentication import Caller
from talelio_backend.shared.services.clock import Clock


@dataclass(frozen=True, kw_only=True)
class OpenHold:
    """A hold in the queue of its locked title. ``holder`` is the member's name where somebody of
    the staff acts for them."""

    hold: Hold
    queue: Queue
    title: str
    holder: str | None
    now: datetime


class HoldingService:
    """Who waits for what. A hold of somebody else is HoldNotFound to a member. Every write leaves
    the title's queue settled."""

    def __init__(self, *, open_uow: Callable[[], DeskUnitOfWork], clock: Clock) -> None:
        self._open_uow = open_uow
        self._clock = clock

    def place(self, *, caller: Caller, book_id: UUID, member_id: UUID | None) -> UUID:
        """The new hold. ``member_id`` is the staff's; None: for the caller.

        Raises NotYours (a member names a member), UnknownReference, and in this order
        BookInactive, MemberBlocked, AlreadyBorrowed, AlreadyOnHold, CopyAvailable,
        HoldsNotAllowed, HoldLimit.
        """
        if member_id is not None and not caller.is_admin:
            raise NotYours()
        whose = member_id or caller.member_id
        with self._open_uow() as uow:
            member = uow.members.locked(whose, now=self._clock.now())
            standing = uow.members.standing(whose)
            if member is None or standing is None:
                raise UnknownReference('/member_id', 'member')
            title = uow.titles.locked(book_id)
            if title is None:
                raise UnknownReference('/book_id', 'book')
            now = self._clock.now()
            queue = settled_queue(uow, title, now=now)
            _check(uow, title, queue, member_id=whose, standing=standing, now=now)
            hold = queue.join(book_id=book_id,
                              member_id=whose,
                              holder=None if whose == caller.account_id else standing.username,
                              now=now)
            uow.holds.add(hold)
            uow.commit()
        return hold.id

    def suspend(self, *, hold_id: UUID, caller: Caller, until: datetime | None) -> None:
        """``until`` None: until it is resumed. Raises HoldNotFound, Invalid (not in the future),
        HoldNotWaiting."""

        def change(found: OpenHold) -> None:
            if until is not None and until <= found.now:
                raise Invalid(Fault('/until', 'out_of_range', 'a time in the future'))
            found.hold.suspend(until=until, title=found.title, holder=found.holder)

        self._change(hold_id, caller, change)

    def resume(self, *, hold_id: UUID, caller: Caller) -> None:
        """Raises HoldNotFound, HoldNotSuspended."""
        self._change(hold_id, caller,
                     lambda found: found.hold.resume(title=found.title, holder=found.holder))

    def cancel(self, *, hold_id: UUID, caller: Caller) -> None:
        """Raises HoldNotFound, HoldClosed."""
        self._change(
            hold_id, caller, lambda found: found.queue.cancel(found.hold,
                                                              reason='staff'
                                                              if found.holder else 'member',
                                                              holder=found.holder,
                                                              now=found.now))

    def _change(self, hold_id: UUID, caller: Caller, change: Callable[[OpenHold], None]) -> None:
        """Changes the hold as its reader sees it, before the queue moves on."""
        with self._open_uow() as uow:
            looked_up = uow.holds.get(hold_id)
            if looked_up is None or not (caller.is_admin
                                         or looked_up.member_id == caller.account_id):
                raise HoldNotFound()
            title = uow.titles.locked(looked_up.book_id)
            hold = uow.holds.locked(hold_id)
            if title is None or hold is None:
                raise HoldNotFound()
            now = self._clock.now()
            queue = queueing.read_queue(uow, title)
            change(
                OpenHold(hold=hold,
                         queue=queue,
                         title=title.name,
                         holder=_holder(uow, hold, caller),
                         now=now))
            queue.clear(now=now)
            queueing.advance(uow, title, queue, now=now)
            uow.commit()


def _check(uow: DeskUnitOfWork, title: Title, queue: Queue, *, member_id: UUID, standing: Standing,
           now: datetime) -> None:
    if not title.active:
        raise BookInactive()
    if not standing.may_borrow:
        raise MemberBlocked()
    loan = uow.loans.open_of(book_id=title.id, member_id=member_id)
    if loan is not None:
        raise AlreadyBorrowed(loan_id=str(loan.id))
    present = queue.of(member_id)
    if present is not None:
        raise AlreadyOnHold(hold_id=str(present.id))
    if queue.free():
        raise CopyAvailable()
    policy = resolve(uow.policies.all(), level=standing.level, item_type=title.item_type).policy
    if not policy.holds_allowed:
        raise HoldsNotAllowed()
    limit = policy.max_holds
    if limit is not None and uow.holds.count_open(member_id, item_type=policy.item_type,
                                                  now=now) >= limit:
        raise HoldLimit(limit=limit)


def _holder(uow: DeskUnitOfWork, hold: Hold, caller: Caller) -> str | None:
    return None if hold.member_id == caller.account_id else uow.members.username(hold.member_id)

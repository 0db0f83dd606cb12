from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from talelio_backend.app_library.domain.circulation_events import HoldBecameReady, HoldPlaced
from talelio_backend.app_library.domain.copy import Status
from talelio_backend.app_library.domain.errors import (AlreadyOnHold, BookInactive, CopyAvailable,
                                                       HoldClosed, HoldLimit, HoldNotFound,
                                                       HoldsNotAllowed, MemberBlocked,
                                                       UnknownReference)
from talelio_backend.app_library.domain.hold import HoldState
from talelio_backend.app_library.services.advancing import AdvancingService
from talelio_backend.app_library.services.holding import HoldingService
from talelio_backend.shared.domain.access import Level
from talelio_backend.shared.domain.errors import DomainError, Invalid, NotYours
from talelio_backend.shared.domain.ids import new_id
from talelio_backend.shared.services.authentication import Caller
from tests.fakes import FakeClock
from tests.fakes_library_desk import make_policy
from tests.fakes_library_waiting import FakeWaitingUnitOfWork


class Desk:

    def __init__(self) -> None:
        self.uow = FakeWaitingUnitOfWork()
        self.clock = FakeClock()
        self.service = HoldingService(open_uow=lambda: self.uow, clock=self.clock)
        self.worker = AdvancingService(open_uow=lambda: self.uow, clock=self.clock)
        self.ada, self.ben = self.uow.has_member('ada'), self.uow.has_member('ben')
        self.root = self.uow.has_member('root', level=Level.ADMIN)

    def caller(self, who: UUID) -> Caller:
        level = Level.ADMIN if who == self.root else Level.MEMBER
        return Caller(account_id=who, level=level, verified=True)

    def place(self, who: UUID, book_id: UUID, *, for_whom: UUID | None = None) -> UUID:
        return self.service.place(caller=self.caller(who), book_id=book_id, member_id=for_whom)

    def free_a_copy(self) -> None:
        for copy in self.uow.stored_copies.values():
            copy.free(now=self.clock.now())
        self.worker.advance()

    def taken(self, *, active: bool = True) -> UUID:
        book_id = self.uow.has_book(active=active)
        for copy in self.uow.stored_copies.values():
            copy.lend(now=self.clock.now())
        return book_id


@pytest.fixture(name='desk')
def make_desk() -> Desk:
    return Desk()


def test_member_is_locked_before_the_book(desk: Desk) -> None:
    book_id = desk.taken()
    desk.uow.locks.clear()
    desk.place(desk.ada, book_id)
    assert desk.uow.locks == ['member', 'book']
    event, = (event for event in desk.uow.events if isinstance(event, HoldPlaced))
    assert (event.title, event.borrower) == ('Emma', None)


def test_staff_names_the_member(desk: Desk) -> None:
    book_id = desk.taken()
    with pytest.raises(NotYours):
        desk.place(desk.ada, book_id, for_whom=desk.ada)
    hold_id = desk.place(desk.root, book_id, for_whom=desk.ada)
    assert desk.uow.stored_holds[hold_id].member_id == desk.ada
    assert desk.uow.events[-1].borrower == 'ada'  # type: ignore[attr-defined]
    with pytest.raises(UnknownReference):
        desk.place(desk.root, book_id, for_whom=new_id())
    with pytest.raises(UnknownReference):
        desk.place(desk.ada, new_id())


@pytest.mark.parametrize(('policy', 'refusal'), [({
    'holds_allowed': False
}, HoldsNotAllowed), ({
    'max_holds': 0
}, HoldLimit)])
def test_policy_refuses(desk: Desk, policy: dict[str, Any], refusal: type[DomainError]) -> None:
    book_id = desk.taken()
    desk.uow.stored_policies.clear()
    desk.uow.policies.add(make_policy(**policy))
    with pytest.raises(refusal):
        desk.place(desk.ada, book_id)
    assert not desk.uow.stored_holds


def test_book_refuses(desk: Desk) -> None:
    with pytest.raises(BookInactive):
        desk.place(desk.ada, desk.taken(active=False))
    with pytest.raises(CopyAvailable):
        desk.place(desk.ada, desk.uow.has_book())
    blocked = desk.uow.has_member('cy', may_borrow=False)
    with pytest.raises(MemberBlocked):
        desk.place(blocked, desk.taken())


def test_nobody_waits_twice_nor_for_others(desk: Desk) -> None:
    book_id = desk.taken()
    hold_id = desk.place(desk.ada, book_id)
    with pytest.raises(AlreadyOnHold):
        desk.place(desk.ada, book_id)
    for change in (desk.service.cancel, desk.service.resume):
        with pytest.raises(HoldNotFound):
            change(hold_id=hold_id, caller=desk.caller(desk.ben))
    with pytest.raises(HoldNotFound):
        desk.service.cancel(hold_id=new_id(), caller=desk.caller(desk.root))


def test_hold_is_suspended_until_a_time_to_come(desk: Desk) -> None:
    hold_id = desk.place(desk.ada, desk.taken())
    caller, now = desk.caller(desk.ada), desk.clock.now()
    with pytest.raises(Invalid):
        desk.service.suspend(hold_id=hold_id, caller=caller, until=now)
    desk.service.suspend(hold_id=hold_id, caller=caller, until=now + timedelta(seconds=1))
    desk.clock.advance(seconds=1)
    desk.worker.advance()
    assert desk.uow.stored_holds[hold_id].state is HoldState.WAITING


def test_copy_that_is_given_up_goes_to_the_next(desk: Desk) -> None:
    book_id = desk.taken()
    first, second = desk.place(desk.ada, book_id), desk.place(desk.ben, book_id)
    desk.free_a_copy()
    assert desk.uow.states(book_id) == [HoldState.READY, HoldState.WAITING]
    desk.service.cancel(hold_id=first, caller=desk.caller(desk.root))
    assert desk.uow.states(book_id) == [HoldState.CANCELLED, HoldState.READY]
    assert desk.uow.stored_holds[first].reason == 'staff'
    assert desk.uow.statuses(book_id) == [Status.ON_HOLD_SHELF]
    ready = [event for event in desk.uow.events if isinstance(event, HoldBecameReady)]
    assert [event.hold_id for event in ready] == [first, second]
    assert all(event.by_itself for event in ready)


def test_hold_that_is_over_cannot_be_cancelled(desk: Desk) -> None:
    book_id = desk.taken()
    hold_id = desk.place(desk.ada, book_id)
    desk.free_a_copy()
    desk.clock.advance(days=7)
    with pytest.raises(HoldClosed):
        desk.service.cancel(hold_id=hold_id, caller=desk.caller(desk.ada))
    desk.worker.advance()
    assert desk.uow.states(book_id) == [HoldState.EXPIRED]
    assert desk.uow.statuses(book_id) == [Status.AVAILABLE]


def test_holds_of_who_may_not_come_are_cancelled(desk: Desk) -> None:
    book_id = desk.taken()
    desk.place(desk.ada, book_id)
    desk.place(desk.ben, book_id)
    desk.free_a_copy()
    desk.worker.cancel_of(member_id=str(desk.ada))
    assert desk.uow.states(book_id)[0] is HoldState.READY  # they may borrow
    del desk.uow.members.standings[desk.ada]
    desk.worker.cancel_of(member_id=str(desk.ada))
    assert desk.uow.states(book_id) == [HoldState.CANCELLED, HoldState.READY]

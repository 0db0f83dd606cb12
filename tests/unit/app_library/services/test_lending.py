from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from talelio_backend.app_library.domain.copy import Status
from talelio_backend.app_library.domain.errors import (AlreadyBorrowed, BookInactive,
                                                       CreditLimitReached, LoanLimit,
                                                       MemberBlocked, NoCopyAvailable,
                                                       UnknownReference)
from talelio_backend.app_library.domain.hold import Hold, HoldState
from talelio_backend.app_library.domain.pricing import Rate, Tier
from talelio_backend.app_library.domain.tariff import Tariff, TariffRate
from talelio_backend.app_library.services.lending import LendingService, Wanted
from talelio_backend.shared.domain.access import Level
from talelio_backend.shared.domain.errors import Invalid
from talelio_backend.shared.domain.ids import new_id
from talelio_backend.shared.services.authentication import Caller
from tests.fakes import NOON, FakeClock
from tests.fakes_library_desk import FakeDeskUnitOfWork, make_policy

DAY = timedelta(days=1)


class Desk:

    def __init__(self, uow: FakeDeskUnitOfWork, credit_limit: Decimal | None = None) -> None:
        self.uow = uow
        self.clock = FakeClock()
        self.service = LendingService(open_uow=lambda: uow,
                                      clock=self.clock,
                                      credit_limit=credit_limit)

    def borrow(self, who: UUID, book_id: UUID | None = None, **wanted: Any) -> UUID:
        caller = Caller(account_id=who, level=Level.MEMBER, verified=True)
        return self.service.borrow(caller=caller, wanted=Wanted(book_id=book_id, **wanted))


@pytest.fixture(name='uow')
def make_uow() -> FakeDeskUnitOfWork:
    return FakeDeskUnitOfWork()


@pytest.fixture(name='desk')
def make_desk(uow: FakeDeskUnitOfWork) -> Desk:
    return Desk(uow)


def test_locks_are_taken_in_the_order_member_book(desk: Desk, uow: FakeDeskUnitOfWork) -> None:
    book_id = uow.has_book()
    desk.borrow(uow.has_member(), book_id)
    assert uow.locks == ['member', 'book']
    assert uow.statuses(book_id) == [Status.ON_LOAN]


def test_own_loan_names_nobody_and_the_staff_s_its_member(desk: Desk,
                                                          uow: FakeDeskUnitOfWork) -> None:
    ada, root = uow.has_member(), uow.has_member('root', level=Level.ADMIN)
    desk.borrow(ada, uow.has_book())
    desk.borrow(root, uow.has_book(), member_id=root)
    desk.borrow(root, uow.has_book(), member_id=ada)
    assert [getattr(event, 'sentence') for event in uow.events
            ] == ['Borrowed “Emma”', 'Borrowed “Emma”', 'Lent “Emma” to ada']


def test_policy_is_that_of_who_borrows(uow: FakeDeskUnitOfWork) -> None:
    uow.policies.add(make_policy(Level.ADMIN, length_days=100))
    desk, book_id = Desk(uow), uow.has_book(copies=2)
    ada, root = uow.has_member(), uow.has_member('root', level=Level.ADMIN)
    lent = uow.stored_loans[desk.borrow(root, book_id, member_id=ada)].due_at
    assert lent == NOON + 20 * DAY
    assert uow.stored_loans[desk.borrow(root, book_id)].due_at == NOON + 100 * DAY


def test_every_refusal_in_its_order(uow: FakeDeskUnitOfWork) -> None:
    uow.stored_policies.clear()
    uow.policies.add(make_policy(max_open_loans=1))
    desk, book_id = Desk(uow, credit_limit=Decimal('5.00')), uow.has_book()
    ada = uow.has_member()
    loan_id = desk.borrow(ada, book_id)
    uow.ledger.run_up = Decimal('5.01')
    title, standing = uow.titles.stored[book_id], uow.members.standings[ada]
    uow.titles.stored[book_id] = type(title)(**vars(title) | {'active': False})
    uow.members.standings[ada] = type(standing)(**vars(standing) | {'may_borrow': False})
    with pytest.raises(BookInactive):
        desk.borrow(ada, book_id)
    uow.titles.stored[book_id] = title
    with pytest.raises(MemberBlocked):
        desk.borrow(ada, book_id)
    uow.members.standings[ada] = standing
    with pytest.raises(AlreadyBorrowed) as already:
        desk.borrow(ada, book_id)
    assert already.value.data == {'loan_id': str(loan_id)}
    taken = uow.has_book(copies=0)
    with pytest.raises(LoanLimit) as limited:
        desk.borrow(ada, taken)
    assert limited.value.data == {'limit': 1}
    next(iter(uow.stored_policies.values())).max_open_loans = None
    with pytest.raises(CreditLimitReached) as owing:
        desk.borrow(ada, taken)
    assert owing.value.data == {'balance': '5.01', 'credit_limit': '5.00'}
    uow.ledger.run_up = Decimal('5.00')
    with pytest.raises(NoCopyAvailable):
        desk.borrow(ada, taken)


@pytest.mark.parametrize(('own', 'general', 'refused'), [(None, None, False),
                                                         (None, '10.00', False),
                                                         (None, '9.99', True),
                                                         ('9.99', '10.00', True),
                                                         ('10.00', '0.00', False)])
def test_own_limit_counts_before_the_general_one(uow: FakeDeskUnitOfWork, own: str | None,
                                                 general: str | None, refused: bool) -> None:
    desk = Desk(uow, credit_limit=Decimal(general) if general else None)
    ada = uow.has_member()
    member = uow.members.locked(ada, now=NOON)
    assert member is not None
    member.credit_limit = Decimal(own) if own else None
    uow.ledger.run_up = Decimal('10.00')
    if refused:
        with pytest.raises(CreditLimitReached):
            desk.borrow(ada, uow.has_book())
    else:
        desk.borrow(ada, uow.has_book())


@pytest.mark.parametrize('start', [NOON - 365 * DAY, NOON - DAY, NOON])
def test_start_may_lie_back(desk: Desk, uow: FakeDeskUnitOfWork, start: Any) -> None:
    loan = uow.stored_loans[desk.borrow(uow.has_member(), uow.has_book(), started_at=start)]
    assert (loan.started_at, loan.due_at) == (start, start + 20 * DAY)


@pytest.mark.parametrize(
    'start', [NOON + timedelta(microseconds=1), NOON - 365 * DAY - timedelta(microseconds=1)])
def test_start_lies_neither_ahead_nor_too_far_back(desk: Desk, uow: FakeDeskUnitOfWork,
                                                   start: Any) -> None:
    with pytest.raises(Invalid) as refused:
        desk.borrow(uow.has_member(), uow.has_book(), started_at=start)
    assert refused.value.faults[0].pointer == '/started_at'
    assert not uow.locks


def test_price_is_that_of_the_start(desk: Desk, uow: FakeDeskUnitOfWork) -> None:
    for number, back in enumerate((10, 5)):
        rate = Rate(tiers=(Tier(days=None, rate=Decimal(number)), ), minimum=Decimal('0.00'))
        uow.tariffs.add(
            Tariff.publish(tariff_id=f'v{number}',
                           label='',
                           effective_from=NOON - back * DAY,
                           currency='EUR',
                           rates=[TariffRate(item_type=None, rate=rate)],
                           now=NOON))
    ada = uow.has_member()
    for back, expected in ((11, None), (10, 'v0'), (5, 'v1'), (0, 'v1')):
        loan_id = desk.borrow(ada, uow.has_book(), started_at=NOON - back * DAY)
        assert uow.stored_loans[loan_id].tariff_id == expected


@pytest.mark.parametrize(('wanted', 'pointer'), [({
    'book_id': new_id()
}, '/book_id'), ({
    'barcode': 'NONE'
}, '/barcode'), ({
    'book_id': new_id(),
    'member_id': new_id()
}, '/member_id')])
def test_what_there_is_not(desk: Desk, uow: FakeDeskUnitOfWork, wanted: dict[str, Any],
                           pointer: str) -> None:
    with pytest.raises(UnknownReference) as refused:
        desk.borrow(uow.has_member(), **wanted)
    assert refused.value.faults[0].pointer == pointer


def test_hold_that_is_over_serves_the_next_before_who_comes(desk: Desk,
                                                            uow: FakeDeskUnitOfWork) -> None:
    book_id = uow.has_book()
    ada, ben, cleo = uow.has_member(), uow.has_member('ben'), uow.has_member('cleo')
    holds = [
        Hold.place(book_id=book_id, member_id=member_id, title='Emma', holder=None, now=NOON)
        for member_id in (ada, ben)
    ]
    copy, = uow.stored_copies.values()
    copy.set_aside(now=NOON)
    holds[0].become_ready(copy_id=copy.id, pickup_days=7, title='Emma', now=NOON)
    for hold in holds:
        uow.holds.add(hold)
    desk.clock.advance(days=7)
    with pytest.raises(NoCopyAvailable):
        desk.borrow(cleo, book_id)
    desk.borrow(ben, book_id)
    states = {hold.member_id: hold.state for hold in uow.stored_holds.values()}
    assert states == {ada: HoldState.EXPIRED, ben: HoldState.FULFILLED}

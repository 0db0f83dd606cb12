from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from talelio_backend.app_library.domain.copy import Condition, Status
from talelio_backend.app_library.domain.errors import (AlreadyReturned, CopyNotFound, HoldWaiting,
                                                       LoanNotFound, NotOnLoan)
from talelio_backend.app_library.domain.hold import Hold
from talelio_backend.app_library.domain.ledger import Account, Entry, Kind, Reason
from talelio_backend.app_library.domain.loan import Borrowed, Loan
from talelio_backend.app_library.services.returning import Handed, ReturningService
from talelio_backend.shared.domain.access import Level
from talelio_backend.shared.domain.errors import Invalid
from talelio_backend.shared.domain.ids import new_id
from talelio_backend.shared.services.authentication import Caller
from tests.fakes import NOON, FakeClock
from tests.fakes_library_desk import FakeDeskUnitOfWork, make_policy

DAY = timedelta(days=1)


class Counter:
    """One copy of one book, lent to ada at noon for 20 days at 0.50 a late day."""

    def __init__(self) -> None:
        self.uow = FakeDeskUnitOfWork(
            make_policy(overdue_per_day=Decimal('0.50'), rental=False, extensions=1))
        self.clock = FakeClock()
        self.service = ReturningService(open_uow=lambda: self.uow,
                                        clock=self.clock,
                                        currency='EUR')
        self.ada, self.ben = self.uow.has_member(), self.uow.has_member('ben')
        self.staff = Caller(account_id=self.uow.has_member('root'), level=Level.ADMIN)
        self.book_id = self.uow.has_book()
        self.copy = next(iter(self.uow.stored_copies.values()))
        self.copy.lend(now=NOON)
        self.loan = self._lent()

    def _lent(self) -> Loan:
        loan = Loan.begin(borrowed=Borrowed(book_id=self.book_id, title='Emma'),
                          item_type='regular',
                          copy_id=self.copy.id,
                          member_id=self.ada,
                          terms=self.uow.policies.all()[0].terms,
                          tariffed=None,
                          start=NOON)
        loan.collect_events()
        self.uow.loans.add(loan)
        return loan

    def reader(self, member_id: UUID) -> Caller:
        return Caller(account_id=member_id, level=Level.MEMBER, verified=True)

    def ben_waits(self) -> Hold:
        hold = Hold.place(book_id=self.book_id,
                          member_id=self.ben,
                          title='Emma',
                          holder=None,
                          now=NOON)
        self.uow.holds.add(hold)
        return hold

    def worker_booked(self, days: int) -> None:
        account = Account(member_id=self.ada, username='ada', currency='EUR', actor_id=None)
        for day in range(days):
            begun = self.loan.due_at + day * DAY
            self.uow.ledger.add(
                Entry.book(account,
                           kind=Kind.CHARGE,
                           reason=Reason.OVERDUE,
                           amount=Decimal('0.50'),
                           loan_id=self.loan.id,
                           now=begun,
                           effective_at=begun,
                           overdue_day=begun))

    def give_back(self, **handed: Any) -> None:
        self.service.give_back(loan_id=self.loan.id, caller=self.staff, handed=Handed(**handed))

    def status(self) -> Status:
        return self.uow.stored_copies[self.copy.id].status

    def owed(self) -> Decimal:
        return self.uow.ledger.booked(self.ada)


@pytest.fixture(name='counter')
def make_counter() -> Counter:
    return Counter()


def test_locks_are_taken_in_the_order_member_book_loan(counter: Counter) -> None:
    counter.give_back()
    assert counter.uow.locks == ['member', 'book', 'loan']
    assert counter.status() is Status.AVAILABLE


def test_loan_of_somebody_else_is_not_there(counter: Counter) -> None:
    ben = counter.reader(counter.ben)
    with pytest.raises(LoanNotFound):
        counter.service.give_back(loan_id=counter.loan.id, caller=ben)
    with pytest.raises(LoanNotFound):
        counter.service.extend(loan_id=new_id(), caller=ben)
    assert not counter.uow.locks


@pytest.mark.parametrize('booked', [0, 1, 3])
def test_what_the_worker_booked_is_booked_once(counter: Counter, booked: int) -> None:
    counter.worker_booked(booked)
    counter.clock.set(NOON + 23 * DAY)
    counter.give_back()
    assert counter.owed() == Decimal('1.50')


@pytest.mark.parametrize(('handed', 'owed'), [({
    'returned_at': NOON + 21 * DAY
}, '0.50'), ({
    'returned_at': NOON + 20 * DAY
}, '0.00'), ({
    'waive_overdue': True
}, '0.00')])
def test_days_that_no_longer_count_are_voided(counter: Counter, handed: dict[str, Any],
                                              owed: str) -> None:
    counter.worker_booked(3)
    counter.clock.set(NOON + 23 * DAY)
    counter.give_back(**handed)
    assert counter.owed() == Decimal(owed)


def test_extension_voids_the_late_days(counter: Counter) -> None:
    counter.worker_booked(3)
    counter.clock.set(NOON + 23 * DAY)
    counter.service.extend(loan_id=counter.loan.id, caller=counter.reader(counter.ada))
    assert counter.owed() == Decimal('0.00')
    assert counter.uow.stored_loans[counter.loan.id].due_at == NOON + 40 * DAY


def test_extension_gives_way_to_who_waits(counter: Counter) -> None:
    hold = counter.ben_waits()
    ada = counter.reader(counter.ada)
    with pytest.raises(HoldWaiting):
        counter.service.extend(loan_id=counter.loan.id, caller=ada)
    counter.uow.stored_holds[hold.id].suspend(until=None, title='Emma', holder=None)
    counter.service.extend(loan_id=counter.loan.id, caller=ada)


def test_copy_goes_to_who_waits(counter: Counter) -> None:
    hold = counter.ben_waits()
    done = counter.service.give_back_copy(barcode=counter.copy.barcode, caller=counter.staff)
    assert (done.loan_id, done.hold_id) == (counter.loan.id, hold.id)
    assert counter.status() is Status.ON_HOLD_SHELF
    with pytest.raises(NotOnLoan):
        counter.service.give_back_copy(barcode=counter.copy.barcode, caller=counter.staff)
    with pytest.raises(CopyNotFound):
        counter.service.give_back_copy(barcode='NONE', caller=counter.staff)


def test_condition_is_noted(counter: Counter) -> None:
    counter.give_back(condition=Condition.WORN)
    assert counter.uow.stored_copies[counter.copy.id].condition is Condition.WORN


@pytest.mark.parametrize(
    'moment', [NOON - timedelta(microseconds=1), NOON + DAY + timedelta(microseconds=1)])
def test_moment_of_the_return_is_bounded(counter: Counter, moment: Any) -> None:
    counter.clock.set(NOON + DAY)
    with pytest.raises(Invalid):
        counter.give_back(returned_at=moment)
    counter.give_back(returned_at=NOON)


def test_clock_that_lies_behind_ends_no_loan_before_it_began(counter: Counter) -> None:
    counter.clock.set(NOON - timedelta(seconds=1))
    counter.give_back()
    assert counter.uow.stored_loans[counter.loan.id].returned_at == NOON


@pytest.mark.parametrize(('charge', 'owed'), [(None, '0.50'), (Decimal('20.00'), '20.50')])
def test_lost_copy(counter: Counter, charge: Decimal | None, owed: str) -> None:
    counter.clock.set(NOON + 21 * DAY)
    counter.service.lose(loan_id=counter.loan.id, caller=counter.staff, charge=charge)
    assert (counter.status(), counter.owed()) == (Status.LOST, Decimal(owed))
    with pytest.raises(AlreadyReturned):
        counter.service.lose(loan_id=counter.loan.id, caller=counter.staff, charge=charge)
    with pytest.raises(AlreadyReturned):
        counter.give_back()


def test_forgotten_loan_has_ended(counter: Counter) -> None:
    counter.give_back()
    counter.uow.stored_loans[counter.loan.id].member_id = None
    with pytest.raises(AlreadyReturned):
        counter.give_back()

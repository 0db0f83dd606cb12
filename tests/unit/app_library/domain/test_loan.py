from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talelio_backend.app_library.domain.circulation_events import (BookBorrowed, LoanExtended,
                                                                   LoanLost, LoanReturned)
from talelio_backend.app_library.domain.errors import (AlreadyReturned, ExtensionLimit,
                                                       ExtensionTooLate, HoldWaiting)
from talelio_backend.app_library.domain.loan import Borrowed, Charge, Loan, Tariffed
from talelio_backend.app_library.domain.money import ZERO
from talelio_backend.app_library.domain.pricing import Rate, Tier, started_days
from talelio_backend.shared.domain.ids import new_id
from tests.fakes import NOON
from tests.fakes_library_desk import make_policy

DAY, TICK = timedelta(days=1), timedelta(microseconds=1)
EMMA = Borrowed(book_id=new_id(), title='Emma')
V3 = Tariffed(tariff_id='v3',
              rate=Rate(tiers=(Tier(days=2,
                                    rate=Decimal('1.00')), Tier(days=None, rate=Decimal('1.50'))),
                        minimum=Decimal('2.00')))
MOMENTS = st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=400))


def begin(borrowed: Borrowed = EMMA, **fields: Any) -> Loan:
    return Loan.begin(borrowed=borrowed,
                      item_type='regular',
                      copy_id=new_id(),
                      member_id=new_id(),
                      terms=make_policy(**fields).terms,
                      tariffed=V3,
                      start=NOON)


def test_loan_begins_with_what_holds_at_its_start() -> None:
    loan = begin(length_days=14)
    assert (loan.started_at, loan.due_at) == (NOON, NOON + 14 * DAY)
    assert (loan.extensions, loan.returned_at, loan.version) == (0, None, 1)
    assert (loan.tariff_id, loan.rate) == ('v3', V3.rate)
    event, = loan.collect_events()
    assert isinstance(event, BookBorrowed)
    assert (event.sentence, event.due_at) == ('Borrowed “Emma”', loan.due_at)


def test_staff_is_told_to_whom_it_lent() -> None:
    event, = begin(Borrowed(book_id=EMMA.book_id, title='Emma', borrower='ada')).collect_events()
    assert isinstance(event, BookBorrowed)
    assert event.sentence == 'Lent “Emma” to ada'


@given(MOMENTS)
def test_days_are_those_that_began(elapsed: timedelta) -> None:
    days = started_days(NOON, NOON + elapsed)
    assert (days - 1) * DAY < elapsed <= days * DAY or (elapsed, days) == (timedelta(0), 0)


@given(st.integers(min_value=0, max_value=3650))
def test_microsecond_begins_a_day_and_whole_days_end_one(days: int) -> None:
    assert started_days(NOON, NOON + days * DAY) == days
    assert started_days(NOON, NOON + days * DAY + TICK) == days + 1
    assert started_days(NOON, NOON - days * DAY) == 0


@given(MOMENTS, st.integers(min_value=1, max_value=365))
def test_loan_is_late_from_its_due_date_on(elapsed: timedelta, length: int) -> None:
    loan, moment = begin(length_days=length), NOON + elapsed
    assert loan.is_late_at(moment) == (elapsed >= length * DAY)
    assert (loan.days_late_at(moment) > 0) == (elapsed > length * DAY)
    assert loan.charge_at(moment).days == started_days(NOON, moment)


@given(MOMENTS, st.integers(min_value=0, max_value=60),
       st.decimals(min_value=0, max_value=10, places=2),
       st.none() | st.decimals(min_value=0, max_value=50, places=2))
def test_overdue_counts_every_late_day_beyond_the_grace_up_to_the_cap(
        elapsed: timedelta, grace: int, per_day: Decimal, cap: Decimal | None) -> None:
    loan = begin(grace_days=grace, overdue_per_day=per_day, overdue_cap=cap)
    days = loan.days_late_at(NOON + elapsed)
    owed = days * per_day if days > grace else ZERO
    expected = owed if cap is None else min(owed, cap)
    assert loan.charge_at(NOON + elapsed).overdue == expected


def test_extension_counts_from_the_former_date() -> None:
    loan = begin(extension_days=7)
    loan.collect_events()
    loan.extend(EMMA, others_wait=False, now=NOON + 26 * DAY)
    assert (loan.due_at, loan.extensions, loan.version) == (NOON + 27 * DAY, 1, 2)
    event, = loan.collect_events()
    assert isinstance(event, LoanExtended)


@given(st.booleans(), st.booleans(), st.booleans(), st.booleans())
def test_extension_is_refused_in_this_order(ended: bool, used_up: bool, others_wait: bool,
                                            too_late: bool) -> None:
    loan = begin(extensions=0 if used_up else 1)
    now = NOON + (40 if too_late else 39) * DAY
    if ended:
        loan.end(EMMA, at=now)
    reasons = ((ended, AlreadyReturned), (used_up, ExtensionLimit), (others_wait, HoldWaiting),
               (too_late, ExtensionTooLate))
    expected = next((error for holds, error in reasons if holds), None)
    before = (loan.due_at, loan.extensions, loan.version)
    if expected is None:
        loan.extend(EMMA, others_wait=others_wait, now=now)
        assert loan.due_at == NOON + 40 * DAY
    else:
        with pytest.raises(expected):
            loan.extend(EMMA, others_wait=others_wait, now=now)
        assert (loan.due_at, loan.extensions, loan.version) == before


@given(MOMENTS, MOMENTS, st.booleans())
def test_return_freezes_the_charge(kept: timedelta, later: timedelta, waived: bool) -> None:
    loan = begin(overdue_per_day=Decimal('0.50'))
    open_charge = loan.charge_at(NOON + kept)
    charge = loan.end(EMMA, at=NOON + kept, waive_overdue=waived)
    overdue = ZERO if waived else open_charge.overdue
    assert charge == Charge(days=open_charge.days, rent=open_charge.rent, overdue=overdue)
    assert loan.charge_at(NOON + kept + later) == charge
    assert not loan.is_late_at(NOON + kept + later)


def test_loan_ends_once() -> None:
    returned, lost = begin(), begin()
    returned.end(EMMA, at=NOON)
    lost.lose(EMMA, at=NOON)
    for loan in (returned, lost):
        with pytest.raises(AlreadyReturned):
            loan.end(EMMA, at=NOON)
        with pytest.raises(AlreadyReturned):
            loan.lose(EMMA, at=NOON)
    assert isinstance(returned.collect_events()[1], LoanReturned)
    assert isinstance(lost.collect_events()[1], LoanLost)


def test_loan_without_a_tariff_has_no_rent() -> None:
    loan = Loan.begin(borrowed=EMMA,
                      item_type='regular',
                      copy_id=new_id(),
                      member_id=new_id(),
                      terms=make_policy().terms,
                      tariffed=None,
                      start=NOON)
    charge = loan.charge_at(NOON + 100 * DAY)
    assert (loan.tariff_id, charge.rent, charge.total) == (None, ZERO, ZERO)
    assert charge.as_json() == {'days': 100, 'rent': '0.00', 'overdue': '0.00', 'total': '0.00'}

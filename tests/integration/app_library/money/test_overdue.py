"""Late days are booked by the worker, and whether it ran makes no difference to what is owed."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from talelio_backend.app_library.domain.money import ZERO
from talelio_backend.app_library.domain.pricing import overdue, started_days
from tests.authors import Person, Site
from tests.fakes import NOON, FakeClock
from tests.integration.app_library.lending.counter import (act, borrow, policy, refusal, rfc3339,
                                                           tell)
from tests.integration.app_library.money.till import amounts, balance, entries, sums, void
from tests.shelves import Shelves

HOUR = timedelta(hours=1)
_names = count(1)


@pytest.fixture(name='book_overdue')
def make_book_overdue(site: Site) -> Callable[[], None]:
    job, = (one for one in site.house.handlers if one.name == 'library.book_overdue')
    return job.run


def test_each_late_day_is_booked_once(ada: Person, admin: Person, shelves: Shelves, site: Site,
                                      clock: FakeClock, book_overdue: Callable[[], None]) -> None:
    policy(admin, length_days=1, overdue_per_day='0.20', rental=False)
    loan = borrow(ada, shelves.book())
    clock.advance(days=1)
    book_overdue()
    assert entries(ada) == []
    clock.advance(days=2, hours=5)
    for _ in range(3):
        book_overdue()
    booked = entries(ada, '?sort=amount_asc')
    due = NOON + timedelta(days=1)
    assert sorted(entry['effective_at']
                  for entry in booked) == [rfc3339(due + timedelta(days=day)) for day in range(3)]
    for entry in booked:
        assert (entry['kind'], entry['reason'], entry['amount']) == ('charge', 'overdue', '0.20')
        assert (entry['loan_id'], entry['actor']) == (loan['id'], None)
    assert sums(balance(ada)) == ('0.60', '0.00', '0.60')
    told = [row for row in site.activity() if row.action == 'ledger_charged']
    assert [row.actor_id for row in told] == [None] * 3
    act(ada, loan, 'return')
    assert len(entries(ada)) == 3


def test_grace_and_cap_book_what_they_leave(ada: Person, admin: Person, shelves: Shelves,
                                            clock: FakeClock,
                                            book_overdue: Callable[[], None]) -> None:
    policy(admin, length_days=1, overdue_per_day='1.00', overdue_cap='3.50', grace_days=2,
           rental=False)  # yapf: disable
    loan = borrow(ada, shelves.book())
    clock.advance(days=10)
    book_overdue()
    # Nothing for two days, then all three at once, and the rest up to the cap.
    assert amounts(ada, '?sort=amount_asc') == ['0.50', '3.00']
    act(ada, loan, 'return')
    assert sums(balance(ada)) == ('3.50', '0.00', '3.50')


def test_a_day_that_staff_voided_is_not_owed_again(ada: Person, admin: Person, shelves: Shelves,
                                                   clock: FakeClock,
                                                   book_overdue: Callable[[], None]) -> None:
    policy(admin, length_days=1, overdue_per_day='1.00', rental=False)
    loan = borrow(ada, shelves.book())
    clock.advance(days=2, hours=1)
    book_overdue()
    void(admin, ada, entries(ada)[0])
    assert sums(balance(ada)) == ('1.00', '0.00', '1.00')
    book_overdue()
    clock.advance(days=1)
    assert sums(balance(ada)) == ('1.00', '1.00', '2.00')
    act(ada, loan, 'return')
    assert sums(balance(ada)) == ('2.00', '0.00', '2.00')


def test_what_a_late_return_books(ada: Person, admin: Person, shelves: Shelves, clock: FakeClock,
                                  book_overdue: Callable[[], None]) -> None:
    policy(admin, length_days=1, overdue_per_day='1.00', rental=False)
    loan = borrow(ada, shelves.book())
    clock.advance(days=5)
    book_overdue()
    assert sums(balance(ada)) == ('4.00', '0.00', '4.00')
    act(admin, loan, 'return', returned_at=rfc3339(NOON + timedelta(days=2)))
    assert sums(balance(ada)) == ('1.00', '0.00', '1.00')
    assert sorted(amounts(ada)) == ['-1.00'] * 3 + ['1.00'] * 4


class Reader:
    """A member with one loan, and what that loan costs by the rule alone: nobody ever booked."""

    def __init__(self, site: Site, admin: Person, shelves: Shelves, clock: FakeClock) -> None:
        self._admin = admin
        self._clock = clock
        self.person = site.member(f'reader{next(_names)}')
        self.begun = clock.now()
        self.loan = borrow(self.person, shelves.book())
        self.terms = self.loan['policy']
        self.due = self.begun + timedelta(days=self.terms['length_days'])
        self.extensions = 0
        self.returned: datetime | None = None
        self.waived = False

    def extend(self) -> None:
        due = self.due + timedelta(days=self.terms['extension_days'])
        if self.extensions == self.terms['extensions'] or due <= self._clock.now():
            assert refusal(tell(self.person, self.loan, 'extend'))[0] == 409
            return
        act(self.person, self.loan, 'extend')
        self.due, self.extensions = due, self.extensions + 1

    def give_back(self, hours_ago: int, waived: bool) -> None:
        self.returned = max(self.begun, self._clock.now() - hours_ago * HOUR)
        self.waived = waived
        act(self._admin, self.loan, 'return', returned_at=rfc3339(self.returned),
            waive_overdue=waived)  # yapf: disable

    def owes(self, moment: datetime) -> Decimal:
        over = self.returned is not None and self.returned <= moment
        until = self.returned if over and self.returned else moment
        if moment < self.begun:
            return ZERO
        fine = overdue(days_late=started_days(self.due, until),
                       grace_days=self.terms['grace_days'],
                       per_day=Decimal(self.terms['overdue_per_day']),
                       cap=Decimal(self.terms['overdue_cap']))
        rent = max(Decimal('2.00'), Decimal('1.50') * started_days(self.begun, until) - 1)
        return rent + (ZERO if over and self.waived else fine)


WAIT = st.tuples(st.just('wait'), st.integers(1, 80))
STEPS = st.lists(WAIT | st.just(('book', 0)) | st.just(('extend', 0)), max_size=8)
TERMS = st.fixed_dictionaries({
    'length_days': st.integers(1, 2),
    'extensions': st.integers(0, 2),
    'extension_days': st.integers(1, 3),
    'grace_days': st.integers(0, 2),
    'overdue_per_day': st.sampled_from(['0.00', '0.35', '1.00']),
    'overdue_cap': st.sampled_from(['2.00', '100.00']),
})


def moments(reader: Reader, now: datetime) -> Iterator[datetime]:
    """Now, and what lay before: ends of days and their neighbours."""
    moment = reader.begun
    while moment < now:
        yield from (moment, moment + timedelta(microseconds=1), moment + 13 * HOUR)
        moment += timedelta(days=1)


def assert_owed(reader: Reader, now: datetime) -> None:
    assert Decimal(balance(reader.person)['balance']) == reader.owes(now)
    for moment in list(moments(reader, now))[-6:]:
        if moment <= now:
            found: dict[str, Any] = balance(reader.person, f'?as_of={rfc3339(moment)}')
            assert Decimal(found['balance']) == reader.owes(moment), rfc3339(moment)


# Shrinking would take minutes; the moment that differs says enough.
@settings(max_examples=12,
          phases=[Phase.explicit, Phase.generate],
          deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(terms=TERMS, steps=STEPS, hours_ago=st.integers(0, 100), waived=st.booleans())
def test_the_worker_makes_no_difference(  # pylint: disable=too-many-arguments  # and four fixtures
        site: Site, admin: Person, shelves: Shelves, clock: FakeClock,
        book_overdue: Callable[[], None], *, terms: dict[str, Any], steps: list[tuple[str, int]],
        hours_ago: int, waived: bool) -> None:
    policy(admin, rental=True, **terms)
    reader = Reader(site, admin, shelves, clock)
    for step, hours in steps:
        if step == 'wait':
            clock.advance(hours=hours)
        elif step == 'book':
            book_overdue()
        else:
            reader.extend()
        assert Decimal(balance(reader.person)['balance']) == reader.owes(clock.now())
    assert_owed(reader, clock.now())
    reader.give_back(hours_ago, waived)
    book_overdue()
    assert_owed(reader, clock.now())

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talelio_backend.app_library.domain.pricing import Rate, Tier, overdue, started_days

START = datetime(2026, 3, 28, 12, tzinfo=UTC)
MONEY = st.decimals(0, 10_000, places=2)


def cents(days: int, tiers: list[tuple[int | None, int]], minimum: int) -> int:
    """By the rule of the table, a day at a time and in cents: nothing to be clever about."""
    total, day = 0, 0
    for size, rate in tiers:
        for _ in range(days if size is None else size):
            if day < days:
                total += rate
                day += 1
    return max(minimum, total)


@given(days=st.integers(0, 200),
       former=st.lists(st.tuples(st.integers(1, 40), st.integers(0, 1_000_000)), max_size=9),
       last=st.integers(0, 1_000_000),
       minimum=st.integers(0, 1_000_000))
def test_a_rent_is_the_sum_of_its_days(days: int, former: list[tuple[int, int]], last: int,
                                       minimum: int) -> None:
    tiers: list[tuple[int | None, int]] = [*former, (None, last)]
    rate = Rate(tiers=tuple(Tier(days=size, rate=Decimal(amount) / 100) for size, amount in tiers),
                minimum=Decimal(minimum) / 100)
    price = rate.price(days)
    assert price.charge * 100 == cents(days, tiers, minimum)
    assert sum(line.days for line in price.lines) == days
    assert price.minimum_applied == (sum(line.amount for line in price.lines) < rate.minimum)
    assert Rate.from_json(rate.as_json()) == rate


@given(st.integers(0, 10_000), st.integers(0, 24 * 3600 * 10**6 - 1))
def test_a_day_counts_from_its_first_microsecond(days: int, more: int) -> None:
    until = START + timedelta(days=days, microseconds=more)
    assert started_days(START, until) == days + (more > 0)
    assert started_days(until, START) == 0


@pytest.mark.parametrize(('elapsed', 'days'), [
    (timedelta(0), 0),
    (timedelta(microseconds=1), 1),
    (timedelta(hours=24), 1),
    (timedelta(hours=48), 2),
    (timedelta(hours=48, microseconds=1), 3),
])
def test_the_ends_of_days(elapsed: timedelta, days: int) -> None:
    assert started_days(START, START + elapsed) == days


@given(late=st.integers(0, 500), grace=st.integers(0, 60), per_day=MONEY, cap=st.none() | MONEY)
def test_a_fine_counts_every_late_day_once_the_grace_is_over(late: int, grace: int,
                                                             per_day: Decimal,
                                                             cap: Decimal | None) -> None:
    owed = overdue(days_late=late, grace_days=grace, per_day=per_day, cap=cap)
    whole = sum((per_day for _ in range(late)), Decimal(0))
    assert owed == (0 if late <= grace else whole if cap is None else min(whole, cap))

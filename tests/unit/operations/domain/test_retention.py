from collections.abc import Callable, Hashable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talelio_backend.operations.domain.manifest import Manifest
from talelio_backend.operations.domain.retention import Retention
from tests.fakes import NOON
from tests.fakes_operations import manifest_of

USUAL = Retention(daily=7, weekly=4, monthly=6)
moments = st.datetimes(min_value=datetime(2024, 1, 1),
                       max_value=datetime(2027, 1, 1)).map(lambda naive: naive.replace(tzinfo=UTC))
backups = st.lists(st.builds(manifest_of,
                             moments,
                             note=st.sampled_from([None, None, None, 'x-before-restore'])),
                   max_size=60,
                   unique_by=lambda one: one.name)
policies = st.builds(Retention,
                     daily=st.integers(1, 8),
                     weekly=st.integers(0, 5),
                     monthly=st.integers(0, 7))


def day(one: Manifest) -> Hashable:
    return one.created_at.date()


def week(one: Manifest) -> Hashable:
    return one.created_at.isocalendar()[:2]


def month(one: Manifest) -> Hashable:
    return one.created_at.year, one.created_at.month


def newest_of_latest(given: list[Manifest], period: Callable[[Manifest], Hashable],
                     number: int) -> set[str]:
    """Said once more, the slow way."""
    latest = sorted({period(one)
                     for one in given}, reverse=True)[:number]  # type: ignore[type-var]
    return {
        max((one for one in given if period(one) == wanted), key=lambda one: one.created_at).name
        for wanted in latest
    }


@given(backups, policies, moments)
def test_each_of_the_latest_periods_keeps_its_newest(given_: list[Manifest], policy: Retention,
                                                     now: datetime) -> None:
    plain = [one for one in given_ if not one.is_safety]
    wanted = (newest_of_latest(plain, day, policy.daily)
              | newest_of_latest(plain, week, policy.weekly)
              | newest_of_latest(plain, month, policy.monthly))
    assert policy.kept(plain, now=now) == (wanted if plain else set())


@given(backups, policies, moments)
def test_there_is_always_something_left(given_: list[Manifest], policy: Retention,
                                        now: datetime) -> None:
    kept = policy.kept(given_, now=now)
    assert kept <= {one.name for one in given_}
    if given_:
        assert max(given_, key=lambda one: (one.created_at, one.name)).name in kept


@given(backups, policies, moments)
def test_to_prune_again_removes_nothing(given_: list[Manifest], policy: Retention,
                                        now: datetime) -> None:
    kept = policy.kept(given_, now=now)
    assert policy.kept([one for one in given_ if one.name in kept], now=now) == kept


@given(backups, policies, moments)
def test_time_that_passes_without_a_backup_takes_none_away(given_: list[Manifest],
                                                           policy: Retention,
                                                           now: datetime) -> None:
    newest = max((one.created_at for one in given_), default=now)
    assert (policy.kept(given_, now=newest) == policy.kept(given_,
                                                           now=newest + timedelta(days=4000)))


def nightly(days: int) -> list[Manifest]:
    return [manifest_of(NOON - timedelta(days=number)) for number in range(days)]


def test_a_year_of_nights_leaves_seven_days_four_weeks_and_six_months() -> None:
    kept = USUAL.kept(nightly(365), now=NOON)
    # Saturday, 14 March: the days 8 to 14; the Sundays of the three weeks before, of which the
    # 8th is one of the days; the ends of the five months before.
    wanted = {
        f'202603{number:02}'
        for number in range(8, 15)
    } | {'20260301', '20260222', '20260228', '20260131', '20251231', '20251130', '20251031'}
    assert {name[len('talelio-'):][:8] for name in kept} == wanted


def test_only_periods_that_have_a_backup_count() -> None:
    yearly = [manifest_of(NOON - timedelta(days=365 * number)) for number in range(9)]
    assert len(USUAL.kept(yearly, now=NOON)) == 7


def test_the_newest_of_a_day_is_kept() -> None:
    hours = [manifest_of(NOON - timedelta(hours=number)) for number in range(12)]
    assert USUAL.kept(hours, now=NOON) == {hours[0].name}


def test_days_are_those_of_utc() -> None:
    late = manifest_of(datetime(2026, 3, 13, 23, 59, 59, tzinfo=UTC))
    early = manifest_of(datetime(2026, 3, 14, 0, 0, 0, tzinfo=UTC))
    assert USUAL.kept([late, early], now=NOON) == {late.name, early.name}


def test_weeks_are_those_of_iso_across_a_new_year() -> None:
    policy = Retention(daily=1, weekly=2, monthly=0)
    moments_ = [datetime(2026, 1, 4, tzinfo=UTC), datetime(2025, 12, 29, tzinfo=UTC),
                datetime(2025, 12, 28, tzinfo=UTC)]  # yapf: disable
    sunday, monday, other_week = [manifest_of(moment) for moment in moments_]
    assert policy.kept([sunday, monday, other_week], now=NOON) == {sunday.name, other_week.name}


@pytest.mark.parametrize(('age', 'kept'), [(timedelta(days=7), True),
                                           (timedelta(days=7, seconds=1), False)])
def test_what_a_restore_replaced_is_kept_for_seven_days(age: timedelta, kept: bool) -> None:
    policy = Retention(daily=1, weekly=0, monthly=0)
    now = NOON.replace(microsecond=0)
    safety = manifest_of(now - age, note='x-before-restore')
    assert (safety.name in policy.kept([manifest_of(now), safety], now=now)) is kept


def test_safety_backups_outlive_a_pause() -> None:
    policy = Retention(daily=1, weekly=0, monthly=0)
    safety = manifest_of(NOON - timedelta(days=3), note='x-before-restore')
    kept = policy.kept([manifest_of(NOON), safety], now=NOON + timedelta(days=30))
    assert safety.name in kept

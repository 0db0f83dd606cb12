from datetime import UTC, datetime, time, timedelta

import pytest

from talelio_backend.operations.domain.schedule import Schedule

AT_THREE = Schedule(at=time(3))
THREE = datetime(2026, 3, 14, 3, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize(('now', 'last'), [(THREE, THREE), (THREE + HOUR, THREE),
                                           (THREE - HOUR, THREE - DAY)])
def test_the_last_time_is_todays_or_yesterdays(now: datetime, last: datetime) -> None:
    assert AT_THREE.last_before(now) == last


@pytest.mark.parametrize(('now', 'newest', 'due'), [
    (THREE, THREE - DAY, True),
    (THREE + HOUR, THREE - DAY + HOUR, True),
    (THREE + HOUR, THREE, False),
    (THREE - HOUR, THREE - DAY, False),
    (THREE - HOUR, THREE - DAY - HOUR, True),
    (THREE + 9 * DAY, THREE, True),
])
def test_a_night_that_was_missed_is_made_up_for(now: datetime, newest: datetime,
                                                due: bool) -> None:
    assert AT_THREE.is_due(now=now, newest=newest, there_since=THREE - 30 * DAY) is due


@pytest.mark.parametrize(('there_since', 'due'), [(THREE - HOUR, True), (THREE + HOUR, False)])
def test_a_new_installation_waits_for_its_first_night(there_since: datetime, due: bool) -> None:
    assert AT_THREE.is_due(now=THREE + 2 * HOUR, newest=None, there_since=there_since) is due


def test_cron_says_the_same_time() -> None:
    assert AT_THREE.cron == '0 3 * * *'
    assert Schedule(at=time(23, 5)).cron == '5 23 * * *'

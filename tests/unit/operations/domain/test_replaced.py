from datetime import UTC, datetime, timedelta, timezone

import pytest

from talelio_backend.operations.domain.replaced import LONGEST, before_name, replaced_at

MOMENT = datetime(2026, 3, 14, 12, 0, 5, tzinfo=UTC)


@pytest.mark.parametrize('live', ['talelio', 'Tale lio', 'ä' * 31, 't' * LONGEST])
def test_a_name_says_what_was_replaced_and_when(live: str) -> None:
    name = before_name(live, MOMENT)
    assert replaced_at(live, name) == MOMENT
    assert len(name.encode()) <= LONGEST
    assert name.endswith('_before_20260314t120005z')


def test_the_time_is_that_of_greenwich() -> None:
    east = MOMENT.astimezone(timezone(timedelta(hours=9)))
    assert before_name('talelio', east) == before_name('talelio', MOMENT)


@pytest.mark.parametrize('name', [
    'talelio', 'talelio_before_', 'talelio_before_yesterday', 'talelio_before_20260314t120005z2',
    'talelio_before_20261314t120005z', 'other_before_20260314t120005z', 'talelio_restore_1f'
])
def test_other_databases_never_were_the_live_one(name: str) -> None:
    assert replaced_at('talelio', name) is None

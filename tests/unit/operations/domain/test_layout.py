from datetime import UTC, datetime, timedelta, timezone

import pytest

from talelio_backend.operations.domain import layout

NAME = 'talelio-20260314T120000Z'
FOREIGN = [
    '', 'talelio', 'talelio-20260314T120000Z.dump', 'talelio-20260230T120000Z',
    'talelio-20260314T126000Z', 'talelio-20260314t120000z', ' talelio-20260314T120000Z',
    'talelio-20260314T120000Z\n', '../talelio-20260314T120000Z', 'talelio-２０260314T120000Z'
]


def test_a_name_is_the_second_in_utc() -> None:
    moment = datetime(2026, 3, 14, 13, 0, 0, 999999, tzinfo=timezone(timedelta(hours=1)))
    assert layout.name_at(moment) == NAME
    assert layout.time_of(NAME) == datetime(2026, 3, 14, 12, tzinfo=UTC)


@pytest.mark.parametrize('name', FOREIGN)
def test_no_other_name_is_one(name: str) -> None:
    assert layout.time_of(name) is None


def test_files_tell_the_backup_that_they_belong_to() -> None:
    for encrypted in (False, True):
        file = layout.dump_file(NAME, encrypted=encrypted)
        assert layout.dumped_name(file) == NAME
        assert layout.described_name(file) is None
    assert layout.described_name(layout.manifest_file(NAME)) == NAME
    assert layout.dumped_name(layout.manifest_file(NAME)) is None


@pytest.mark.parametrize(
    'file', [f'{NAME}.dump.gz', f'{NAME}.dumpx', f'x{NAME}.dump', 'talelio-20260230T120000Z.dump'])
def test_other_files_belong_to_none(file: str) -> None:
    assert layout.dumped_name(file) is None
    assert layout.described_name(file) is None

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from talelio_backend.operations.domain.errors import (NewerThanThisVersion, NotABackup,
                                                      OperationFailed)
from talelio_backend.operations.domain.manifest import Manifest
from tests.fakes_operations import manifest_of

NAME = 'talelio-20260314T120000Z'
# As the specification shows it; the shell script writes the same.
WRITTEN: dict[str, Any] = {
    'format': 1,
    'name': NAME,
    'note': None,
    'created_at': '2026-03-14T12:00:00Z',
    'object': f'postgres-db-backups/{NAME}.dump.age',
    'size': 72662,
    'sha256': 'ab' * 32,
    'encrypted': True,
    'recipients': ['age1recipient'],
    'alembic_revision': '20261121_first_areas',
    'tables': {
        'public.user': 3
    },
    'media': {
        'bucket': 'content',
        'objects': 2,
        'bytes': 10,
        'sha256': 'cd' * 32
    },
    'tools': {
        'talelio': '0.1.0',
        'pg_dump': '18.4',
        'server': '18.4'
    },
    'database': 'talelio'
}


def read(content: dict[str, Any]) -> Manifest:
    return Manifest.from_bytes(json.dumps(content).encode(), name=NAME)


def without(field: str) -> dict[str, Any]:
    return {key: value for key, value in WRITTEN.items() if key != field}


def test_what_is_read_is_written_again() -> None:
    assert read(WRITTEN).to_json() == WRITTEN | {'recipients': ('age1recipient', )}
    assert json.loads(read(WRITTEN).to_bytes()) == WRITTEN
    assert list(json.loads(read(WRITTEN).to_bytes())) == list(WRITTEN)


def test_what_is_written_is_read_again() -> None:
    manifest = manifest_of()
    assert Manifest.from_bytes(manifest.to_bytes(), name=manifest.name) == manifest


def test_the_scripts_manifest_knows_no_media() -> None:
    manifest = read(WRITTEN | {'media': None, 'tools': {'pg_dump': '18.4'}})
    assert manifest.media is None
    assert manifest.tools.talelio is None


def test_a_field_that_this_version_does_not_know_is_passed_over() -> None:
    assert read(WRITTEN | {'later': 1}) == read(WRITTEN)


@pytest.mark.parametrize(('field', 'value'), [
    ('format', 0),
    ('format', None),
    ('format', 'x'),
    ('name', 'talelio-20260314T120001Z'),
    ('name', 'other'),
    ('name', None),
    ('created_at', 'yesterday'),
    ('created_at', '2026-03-14T12:00:00'),
    ('object', 'postgres-db-backups/other.dump'),
    ('object', f'postgres-db-backups/{NAME}.dump'),
    ('size', -1),
    ('size', 1.5),
    ('size', True),
    ('sha256', 'ab'),
    ('sha256', 'xy' * 32),
    ('encrypted', 1),
    ('recipients', [1]),
    ('alembic_revision', 1),
    ('tables', []),
    ('tables', {
        'public.user': -1
    }),
    ('media', {}),
    ('database', None),
])
def test_whatever_is_no_manifest_is_refused(field: str, value: Any) -> None:
    with pytest.raises(NotABackup):
        read(WRITTEN | {field: value})


@pytest.mark.parametrize('field', sorted(WRITTEN.keys() - {'note', 'media', 'tools'}))
def test_each_field_is_missed(field: str) -> None:
    if field == 'recipients':
        assert not read(without(field)).recipients
        return
    with pytest.raises(NotABackup):
        read(without(field))


@pytest.mark.parametrize('content', [b'', b'null', b'[]', b'"x"', b'\xff', b'{'])
def test_what_is_no_document_is_refused(content: bytes) -> None:
    with pytest.raises(NotABackup):
        Manifest.from_bytes(content, name=NAME)


def test_a_later_format_is_told_from_a_foreign_one() -> None:
    with pytest.raises(NewerThanThisVersion) as refused:
        read({'format': 2})
    assert str(refused.value).startswith('newer than this version: ')
    assert refused.value.code == 'newer_than_this_version'


def test_a_refusal_begins_with_its_kind() -> None:
    reasons = {kind: kind('x') for kind in OperationFailed.__subclasses__()}
    assert len({error.code for error in reasons.values()}) == len(reasons)
    assert str(NotABackup('x')) == 'not a talelio backup: x'


def test_times_are_told_in_utc() -> None:
    berlin = timezone(timedelta(hours=1))
    manifest = manifest_of(created_at=datetime(2026, 3, 14, 13, tzinfo=berlin))
    assert manifest.to_json()['created_at'] == '2026-03-14T12:00:00Z'
    assert read(WRITTEN
                | {
                    'created_at': '2026-03-14T13:00:00+01:00'
                }).created_at == datetime(2026, 3, 14, 12, tzinfo=UTC)


@pytest.mark.parametrize(('note', 'safety'), [(None, False), ('by hand', False),
                                              (f'{NAME}-before-restore', True)])
def test_safety_backups_are_known_by_their_note(note: str | None, safety: bool) -> None:
    assert manifest_of(note=note).is_safety is safety

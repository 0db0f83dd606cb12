import json
from dataclasses import replace
from typing import Any

import pytest

from talelio_backend.operations.domain.addresses import Addresses
from talelio_backend.operations.domain.errors import NewerThanThisVersion
from talelio_backend.operations.domain.export import ExportedFile, ExportManifest, most_bytes
from talelio_backend.operations.domain.manifest import Tools
from talelio_backend.operations.domain.restore_errors import NotAnExport
from tests.fakes import NOON

EMPTY = ExportManifest(created_at=NOON.replace(microsecond=0),
                       alembic_revision='one',
                       tables={'public.user': 3},
                       database=ExportedFile(key='database.dump', size=0, sha256='0' * 64),
                       media=(),
                       addresses=Addresses(public_url='https://api.example',
                                           client_url='https://example',
                                           s3_public_url=None),
                       tools=Tools(talelio='0.1.0', pg_dump='18.1', server='18.1'))


def files(number: int) -> tuple[ExportedFile, ...]:
    return tuple(
        ExportedFile(key=f'users/ä"{one}/images/heron.jpg',
                     size=10**15 + one,
                     sha256='f' * 64,
                     content_type='image/jpeg',
                     cache_control='public, max-age=31536000, immutable') for one in range(number))


def full(number: int = 3) -> ExportManifest:
    return replace(EMPTY,
                   media=files(number),
                   database=replace(EMPTY.database, size=10**15, sha256='e' * 64))


def test_a_manifest_is_read_as_it_was_written() -> None:
    assert ExportManifest.from_bytes(full().to_bytes() + b'   ') == full()


@pytest.mark.parametrize('number', [0, 1, 500])
def test_room_is_kept_for_all_that_will_be_known(number: int) -> None:
    keys = [file.key for file in files(number)]
    assert len(full(number).to_bytes()) <= most_bytes(EMPTY, keys)


def changed(**changes: Any) -> bytes:
    return json.dumps(json.loads(full().to_bytes()) | changes).encode()


@pytest.mark.parametrize('content', [
    b'', b'[]', b'{}', b'\xff', b'7',
    changed(kind='backup'),
    changed(tables=[]),
    changed(tables={'a': -1}),
    changed(media=[{}]),
    changed(addresses=None),
    changed(created_at='2026-03-14'),
    changed(database=None)
])
def test_something_else_is_no_export(content: bytes) -> None:
    with pytest.raises(NotAnExport):
        ExportManifest.from_bytes(content)


def test_a_newer_format_is_told_apart_from_nonsense() -> None:
    with pytest.raises(NewerThanThisVersion):
        ExportManifest.from_bytes(changed(format=2))

"""A bucket, a database server and its tools, without I/O. Vault and proofs are the real ones over
a bucket in memory."""

import json
from collections.abc import Iterator, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import sha256
from io import BytesIO
from typing import Any

from talelio_backend.operations.data.bucket import Bucket, Listed
from talelio_backend.operations.data.proofs import S3Proofs
from talelio_backend.operations.data.vault import S3Vault
from talelio_backend.operations.domain.errors import (AnotherIsRunning, DumpFailed, LoadFailed,
                                                      NoIdentity)
from talelio_backend.operations.domain.layout import dump_file, name_at
from talelio_backend.operations.domain.manifest import Manifest, Media, Tools
from talelio_backend.operations.services.ports import Contents, Readable, Snapshot, Writable
from talelio_backend.shared.data.s3_connection import S3Options
from talelio_backend.shared.domain.errors import StorageUnavailable
from tests.fakes import NOON

PREFIX = 'backups'
RECIPIENT = 'age1recipient'
SEALED = b'sealed '


class FakeUpload:

    def __init__(self) -> None:
        self.content = b''

    @property
    def size(self) -> int:
        return len(self.content)

    @property
    def sha256(self) -> str:
        return sha256(self.content).hexdigest()

    def write(self, content: bytes, /) -> int:
        self.content += content
        return len(content)


class FakeBucket(Bucket):
    """``refused``: keys with such an end cannot be written."""

    def __init__(self) -> None:
        super().__init__(S3Options(region='nowhere'), name='backups')
        self.files: dict[str, bytes] = {}
        self.down = False
        self.refused: tuple[str, ...] = ()
        self.removed: list[str] = []
        self.unfinished: list[tuple[str, datetime]] = []

    def objects(self, beginning: str) -> Iterator[Listed]:
        self._answer()
        for key, content in sorted(self.files.items()):
            if key.startswith(beginning):
                yield Listed(key, sha256(content).hexdigest())

    @contextmanager
    def open(self, key: str) -> Iterator[Readable | None]:
        self._answer()
        content = self.files.get(key)
        yield None if content is None else BytesIO(content)

    def write(self, key: str, content: bytes) -> None:
        self._answer(key)
        self.files[key] = content

    def remove(self, key: str) -> None:
        self._answer()
        if self.files.pop(key, None) is not None:
            self.removed.append(key)

    @contextmanager
    def upload(self, key: str) -> Iterator[FakeUpload]:  # type: ignore[override]
        self._answer()
        upload = FakeUpload()
        yield upload
        self.write(key, upload.content)

    def uploads(self, beginning: str, *, before: datetime) -> list[tuple[str, str]]:
        return [(key, key) for key, begun in self.unfinished
                if key.startswith(beginning) and begun < before]

    def abandon(self, key: str, upload: str) -> None:
        self.unfinished = [one for one in self.unfinished if one[0] not in (key, upload)]

    def _answer(self, key: str = '') -> None:
        if self.down or (self.refused and key.endswith(self.refused)):
            raise StorageUnavailable()


def vault_over(bucket: FakeBucket) -> S3Vault:
    return S3Vault(bucket, prefix=PREFIX)


def proofs_over(bucket: FakeBucket) -> S3Proofs:
    return S3Proofs(bucket, prefix=PREFIX)


@dataclass
class FakeServer:
    """PostgreSQL and its programs. ``live`` is what the live database holds; an archive is its
    contents as JSON. ``loses`` is a table whose rows get lost in a load."""

    live: Contents = field(
        default_factory=lambda: Contents(tables={'public.user': 3}, alembic_revision='one'))
    databases: dict[str, Contents] = field(default_factory=dict)
    dropped: list[str] = field(default_factory=list)
    faulty: list[str] = field(default_factory=list)
    dump_fails: bool = False
    load_fails: bool = False
    loses: str | None = None
    up_for: timedelta = timedelta(days=30)
    needed: Set[str] | None = frozenset()

    @contextmanager
    def take(self) -> Iterator[Snapshot]:
        yield Snapshot(id='00000001-1', database='talelio', server='18.1', contents=self.live)

    def version(self) -> str:
        return '18.1'

    @contextmanager
    def dump(self, snapshot: str) -> Iterator[Readable]:
        assert snapshot == '00000001-1'
        yield BytesIO(
            json.dumps({
                'tables': dict(self.live.tables),
                'alembic_revision': self.live.alembic_revision
            }).encode())
        if self.dump_fails:
            raise DumpFailed('killed')

    @contextmanager
    def load(self, database: str) -> Iterator[Writable]:
        archive = BytesIO()
        yield archive
        if self.load_fails:
            raise LoadFailed('no space')
        contents = Contents(**json.loads(archive.getvalue()))
        if self.loses:
            contents = replace(contents, tables={**contents.tables, self.loses: 0})
        self.databases[database] = contents

    def create(self, database: str) -> None:
        self.databases[database] = Contents(tables={}, alembic_revision=None)

    def drop(self, database: str) -> None:
        if self.databases.pop(database, None) is not None:
            self.dropped.append(database)

    @contextmanager
    def scratch(self, purpose: str) -> Iterator[str]:
        self.create(f'talelio_{purpose}')
        try:
            yield f'talelio_{purpose}'
        finally:
            self.drop(f'talelio_{purpose}')

    def contents(self, database: str) -> Contents:
        return self.databases[database]

    def faults(self, database: str) -> Sequence[str]:
        assert database in self.databases
        return self.faulty

    def uptime(self) -> timedelta:
        return self.up_for

    def all(self) -> Set[str] | None:
        return self.needed


class FakeSealer:

    def __init__(self, *, recipients: tuple[str, ...] = (), can_open: bool = True) -> None:
        self.recipients = recipients
        self.can_open = can_open

    def seal(self, source: Readable, target: Writable) -> None:
        target.write((SEALED if self.recipients else b'') + source.read())

    def open(self, source: Readable, target: Writable) -> None:
        if not self.can_open:
            raise NoIdentity('none')
        target.write(source.read().removeprefix(SEALED))

    def is_sealed(self, beginning: bytes) -> bool:
        return beginning.startswith(SEALED)


class FakeLock:
    """``elsewhere``: somebody else holds it."""

    def __init__(self) -> None:
        self.elsewhere = False
        self.depth = 0

    @contextmanager
    def hold(self, *, wait: bool = True) -> Iterator[None]:
        if self.elsewhere:
            assert not wait, 'this would never end'
            raise AnotherIsRunning('backup')
        self.depth += 1
        try:
            yield
        finally:
            self.depth -= 1


def manifest_of(moment: datetime = NOON, **changed: Any) -> Manifest:
    name = name_at(moment)
    manifest = Manifest(name=name,
                        note=None,
                        created_at=moment.replace(microsecond=0),
                        object=f'{PREFIX}/{dump_file(name, encrypted=False)}',
                        size=4,
                        sha256=sha256(b'dump').hexdigest(),
                        encrypted=False,
                        recipients=(),
                        alembic_revision='one',
                        tables={'public.user': 3},
                        media=Media(bucket='content', objects=0, bytes=0, sha256='0' * 64),
                        tools=Tools(talelio='0.1.0', pg_dump='18.1', server='18.1'),
                        database='talelio')
    return replace(manifest, **changed)


def store(bucket: FakeBucket, manifest: Manifest, content: bytes = b'dump') -> Manifest:
    """Puts a backup into the bucket, as somebody else made it."""
    bucket.files[manifest.object] = content
    bucket.files[f'{PREFIX}/{manifest.name}.manifest.json'] = manifest.to_bytes()
    return manifest

"""An installation with a bucket of its own for backups, and programs that fail on demand."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from click.testing import CliRunner, Result
from sqlalchemy import text

from talelio_backend.bootstrap import House, s3_options
from talelio_backend.development.binaries import postgres_bin_dir
from talelio_backend.operations.adapters import Adapters
from talelio_backend.operations.backups import Backups
from talelio_backend.operations.domain.manifest import Manifest
from talelio_backend.settings import Settings
from talelio_backend.shared.data.object_store import S3ObjectStore
from talelio_backend.shared.services.jobs import Job

MakeInstallation = Callable[..., 'Installation']
PG_DUMP = postgres_bin_dir() / 'pg_dump'


@dataclass(frozen=True, kw_only=True)
class Installation:
    house: House
    store: S3ObjectStore

    @property
    def settings(self) -> Settings:
        return self.house.settings

    @property
    def adapters(self) -> Adapters:
        return self.house.operations.adapters

    @property
    def backups(self) -> Backups:
        return self.house.operations.backups

    @property
    def files(self) -> set[str]:
        """What lies in the folder of the backups."""
        prefix = f'{self.settings.s3_backups_prefix}/'
        return {stored.key.removeprefix(prefix) for stored in self.store.list(prefix)}

    @property
    def databases(self) -> set[str]:
        """The databases beside the live one that are ours."""
        with self.house.read_engine.connect() as connection:
            live = connection.execute(text('SELECT current_database()')).scalar_one()
            return set(
                connection.execute(
                    text('SELECT datname FROM pg_database WHERE starts_with(datname, :beginning)'),
                    {
                        'beginning': f'{live}_'
                    }).scalars())

    def run(self, *arguments: str) -> Result:
        command = {str(one.name): one for one in self.house.commands}[arguments[0]]
        return CliRunner().invoke(command, arguments[1:])

    def unfinished(self) -> list[tuple[str, str]]:
        """Uploads of this installation that nobody ended."""
        client = self.store._client()  # pylint: disable=protected-access
        found = client.list_multipart_uploads(Bucket=self.store.bucket)
        return [(row['Key'], row['UploadId']) for row in found.get('Uploads', ())
                if row['Key'].startswith(f'{self.settings.s3_backups_prefix}/')]

    def dump_of(self, manifest: Manifest) -> bytes:
        with self.store.open(manifest.object) as opened:
            assert opened is not None
            return b''.join(opened.chunks)

    def change(self, manifest: Manifest, change: Callable[[bytes], bytes]) -> None:
        """Puts another dump in the place of a stored one."""
        self.put(manifest.object, change(self.dump_of(manifest)))

    def put(self, key: str, content: bytes) -> None:
        self.store.put(key, content, content_type='', cache_control='')

    def write_rows(self, number: int) -> None:
        self.house.kernel.jobs.defer(*[Job(name='nothing')] * number)


def bucket_of(settings: Settings) -> S3ObjectStore:
    store = S3ObjectStore(s3_options(settings), bucket=settings.s3_backups_bucket)
    store.ensure_bucket()
    return store


def program(folder: Path, name: str, script: Sequence[str]) -> None:
    """A shell script that stands before the real programs on the path."""
    folder.mkdir(exist_ok=True)
    file = folder / name
    file.write_text('\n'.join(['#!/bin/sh', *script, '']), encoding='utf-8')
    file.chmod(0o755)


def path_with(*folders: Path) -> str:
    parts = [*map(str, folders), str(postgres_bin_dir()), os.environ.get('PATH', os.defpath)]
    return os.pathsep.join(parts)

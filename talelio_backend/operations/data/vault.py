"""The backups in their bucket: the layout of objects, the manifests, the dumps."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from hashlib import sha256

import structlog

from talelio_backend.operations.data.bucket import Bucket
from talelio_backend.operations.domain import layout
from talelio_backend.operations.domain.errors import Corrupted, NewerThanThisVersion, NotABackup
from talelio_backend.operations.domain.manifest import Manifest
from talelio_backend.operations.services.ports import Readable, Upload

_LARGEST_MANIFEST = 4 * 1024 * 1024
log = structlog.get_logger('talelio.backup')


class S3Vault:
    """``prefix`` without a slash at its end."""

    def __init__(self, bucket: Bucket, *, prefix: str) -> None:
        self._bucket = bucket
        self._folder = f'{prefix}/' if prefix else ''
        # What was read of a manifest, by name and etag; None where it was not to be understood.
        self._read: dict[tuple[str, str], Manifest | None] = {}

    def key_of(self, name: str, *, encrypted: bool) -> str:
        return self._folder + layout.dump_file(name, encrypted=encrypted)

    def is_taken(self, name: str) -> bool:
        return any(file.startswith(f'{name}.') for file in self._files())

    def upload(self, key: str) -> AbstractContextManager[Upload]:
        return self._bucket.upload(key)

    def add(self, manifest: Manifest) -> None:
        self._bucket.write(self._folder + layout.manifest_file(manifest.name), manifest.to_bytes())

    def find(self, name: str) -> Manifest:
        if layout.time_of(name) is None:
            raise NotABackup(f'{name} is not the name of one')
        content = self._bucket.read(self._folder + layout.manifest_file(name),
                                    most=_LARGEST_MANIFEST)
        if content is None:
            raise NotABackup(f'there is no manifest of {name}')
        return Manifest.from_bytes(content, name=name)

    def list(self) -> Sequence[Manifest]:
        read: dict[tuple[str, str], Manifest | None] = {}
        for file, etag in self._files().items():
            name = layout.described_name(file)
            if name is not None:
                version = (name, etag)
                known = version in self._read
                read[version] = self._read[version] if known else self._readable(name)
        self._read = read
        found = [manifest for manifest in read.values() if manifest is not None]
        return sorted(found, key=lambda one: (one.created_at, one.name), reverse=True)

    @contextmanager
    def open(self, manifest: Manifest) -> Iterator[Readable]:
        with self._bucket.open(self._folder + manifest.file) as stream:
            if stream is None:
                raise Corrupted(f'the dump of {manifest.name} is missing')
            yield _Verified(stream, manifest)

    def remove(self, name: str) -> None:
        self._bucket.remove(self._folder + layout.manifest_file(name))
        for encrypted in (False, True):
            self._bucket.remove(self.key_of(name, encrypted=encrypted))

    def remains(self, *, before: datetime) -> Sequence[str]:
        files = self._files()
        dumped = {layout.dumped_name(file) for file in files} - {None}
        described = {layout.described_name(file) for file in files}
        return sorted(name for name in dumped - described
                      if name is not None and _is_before(name, before))

    def abandon_uploads(self, *, before: datetime) -> int:
        number = 0
        for key, upload in self._bucket.uploads(self._beginning, before=before):
            if layout.dumped_name(key.removeprefix(self._folder)) is not None:
                self._bucket.abandon(key, upload)
                number += 1
        return number

    def _readable(self, name: str) -> Manifest | None:
        try:
            return self.find(name)
        except (NotABackup, NewerThanThisVersion) as error:
            log.warning('backup_passed_over', name=name, reason=str(error))
            return None

    @property
    def _beginning(self) -> str:
        return self._folder + layout.BEGINNING

    def _files(self) -> dict[str, str]:
        """The etags of the objects in the folder, by file name."""
        return {
            listed.key.removeprefix(self._folder): listed.etag
            for listed in self._bucket.objects(self._beginning)
        }


def _is_before(name: str, moment: datetime) -> bool:
    began = layout.time_of(name)
    return began is not None and began < moment


class _Verified:
    """A dump that is compared with its manifest while it is read."""

    def __init__(self, stream: Readable, manifest: Manifest) -> None:
        self._stream = stream
        self._manifest = manifest
        self._hash = sha256()
        self._size = 0

    def read(self, size: int = -1, /) -> bytes:
        content = self._stream.read(size)
        self._hash.update(content)
        self._size += len(content)
        if self._size > self._manifest.size or (not content and size != 0):
            self._compare()
        return content

    def _compare(self) -> None:
        manifest = self._manifest
        if self._size != manifest.size:
            raise Corrupted(f'the dump of {manifest.name} has another size than its manifest says')
        if self._hash.hexdigest() != manifest.sha256:
            raise Corrupted(f'the dump of {manifest.name} has another hash than its manifest says')

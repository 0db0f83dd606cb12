"""An installation as an uncompressed tar, written and read in a stream of bounded memory."""

import os
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO

from talelio_backend.operations.domain.errors import Corrupted
from talelio_backend.operations.domain.export import (DUMP, MANIFEST, MEDIA, ExportedFile,
                                                      ExportManifest)
from talelio_backend.operations.domain.restore_errors import FileFailed, NotAnExport
from talelio_backend.operations.services.ports import Readable

_PIECE = 1024 * 1024
_LARGEST_MANIFEST = 512 * 1024 * 1024
_BLOCK = tarfile.BLOCKSIZE


class TarArchives:

    @contextmanager
    def create(self, path: Path) -> Iterator['TarWriter']:
        beside = path.with_name(f'.{path.name}.{os.getpid()}.part')
        with _file_failures(path):
            file = os.open(beside, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
            try:
                with os.fdopen(file, 'wb') as target:
                    writer = TarWriter(target)
                    yield writer
                    writer.end()
                    target.flush()
                    os.fsync(target.fileno())
                beside.replace(path)
            finally:
                with suppress(FileNotFoundError):
                    beside.unlink()

    @contextmanager
    def open(self, path: Path) -> Iterator['TarReader']:
        with _file_failures(path), path.open('rb') as file:
            yield TarReader(file)


@contextmanager
def _file_failures(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise FileFailed(f'{path}: {error.strerror}') from error


class _Member:
    """Bytes on their way into the archive, counted and hashed."""

    def __init__(self, file: BinaryIO) -> None:
        self.size = 0
        self._file = file
        self._hash = sha256()

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()

    def write(self, content: bytes, /) -> int:
        self.size += len(content)
        self._hash.update(content)
        return self._file.write(content)


class TarWriter:
    """A member's size stands before it and is known after it: its header is written twice."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._reserved = (0, 0)

    def reserve(self, size: int) -> None:
        with self.add(MANIFEST) as member:
            self._reserved = (self._file.tell(), size)
            while left := size - member.size:
                member.write(b' ' * min(left, _PIECE))

    @contextmanager
    def add(self, name: str) -> Iterator[_Member]:
        begin = self._file.tell()
        self._file.write(_header(name, 0))
        member = _Member(self._file)
        yield member
        self._file.write(b'\0' * (-member.size % _BLOCK))
        end = self._file.tell()
        self._file.seek(begin)
        self._file.write(_header(name, member.size))
        self._file.seek(end)

    def describe(self, manifest: ExportManifest) -> None:
        place, size = self._reserved
        content = manifest.to_bytes()
        if len(content) > size:
            raise FileFailed('the bucket says more of its files than there is room for')
        end = self._file.tell()
        self._file.seek(place)
        self._file.write(content)
        self._file.seek(end)

    def end(self) -> None:
        self._file.write(b'\0' * (2 * _BLOCK))
        self._file.write(b'\0' * (-self._file.tell() % tarfile.RECORDSIZE))


def _header(name: str, size: int) -> bytes:
    """As long for one size as for another."""
    info = tarfile.TarInfo(name)
    info.size, info.mode = size, 0o600
    info.mtime = int(datetime.now(UTC).timestamp())
    return info.tobuf(tarfile.GNU_FORMAT, 'utf-8', 'surrogateescape')


class TarReader:
    """Goes through the archive anew for each question; nothing but the manifest is kept."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.manifest = self._read_manifest()

    def verify(self) -> None:
        wanted = {MEDIA + file.key: file for file in self.manifest.media}
        wanted[DUMP] = self.manifest.database
        for name, content in self._members():
            if name == MANIFEST:
                continue
            described = wanted.pop(name, None)
            if described is None:
                raise Corrupted(f'{name} is not in the manifest, or there twice')
            _compare(name, described, content)
        if wanted:
            raise Corrupted(f'{min(wanted)} is missing')

    @contextmanager
    def dump(self) -> Iterator[Readable]:
        for name, content in self._members():
            if name == DUMP:
                yield _Whole(content)
                return
        raise Corrupted(f'{DUMP} is missing')

    def media(self) -> Iterator[tuple[ExportedFile, Readable]]:
        described = {MEDIA + file.key: file for file in self.manifest.media}
        for name, content in self._members():
            if name in described:
                yield described[name], _Whole(content)

    def _read_manifest(self) -> ExportManifest:
        try:
            name, content = next(self._members(), ('', None))
        except Corrupted as error:
            raise NotAnExport('it is no tar archive') from error
        if name != MANIFEST or content is None:
            raise NotAnExport('its first member is not its manifest')
        return ExportManifest.from_bytes(_Whole(content).read(_LARGEST_MANIFEST))

    def _members(self) -> Iterator[tuple[str, Readable]]:
        self._file.seek(0)
        try:
            with tarfile.open(fileobj=self._file, mode='r:', encoding='utf-8') as archive:
                known: list[Any] = vars(archive)['members']  # it would remember every one
                while (member := archive.next()) is not None:
                    content = archive.extractfile(member) if member.isreg() else None
                    if content is None:
                        raise Corrupted(f'{member.name} is no file')
                    yield member.name, content
                    known.clear()
        except tarfile.TarError as error:
            raise Corrupted('the archive ends too early or cannot be read') from error


class _Whole:
    """A member of an archive that may have been cut."""

    def __init__(self, content: Readable) -> None:
        self._content = content

    def read(self, size: int = -1, /) -> bytes:
        try:
            return self._content.read(size)
        except tarfile.TarError as error:
            raise Corrupted('the archive ends too early') from error


def _compare(name: str, described: ExportedFile, content: Readable) -> None:
    digest, size, whole = sha256(), 0, _Whole(content)
    while piece := whole.read(_PIECE):
        digest.update(piece)
        size += len(piece)
    if (size, digest.hexdigest()) != (described.size, described.sha256):
        raise Corrupted(f'{name} is not what the manifest says')

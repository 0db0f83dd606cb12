"""What it needs to move a whole installation, besides the ports of restores."""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from talelio_backend.operations.domain.addresses import Move
from talelio_backend.operations.domain.export import ExportedFile, ExportManifest
from talelio_backend.operations.services.ports import Readable, Upload


@dataclass(frozen=True, kw_only=True)
class OpenFile:
    """A file of the media bucket that is being read; ``size`` in bytes."""

    content: Readable
    size: int
    content_type: str
    cache_control: str


class MediaFiles(Protocol):
    """The media bucket. Every method raises StorageUnavailable."""

    def keys(self) -> Iterator[str]:
        ...

    def open(self, key: str) -> AbstractContextManager[OpenFile | None]:
        """None where there is no such file, or no longer."""
        ...

    def put(self, file: ExportedFile, content: Readable) -> None:
        """Stores it under its key, in a stream. One that is there already, byte for byte, is not
        sent again."""
        ...


class ArchiveOnItsWay(Protocol):
    """An archive that is being written, a member after the other."""

    def reserve(self, size: int) -> None:
        """Keeps so many bytes for the manifest, which is the first member and the last to be
        known."""
        ...

    def add(self, name: str) -> AbstractContextManager[Upload]:
        """The next member."""
        ...

    def describe(self, manifest: ExportManifest) -> None:
        """Writes the manifest into its place."""
        ...


class Archive(Protocol):
    """An archive that is being read."""

    @property
    def manifest(self) -> ExportManifest:
        ...

    def verify(self) -> None:
        """Compares every member with the manifest. Raises Corrupted."""
        ...

    def dump(self) -> AbstractContextManager[Readable]:
        ...

    def media(self) -> Iterator[tuple[ExportedFile, Readable]]:
        """Every file, in the order of the archive; each is read before the next is asked for."""
        ...


class Archives(Protocol):
    """Files on this machine, each a whole installation."""

    def create(self, path: Path) -> AbstractContextManager[ArchiveOnItsWay]:
        """The file is there, whole, when the context was left without an error; else what was
        there before. Only its owner may read it. Raises FileFailed."""
        ...

    def open(self, path: Path) -> AbstractContextManager[Archive]:
        """Raises NotAnExport, NewerThanThisVersion, FileFailed."""
        ...


class Texts(Protocol):
    """The texts in the rows of a database."""

    def rewrite(self, database: str, move: Move) -> Mapping[str, int]:
        """Replaces addresses wherever they stand, in one transaction; gives the number of changed
        rows by table. Raises LoadFailed where a text became too long for its place."""
        ...

"""What backups and restores need of the outside. Whatever reaches PostgreSQL raises
DatabaseUnavailable, whatever reaches the bucket StorageUnavailable, besides what is named."""

from collections.abc import Mapping, Sequence, Set
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from talelio_backend.operations.domain.inventory import MediaCount
from talelio_backend.operations.domain.manifest import Manifest
from talelio_backend.operations.domain.proof import Proof


class Readable(Protocol):

    def read(self, size: int = -1, /) -> bytes:
        """At most ``size`` bytes; nothing at the end."""
        ...


class Writable(Protocol):

    def write(self, content: bytes, /) -> int:
        """Takes all of ``content``."""
        ...


class Upload(Writable, Protocol):
    """An object on its way into the bucket."""

    @property
    def size(self) -> int:
        """The bytes taken so far."""
        ...

    @property
    def sha256(self) -> str:
        """Of the bytes taken so far, as hexadecimal digits."""
        ...


class Vault(Protocol):
    """The backups in their bucket. A dump without its manifest is none."""

    def key_of(self, name: str, *, encrypted: bool) -> str:
        """Where the dump of this name lies."""
        ...

    def is_taken(self, name: str) -> bool:
        """Whether an object of a backup of this name is there, whole or not."""
        ...

    def upload(self, key: str) -> AbstractContextManager[Upload]:
        """The object is there, whole, when the context was left without an error; else nothing
        of it is. Raises UploadFailed."""
        ...

    def add(self, manifest: Manifest) -> None:
        """Makes a backup of the dump that was uploaded."""
        ...

    def find(self, name: str) -> Manifest:
        """Raises NotABackup, NewerThanThisVersion."""
        ...

    def list(self) -> Sequence[Manifest]:
        """Every backup, newest first. What cannot be read is passed over with a warning."""
        ...

    def open(self, manifest: Manifest) -> AbstractContextManager[Readable]:
        """The stored dump as a stream. The read that comes to its end raises Corrupted where
        size or hash differ from the manifest's, or where the object is missing."""
        ...

    def remove(self, name: str) -> None:
        """Manifest first, then the dump."""
        ...

    def remains(self, *, before: datetime) -> Sequence[str]:
        """The names, older than ``before``, of dumps without a manifest."""
        ...

    def abandon_uploads(self, *, before: datetime) -> int:
        """Ends the uploads of dumps that began before this time; gives their number."""
        ...


class Proofs(Protocol):
    """The last proof of each backup, and the last count of media."""

    def keep(self, proof: Proof) -> None:
        ...

    def all(self) -> Mapping[str, Proof]:
        """By the name of the backup."""
        ...

    def remove(self, name: str) -> None:
        ...

    def keep_count(self, count: MediaCount) -> None:
        ...

    def last_count(self) -> MediaCount | None:
        ...


class Sealer(Protocol):
    """Encryption to those who may read a backup."""

    @property
    def recipients(self) -> tuple[str, ...]:
        """Public keys; without any, dumps are stored as they are."""
        ...

    @property
    def can_open(self) -> bool:
        """Whether a key for opening is at hand; not whether it is the right one."""
        ...

    def seal(self, source: Readable, target: Writable) -> None:
        """Copies ``source`` to its end, encrypted for the recipients."""
        ...

    def open(self, source: Readable, target: Writable) -> None:
        """Copies ``source`` to its end, decrypted. Raises NoIdentity, Corrupted."""
        ...

    def is_sealed(self, beginning: bytes) -> bool:
        """Whether the first 64 bytes of a file are those of an encrypted one."""
        ...


@dataclass(frozen=True, kw_only=True)
class Contents:
    """What a database holds: rows by ``schema.table``, and the revision of its schema."""

    tables: Mapping[str, int]
    alembic_revision: str | None


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """One moment of the live database. ``id`` is what PostgreSQL exported it under."""

    id: str
    database: str
    server: str
    contents: Contents


class Snapshots(Protocol):

    def take(self) -> AbstractContextManager[Snapshot]:
        """The moment can be dumped as long as the context lasts. It blocks no write."""
        ...


class Dumper(Protocol):
    """pg_dump, whose archive is custom-format and compressed."""

    def version(self) -> str:
        """Raises DumpFailed."""
        ...

    def dump(self, snapshot: str) -> AbstractContextManager[Readable]:
        """The archive of the live database at that moment. Leaving the context raises DumpFailed
        unless the whole of it was made."""
        ...


class Loader(Protocol):
    """pg_restore, as one transaction."""

    def load(self, database: str) -> AbstractContextManager[Writable]:
        """What is written is an archive for the empty ``database``. Leaving the context raises
        LoadFailed unless the whole of it was loaded; so does writing to one that gave up."""
        ...


class Databases(Protocol):
    """Databases beside the live one, on its server."""

    def create(self, database: str) -> None:
        """Empty, with encoding and collation of the live one. Raises NotAllowed where the
        application's role may not make any."""
        ...

    def drop(self, database: str) -> None:
        """With whoever is connected; one that is not there is passed over."""
        ...

    def scratch(self, purpose: str) -> AbstractContextManager[str]:
        """The name of an empty database that is dropped when the context is left, however. What
        a killed process left behind of the same purpose goes first, so that only one context
        for a purpose may be open at a time."""
        ...

    def contents(self, database: str) -> Contents:
        ...

    def faults(self, database: str) -> Sequence[str]:
        """The constraints and indexes that do not hold, by name."""
        ...


class MediaNames(Protocol):
    """Which files the rows of the live database need."""

    def all(self) -> Set[str] | None:
        """Their keys in the media bucket; None where the database is at another revision than
        this code, and cannot be asked."""
        ...


class LiveServer(Protocol):

    def uptime(self) -> timedelta:
        """How long the database server has been running."""
        ...


class ExclusiveLock(Protocol):
    """One at a time among all processes of an installation; ends with its holder. A thread that
    holds it may hold it again."""

    def hold(self, *, wait: bool = True) -> AbstractContextManager[None]:
        """Raises AnotherIsRunning unless ``wait``."""
        ...

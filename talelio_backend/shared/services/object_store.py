from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredObject:
    """What the store knows of an object. ``size`` in bytes, of the whole object."""

    key: str
    size: int
    etag: str
    content_type: str
    last_modified: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenObject:
    """An object being read: ``chunks`` yields the bytes of the asked range, piece by piece."""

    stored: StoredObject
    chunks: Iterator[bytes]


class ObjectStore(Protocol):
    """Files under keys, in one bucket. Every method raises StorageUnavailable when the store
    does not answer; a missing key is never an error, it is None or nothing."""

    def put(self, key: str, content: bytes, *, content_type: str, cache_control: str) -> None:
        """Stores ``content`` whole under ``key``, replacing what was there."""
        ...

    def head(self, key: str) -> StoredObject | None:
        ...

    def open(self,
             key: str,
             *,
             first: int = 0,
             last: int | None = None) -> AbstractContextManager[OpenObject | None]:
        """Bytes ``first`` to ``last`` (both included; None: to the end) as a stream that is
        closed when the context is left."""
        ...

    def delete(self, keys: Iterable[str]) -> None:
        """Removes the objects; those that are not there are passed over."""
        ...

    def list(self, prefix: str) -> Iterator[StoredObject]:
        """The objects whose keys begin with ``prefix``; ``content_type`` is empty here."""
        ...

    def ping(self) -> None:
        """Raises StorageUnavailable when the bucket cannot be reached."""
        ...

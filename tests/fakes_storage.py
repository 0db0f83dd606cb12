"""An object store without a server."""
import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from talelio_backend.shared.domain.errors import StorageUnavailable
from talelio_backend.shared.services.object_store import OpenObject, StoredObject

_PIECE = 64 * 1024


@dataclass(frozen=True, slots=True)
class Kept:
    stored: StoredObject
    content: bytes
    cache_control: str


class InMemoryObjectStore:
    """Keeps what the real one keeps. ``down = True`` makes every method fail; after
    ``fail_on_put(n)`` the n-th put from now, counted from 1, fails and stores nothing."""

    def __init__(self) -> None:
        self.down = False
        self.kept: dict[str, Kept] = {}
        self.now = datetime.now(UTC).replace(microsecond=0)
        self.open_streams = 0
        self._puts_until_failure = 0

    @property
    def keys(self) -> set[str]:
        return set(self.kept)

    def fail_on_put(self, n: int) -> None:
        self._puts_until_failure = n

    def put(self, key: str, content: bytes, *, content_type: str, cache_control: str) -> None:
        self._answer()
        if self._puts_until_failure:
            self._puts_until_failure -= 1
            if not self._puts_until_failure:
                raise StorageUnavailable()
        stored = StoredObject(key=key,
                              size=len(content),
                              etag=hashlib.md5(content, usedforsecurity=False).hexdigest(),
                              content_type=content_type,
                              last_modified=self.now)
        self.kept[key] = Kept(stored, content, cache_control)

    def head(self, key: str) -> StoredObject | None:
        self._answer()
        kept = self.kept.get(key)
        return None if kept is None else kept.stored

    @contextmanager
    def open(self,
             key: str,
             *,
             first: int = 0,
             last: int | None = None) -> Iterator[OpenObject | None]:
        self._answer()
        kept = self.kept.get(key)
        if kept is None:
            yield None
            return
        wanted = kept.content[first:None if last is None else last + 1]
        self.open_streams += 1
        try:
            yield OpenObject(stored=kept.stored, chunks=self._pieces(wanted))
        finally:
            self.open_streams -= 1

    def delete(self, keys: Iterable[str]) -> None:
        for key in keys:
            self._answer()
            self.kept.pop(key, None)

    def list(self, prefix: str) -> Iterator[StoredObject]:
        self._answer()
        for key in sorted(self.kept):
            if key.startswith(prefix):
                yield replace(self.kept[key].stored, content_type='')

    def ping(self) -> None:
        self._answer()

    def _pieces(self, content: bytes) -> Iterator[bytes]:
        for start in range(0, len(content), _PIECE):
            self._answer()
            yield content[start:start + _PIECE]

    def _answer(self) -> None:
        if self.down:
            raise StorageUnavailable()

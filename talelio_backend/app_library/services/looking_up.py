"""What others know of a book, asked for as seldom as can be."""

from dataclasses import asdict
from datetime import timedelta
from typing import Any

from talelio_backend.app_library.domain.intake_errors import MetadataNotFound
from talelio_backend.app_library.services.intake_ports import Kept, MetadataCache
from talelio_backend.app_library.services.metadata import Metadata, MetadataSource
from talelio_backend.shared.services.clock import Clock

KEEP_ANSWERS, KEEP_MISSES = timedelta(days=30), timedelta(days=1)


class MetadataService:

    def __init__(self, source: MetadataSource) -> None:
        self._source = source

    def find(self, isbn13: str, *, patience: float) -> Metadata:
        """``patience``: seconds that the caller waits for its turn. Raises MetadataNotFound,
        MetadataUnavailable."""
        found = self._source.find(isbn13, patience=patience)
        if found is None:
            raise MetadataNotFound()
        return found


class CachedMetadata:
    """A source in front of another: see the port ``MetadataSource``."""

    def __init__(self, source: MetadataSource, *, cache: MetadataCache, clock: Clock) -> None:
        self._source = source
        self._cache = cache
        self._clock = clock

    def find(self, isbn13: str, *, patience: float) -> Metadata | None:
        now, kept = self._clock.now(), self._cache.get(isbn13)
        if kept is not None:
            lasts = KEEP_MISSES if kept.found is None else KEEP_ANSWERS
            if now < kept.fetched_at + lasts:
                return None if kept.found is None else _metadata(kept.found)
        found = self._source.find(isbn13, patience=patience)
        self._cache.put(isbn13, Kept(found=None if found is None else asdict(found),
                                     fetched_at=now))
        return found


def _metadata(found: dict[str, Any]) -> Metadata:
    return Metadata(**found | {'authors': tuple(found['authors'])})

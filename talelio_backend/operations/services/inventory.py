from collections.abc import Iterator

from talelio_backend.operations.domain.inventory import MediaFile, inventory
from talelio_backend.operations.domain.manifest import Media
from talelio_backend.operations.services.ports import MediaNames
from talelio_backend.shared.services.object_store import ObjectStore


class InventoryService:
    """Looks through the media bucket. Raises StorageUnavailable."""

    def __init__(self, *, objects: ObjectStore, bucket: str, names: MediaNames) -> None:
        self._objects = objects
        self._bucket = bucket
        self._names = names

    def take(self) -> tuple[Media, int | None]:
        """What is there, and how many of the files that rows name are not; None where the rows
        cannot be asked."""
        before = self._names.all()
        missing = set(before or ())
        media = inventory(self._bucket, self._files(missing))
        # A file whose row went while we looked is not missed.
        after = self._names.all() if missing else before
        return media, None if after is None else len(missing & after)

    def _files(self, missing: set[str]) -> Iterator[MediaFile]:
        for stored in self._objects.list(''):
            missing.discard(stored.key)
            yield MediaFile(stored.key, stored.size, stored.etag)

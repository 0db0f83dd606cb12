from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import islice

from talelio_backend.app_assets.domain.image_file import FOLDER, ImageFile
from talelio_backend.app_assets.services.ports import AssetsUnitOfWork
from talelio_backend.shared.services.clock import Clock
from talelio_backend.shared.services.object_store import ObjectStore, StoredObject

SWEEP_ORPHANS = 'assets.sweep_orphans'
BATCH = 500
# A younger object may belong to an upload that has not written its rows yet.
YOUNGEST = timedelta(hours=24)


class SweepingService:
    """Finds what a failed upload or deletion left in the object store."""

    def __init__(self, *, open_uow: Callable[[], AssetsUnitOfWork], objects: ObjectStore,
                 clock: Clock) -> None:
        self._open_uow = open_uow
        self._objects = objects
        self._clock = clock

    def sweep(self) -> None:
        """Deletes the orphans. Raises StorageUnavailable."""
        for _ in self.orphans(delete=True):
            pass

    def orphans(self, *, delete: bool) -> Iterator[StoredObject]:
        """The objects under ``users/`` that are older than 24 hours and of no image; with
        ``delete`` they are gone when they are named. Raises StorageUnavailable."""
        latest = self._clock.now() - YOUNGEST
        old = (stored for stored in self._objects.list(FOLDER) if stored.last_modified < latest)
        while batch := list(islice(old, BATCH)):
            owned = self._keys_of_images(batch)
            orphans = [stored for stored in batch if stored.key not in owned]
            if delete:
                self._objects.delete(orphan.key for orphan in orphans)
            yield from orphans

    def _keys_of_images(self, batch: list[StoredObject]) -> set[str]:
        files = (ImageFile.parse(stored.key.rpartition('/')[2]) for stored in batch)
        with self._open_uow() as uow:
            return uow.images.keys({file.image_id for file in files if file is not None})

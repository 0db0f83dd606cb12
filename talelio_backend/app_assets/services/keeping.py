from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from talelio_backend.app_assets.domain.errors import ImageInUse, ImageNotFound
from talelio_backend.app_assets.domain.image import Image
from talelio_backend.app_assets.services.ports import AssetsUnitOfWork, Referrer
from talelio_backend.app_assets.services.variants import lock_of
from talelio_backend.shared.services.clock import Clock
from talelio_backend.shared.services.jobs import Job
from talelio_backend.shared.services.object_store import ObjectStore

DELETE_OBJECTS = 'assets.delete_objects'
# An article is written around its pictures: what nothing names yet may be named in an hour.
UNREFERENCED_FOR = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deleted:
    """``size``: the bytes of the originals."""

    images: int
    size: int


class KeepingService:
    """What owners do with images that they have. ``owner_id`` None is an administrator, who may
    do it to anybody's; an image of somebody else is ImageNotFound."""

    def __init__(self, *, open_uow: Callable[[], AssetsUnitOfWork], objects: ObjectStore,
                 clock: Clock) -> None:
        self._open_uow = open_uow
        self._objects = objects
        self._clock = clock

    def describe(self, *, image_id: UUID, owner_id: UUID | None, alt: str,
                 expected_version: int | None) -> None:
        """Raises ImageNotFound, VersionMismatch."""
        with self._open_uow() as uow:
            image = _get(uow, image_id, owner_id)
            image.describe(alt, expected_version=expected_version)
            uow.commit()

    def delete(self, *, image_id: UUID, owner_id: UUID | None, force: bool,
               expected_version: int | None) -> None:
        """Removes the image at once, its objects by job. What refers to it is named, the titles
        of other people's things left out: they may be drafts.

        Raises ImageNotFound, VersionMismatch, and without ``force`` ImageInUse.
        """
        with self._open_uow() as uow:
            image = _get(uow, image_id, owner_id)
            used_by = () if force else uow.references.to(image_id)
            if used_by:
                raise ImageInUse(used_by=[_shown(referrer, image) for referrer in used_by])
            _remove(uow, image, expected_version)
            uow.commit()

    def delete_unreferenced(self, *, owner_id: UUID) -> Deleted:
        """Removes the person's images that are older than 24 hours and that nothing names."""
        with self._open_uow() as uow:
            before = self._clock.now() - UNREFERENCED_FOR
            images = uow.images.unreferenced(owner_id, before=before)
            for image in images:
                _remove(uow, image)
            uow.commit()
        return Deleted(images=len(images), size=sum(image.size for image in images))

    def delete_objects(self, keys: list[str]) -> None:
        """The job after a deletion. Raises StorageUnavailable."""
        self._objects.delete(keys)


def _get(uow: AssetsUnitOfWork, image_id: UUID, owner_id: UUID | None) -> Image:
    image = uow.images.get(image_id, owner_id=owner_id)
    if image is None:
        raise ImageNotFound()
    return image


def _remove(uow: AssetsUnitOfWork, image: Image, expected_version: int | None = None) -> None:
    image.delete(expected_version=expected_version)
    uow.images.remove(image)
    uow.defer(Job(name=DELETE_OBJECTS, arguments={'keys': image.keys}, lock=lock_of(image.id)))


def _shown(referrer: Referrer, image: Image) -> dict[str, str | None]:
    known = referrer.owner_id in (None, image.owner_id)
    return {
        'kind': referrer.kind,
        'id': str(referrer.id),
        'title': referrer.title if known else None
    }

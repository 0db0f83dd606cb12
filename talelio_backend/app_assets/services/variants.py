from collections.abc import Callable
from contextlib import suppress
from uuid import UUID

from talelio_backend.app_assets.domain.errors import ImageNotFound
from talelio_backend.app_assets.domain.image import Image, Variant, VariantsStatus
from talelio_backend.app_assets.domain.image_file import VARIANT_WIDTHS
from talelio_backend.app_assets.services.ports import AssetsUnitOfWork
from talelio_backend.app_assets.services.serving import CACHE_CONTROL
from talelio_backend.shared.domain.errors import StorageUnavailable
from talelio_backend.shared.services.images import ImagePipeline, Picture, PictureRefused
from talelio_backend.shared.services.jobs import Job
from talelio_backend.shared.services.object_store import ObjectStore

MAKE_VARIANTS = 'assets.make_variants'


def lock_of(image_id: UUID) -> str:
    """Variants are not made while the image's objects are being deleted."""
    return f'image:{image_id}'


def make_variants_job(image_id: UUID) -> Job:
    return Job(name=MAKE_VARIANTS, arguments={'image': str(image_id)}, lock=lock_of(image_id))


class VariantsService:
    """Smaller pictures of an image, made by the worker."""

    def __init__(self, *, open_uow: Callable[[], AssetsUnitOfWork], images: ImagePipeline,
                 objects: ObjectStore) -> None:
        self._open_uow = open_uow
        self._images = images
        self._objects = objects

    def make(self, image: str) -> None:
        """Makes the variants of the image with this id. Where they are ready, or the image is
        gone, nothing happens.

        Raises StorageUnavailable, ImageNotFound (its object is gone), ImageBroken,
        ImageTooManyPixels (for the memory of this process).
        """
        found = self._get(UUID(image))
        if found is None or found.variants_status is VariantsStatus.READY:
            return
        pictures = self._images.variants(self._content(found), VARIANT_WIDTHS)
        for picture in pictures:
            self._objects.put(found.variant_key(picture.width),
                              picture.content,
                              content_type=picture.content_type,
                              cache_control=CACHE_CONTROL)
        if not self._note(found.id, pictures):
            with suppress(StorageUnavailable):  # the sweep finds what is left
                self._objects.delete(found.keys)

    def give_up(self, image: str) -> None:
        """After the last try: the image stays without variants."""
        with self._open_uow() as uow:
            found = uow.images.get(UUID(image))
            if found is not None:
                found.variants_failed()
                uow.commit()

    def make_missing(self) -> tuple[int, int]:
        """Makes the variants of every image that has none yet, those that failed included. The
        numbers of images that are ready now, and that failed (again)."""
        with self._open_uow() as uow:
            image_ids = uow.images.without_variants()
        ready = 0
        for image_id in image_ids:
            ready += self._try(str(image_id))
        return ready, len(image_ids) - ready

    def _try(self, image: str) -> bool:
        try:
            self.make(image)
        except (ImageNotFound, PictureRefused):
            self.give_up(image)
            return False
        return True

    def _get(self, image_id: UUID) -> Image | None:
        with self._open_uow() as uow:
            return uow.images.get(image_id)

    def _content(self, image: Image) -> bytes:
        with self._objects.open(image.key) as opened:
            if opened is None:
                raise ImageNotFound()
            return b''.join(opened.chunks)

    def _note(self, image_id: UUID, pictures: list[Picture]) -> bool:
        """Whether the image is still there."""
        variants = tuple(
            Variant(width=picture.width, height=picture.height, size=len(picture.content))
            for picture in pictures)
        with self._open_uow() as uow:
            image = uow.images.get(image_id)
            if image is not None:
                image.variants_made(variants)
                uow.commit()
        return image is not None

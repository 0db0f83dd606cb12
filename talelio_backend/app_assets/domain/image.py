from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Self
from uuid import UUID

from talelio_backend.app_assets.domain.events import ImageDeleted, ImageUpdated, ImageUploaded
from talelio_backend.app_assets.domain.image_file import ImageFile, keys_of_image
from talelio_backend.shared.domain.aggregate import Aggregate
from talelio_backend.shared.domain.errors import VersionMismatch
from talelio_backend.shared.domain.events import changes_between


class VariantsStatus(StrEnum):
    PENDING = 'pending'
    READY = 'ready'
    FAILED = 'failed'


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """A smaller WebP of an image; ``size`` in bytes."""

    width: int
    height: int
    size: int


@dataclass(kw_only=True, eq=False)
class Image(Aggregate):
    """One stored picture of a person. ``sha256`` is of the file as it was sent; ``width``,
    ``height`` and ``size`` (bytes) are of the file as it is stored.

    ``version`` counts what people change: variants that become ready spoil nobody's edit.
    """

    owner_id: UUID
    sha256: bytes
    file_name: str
    content_type: str
    extension: str
    width: int
    height: int
    size: int
    created_at: datetime
    alt: str = ''
    version: int = 1
    variants_status: VariantsStatus = VariantsStatus.PENDING
    variants: tuple[Variant, ...] = ()

    @classmethod
    def upload(cls, *, image_id: UUID, owner_id: UUID, sha256: bytes, file_name: str,
               content_type: str, extension: str, width: int, height: int, size: int,
               now: datetime) -> Self:
        """A new image; its object is stored under ``key`` already."""
        image = cls(id=image_id,
                    owner_id=owner_id,
                    sha256=sha256,
                    file_name=file_name,
                    content_type=content_type,
                    extension=extension,
                    width=width,
                    height=height,
                    size=size,
                    created_at=now)
        image.record(ImageUploaded(image_id=image_id, owner_id=owner_id, file_name=file_name))
        return image

    @property
    def key(self) -> str:
        return ImageFile(self.id, self.extension).key(self.owner_id)

    @property
    def keys(self) -> list[str]:
        """Where its files are or may be, variants that are being made just now included."""
        return keys_of_image(self.id, self.owner_id, self.extension)

    def variant_key(self, width: int) -> str:
        return ImageFile(self.id, 'webp', width).key(self.owner_id)

    def describe(self, alt: str, *, expected_version: int | None) -> None:
        """Raises VersionMismatch when the caller decided on another version."""
        self._check_version(expected_version)
        changed = changes_between({'alt': self.alt}, {'alt': alt})
        if not changed:
            return
        self.alt = alt
        self.version += 1
        self.record(
            ImageUpdated(image_id=self.id,
                         owner_id=self.owner_id,
                         file_name=self.file_name,
                         changed=changed))

    def variants_made(self, variants: tuple[Variant, ...]) -> None:
        self.variants = tuple(sorted(variants, key=lambda variant: variant.width))
        self.variants_status = VariantsStatus.READY

    def variants_failed(self) -> None:
        """Nothing more is tried by itself; variants that are ready stay."""
        if self.variants_status is VariantsStatus.PENDING:
            self.variants_status = VariantsStatus.FAILED

    def delete(self, *, expected_version: int | None = None) -> None:
        """Raises VersionMismatch when the caller decided on another version."""
        self._check_version(expected_version)
        self.record(
            ImageDeleted(image_id=self.id, owner_id=self.owner_id, file_name=self.file_name))

    def _check_version(self, expected: int | None) -> None:
        if expected is not None and expected != self.version:
            raise VersionMismatch(version=self.version)

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from talelio_backend.app_assets.domain.image_file import ImageFile
from talelio_backend.shared.services.listing import Document, Page, PageRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageFilter:
    """``since`` is inclusive, ``before`` is not."""

    unreferenced: bool = False
    since: datetime | None = None
    before: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """An original or a variant as the database knows it. ``size`` in bytes."""

    key: str
    content_type: str
    size: int
    last_modified: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownImage:
    """An image as JSON text, and its address."""

    url: str
    body: str


class ImageQueries(Protocol):
    """What is read of images: one SQL statement each."""

    def image(self, image_id: UUID, *, owner_id: UUID | None) -> Document:
        """With ``owner_id`` only that person's. Raises ImageNotFound."""
        ...

    def images(self, image_ids: Sequence[UUID]) -> list[ShownImage]:
        """In the order of the ids, those that come twice twice; deleted ones are left out."""
        ...

    def page(self, owner_id: UUID, wanted: ImageFilter, request: PageRequest) -> Page:
        """A person's images, with the members ``used_bytes`` and ``quota_bytes``. Raises
        BadQuery."""
        ...

    def file(self, username: str, file: ImageFile) -> StoredFile | None:
        """The file of an image that the person of this name owns. The name is compared without
        case."""
        ...

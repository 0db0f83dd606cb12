from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from talelio_backend.app_assets.domain.image import Image
from talelio_backend.app_assets.domain.quota import Usage
from talelio_backend.shared.services.unit_of_work import UnitOfWork


class ImageRepository(Protocol):

    def add(self, image: Image) -> None:
        ...

    def get(self, image_id: UUID, *, owner_id: UUID | None = None) -> Image | None:
        """The image, locked until the transaction ends; with ``owner_id`` only that person's."""
        ...

    def remove(self, image: Image) -> None:
        """Removes the row, and with it every reference to it."""
        ...

    def lock_owner(self, owner_id: UUID) -> None:
        """Waits until nobody else adds images of this person, and keeps them waiting until the
        transaction ends: what is counted after this stays true."""
        ...

    def usage(self, owner_id: UUID) -> Usage:
        ...

    def ids_by_sha256(self, owner_id: UUID, digests: Collection[bytes]) -> Mapping[bytes, UUID]:
        """Which of these files the person has already."""
        ...

    def keys(self, image_ids: Collection[UUID]) -> set[str]:
        """Where the object store keeps the originals of these images, those that there are, and
        where it may keep their variants."""
        ...

    def without_variants(self) -> Sequence[UUID]:
        """The images whose variants are not ready, oldest first."""
        ...

    def unreferenced(self, owner_id: UUID, *, before: datetime) -> Sequence[Image]:
        """The person's images uploaded before that moment that nothing refers to, locked."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Referrer:
    """Something that shows images: an article, a project, an avatar, a book. ``owner_id`` is
    None for what is the house's and secret to nobody."""

    kind: str
    id: UUID
    owner_id: UUID | None
    title: str


class References(Protocol):
    """Which thing names which image."""

    def replace(self, referrer: Referrer, image_ids: Iterable[UUID]) -> None:
        """``referrer`` names exactly these images from now on; ids of no image are passed over."""
        ...

    def to(self, image_id: UUID) -> Sequence[Referrer]:
        """What names the image, by kind and title."""
        ...


class AssetsUnitOfWork(UnitOfWork, Protocol):
    """``commit`` raises ImageStoredAlready when the same file was stored meanwhile."""

    @property
    def images(self) -> ImageRepository:
        ...

    @property
    def references(self) -> References:
        ...

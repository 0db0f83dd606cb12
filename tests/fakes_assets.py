"""The ports of the images' area in memory, and pictures that are one line of text."""

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from talelio_backend.app_assets.domain.errors import ImageStoredAlready
from talelio_backend.app_assets.domain.image import Image, VariantsStatus
from talelio_backend.app_assets.domain.image_file import keys_of_image
from talelio_backend.app_assets.domain.quota import Usage
from talelio_backend.app_assets.services.ports import Referrer
from talelio_backend.shared.domain.aggregate import Aggregate
from talelio_backend.shared.domain.errors import DomainError
from talelio_backend.shared.domain.ids import new_id
from talelio_backend.shared.services.images import (ImageBroken, ImageTooManyPixels,
                                                    ImageTypeNotSupported, Picture, PictureRefused)
from tests.fakes import NOON, FakeUnitOfWork


@dataclass(frozen=True)
class Sent:
    """A file of a request. ``content`` that begins with text, huge or broken is refused."""

    content: bytes
    file_name: str = 'picture.png'

    @property
    def size(self) -> int:
        return len(self.content)

    @property
    def sha256(self) -> bytes:
        return hashlib.sha256(self.content).digest()

    def read(self) -> bytes:
        return self.content


def an_image(*,
             owner_id: UUID | None = None,
             size: int = 10,
             hours: float = 0,
             sha256: bytes | None = None) -> Image:
    """An image that nobody was told of, uploaded ``hours`` before noon."""
    image = Image.upload(image_id=new_id(),
                         owner_id=owner_id or uuid4(),
                         sha256=sha256 or uuid4().bytes * 2,
                         file_name='heron.png',
                         content_type='image/png',
                         extension='png',
                         width=800,
                         height=600,
                         size=size,
                         now=NOON - timedelta(hours=hours))
    image.collect_events()
    return image


class LinePipeline:
    """Takes any line for a picture of 800 × 600, and writes what it makes of it."""

    def __init__(self) -> None:
        self.decoded: list[bytes] = []

    def check(self, content: bytes) -> None:
        refusals: dict[bytes, type[PictureRefused]] = {
            b'text': ImageTypeNotSupported,
            b'huge': ImageTooManyPixels
        }
        for beginning, refusal in refusals.items():
            if content.startswith(beginning):
                raise refusal()

    def normalize(self, content: bytes) -> Picture:
        self.check(content)
        self.decoded.append(content)
        if content.startswith(b'broken'):
            raise ImageBroken()
        return _picture(b'clean ' + content, 800)

    def variants(self, content: bytes, widths: Sequence[int]) -> list[Picture]:
        self.decoded.append(content)
        if b'no variants' in content:
            raise ImageBroken()
        return [_picture(b'%d of %s' % (width, content), width) for width in widths if width < 800]


def _picture(content: bytes, width: int) -> Picture:
    return Picture(content=content,
                   content_type='image/png' if width == 800 else 'image/webp',
                   extension='png' if width == 800 else 'webp',
                   width=width,
                   height=width * 3 // 4,
                   frames=1)


class InMemoryAssets(FakeUnitOfWork):
    """The area's unit of work, its repositories included. ``fail_with`` makes the next commits
    raise these, and ``store_all_the_same`` stores although they do. ``meanwhile`` is what others
    do while the owner's lock is waited for."""

    def __init__(self) -> None:
        self.kept: dict[UUID, Image] = {}
        self.named: dict[tuple[str, UUID], tuple[Referrer, frozenset[UUID]]] = {}
        super().__init__(self.kept, self.named)
        self.removed: list[Image] = []
        self.fail_with: list[DomainError] = []
        self.store_all_the_same = False
        self.meanwhile: Callable[[], object] = lambda: None

    @property
    def images(self) -> 'InMemoryAssets':
        return self

    @property
    def references(self) -> 'InMemoryAssets':
        return self

    def commit(self) -> None:
        failure = self.fail_with.pop(0) if self.fail_with else None
        if failure is None or self.store_all_the_same:
            super().commit()
        if failure is not None:
            raise failure

    def rollback(self) -> None:
        super().rollback()
        self.removed = []

    def _aggregates(self) -> Iterator[Aggregate]:
        yield from self.kept.values()
        yield from self.removed

    def _check(self) -> None:
        files = {(image.owner_id, image.sha256) for image in self.kept.values()}
        if len(files) < len(self.kept):
            raise ImageStoredAlready()

    def add(self, image: Image) -> None:
        self.kept[image.id] = image

    def get(self, image_id: UUID, *, owner_id: UUID | None = None) -> Image | None:
        image = self.kept.get(image_id)
        return image if image and owner_id in (None, image.owner_id) else None

    def remove(self, image: Image) -> None:
        self.removed.append(self.kept.pop(image.id))
        for key, (referrer, image_ids) in self.named.items():
            self.named[key] = (referrer, image_ids - {image.id})

    def lock_owner(self, owner_id: UUID) -> None:
        assert isinstance(owner_id, UUID)
        self.meanwhile()

    def usage(self, owner_id: UUID) -> Usage:
        sizes = [image.size for image in self.kept.values() if image.owner_id == owner_id]
        return Usage(images=len(sizes), size=sum(sizes))

    def ids_by_sha256(self, owner_id: UUID, digests: Collection[bytes]) -> Mapping[bytes, UUID]:
        return {
            image.sha256: image.id
            for image in self.kept.values()
            if image.owner_id == owner_id and image.sha256 in digests
        }

    def keys(self, image_ids: Collection[UUID]) -> set[str]:
        return {
            key
            for image in self.kept.values() if image.id in image_ids
            for key in keys_of_image(image.id, image.owner_id, image.extension)
        }

    def without_variants(self) -> Sequence[UUID]:
        return sorted(image.id for image in self.kept.values()
                      if image.variants_status is not VariantsStatus.READY)

    def unreferenced(self, owner_id: UUID, *, before: datetime) -> Sequence[Image]:
        return [
            image for image in self.kept.values()
            if image.owner_id == owner_id and image.created_at < before and not self.to(image.id)
        ]

    def replace(self, referrer: Referrer, image_ids: Iterable[UUID]) -> None:
        known = frozenset(image_ids) & frozenset(self.kept)
        self.named[(referrer.kind, referrer.id)] = (referrer, known)

    def to(self, image_id: UUID) -> Sequence[Referrer]:
        return [referrer for referrer, image_ids in self.named.values() if image_id in image_ids]

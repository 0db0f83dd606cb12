from uuid import UUID

import pytest

from talelio_backend.app_assets.domain.errors import ImageNotFound
from talelio_backend.app_assets.domain.image import Image, Variant, VariantsStatus
from talelio_backend.app_assets.services.serving import CACHE_CONTROL
from talelio_backend.app_assets.services.variants import VariantsService
from talelio_backend.shared.domain.errors import StorageUnavailable
from talelio_backend.shared.domain.ids import new_id
from talelio_backend.shared.services.images import ImageBroken
from tests.fakes_assets import InMemoryAssets, LinePipeline, an_image
from tests.fakes_storage import InMemoryObjectStore


class House:

    def __init__(self) -> None:
        self.uow = InMemoryAssets()
        self.objects = InMemoryObjectStore()
        self.pipeline = LinePipeline()
        self.service = VariantsService(open_uow=lambda: self.uow,
                                       images=self.pipeline,
                                       objects=self.objects)

    def stored(self, content: bytes = b'heron') -> str:
        image = an_image()
        self.uow.kept[image.id] = image
        self.objects.put(image.key, content, content_type='image/png', cache_control='')
        return str(image.id)

    def image(self, image: str) -> Image:
        return self.uow.kept[UUID(image)]


def test_narrower_variants_are_stored_beside_the_original() -> None:
    house = House()
    image = house.stored()
    house.service.make(image)
    made = house.image(image)
    assert made.variants_status is VariantsStatus.READY
    assert made.variants == (Variant(width=320, height=240, size=len(b'320 of heron')),
                             Variant(width=640, height=480, size=len(b'640 of heron')))
    kept = house.objects.kept[f'users/{made.owner_id}/images/{image}-640.webp']
    assert (kept.content, kept.stored.content_type) == (b'640 of heron', 'image/webp')
    assert kept.cache_control == CACHE_CONTROL
    assert len(house.objects.kept) == 3


def test_repeating_changes_nothing() -> None:
    house = House()
    image = house.stored()
    house.service.make(image)
    house.service.make(image)
    assert len(house.pipeline.decoded) == 1
    assert house.uow.commits == 1


def test_nothing_is_made_of_an_image_that_is_gone() -> None:
    house = House()
    house.service.make(str(new_id()))
    assert not house.objects.kept


def test_variants_of_an_image_deleted_meanwhile_are_deleted_too() -> None:
    house = House()
    image = house.stored()
    variants = house.pipeline.variants
    house.pipeline.variants = lambda content, widths: (  # type: ignore[method-assign]
        house.uow.kept.clear() or variants(content, widths))  # type: ignore[func-returns-value]
    house.service.make(image)
    assert not house.objects.kept


def test_failures_are_the_workers_to_try_again() -> None:
    house = House()
    image = house.stored()
    house.objects.down = True
    with pytest.raises(StorageUnavailable):
        house.service.make(image)
    house.objects.down = False
    house.objects.kept.clear()
    with pytest.raises(ImageNotFound):
        house.service.make(image)
    assert house.image(image).variants_status is VariantsStatus.PENDING


def test_after_the_last_try_the_status_says_so() -> None:
    house = House()
    image = house.stored(b'no variants')
    with pytest.raises(ImageBroken):
        house.service.make(image)
    house.service.give_up(image)
    assert house.image(image).variants_status is VariantsStatus.FAILED
    house.service.give_up(str(new_id()))


def test_what_is_missing_is_made_and_what_fails_again_is_counted() -> None:
    house = House()
    ready, pending, failed = house.stored(b'a'), house.stored(b'b'), house.stored(b'c')
    house.service.make(ready)
    house.service.give_up(failed)
    broken = house.stored(b'no variants')
    lost = house.stored(b'd')
    house.objects.delete([house.image(lost).key])
    assert house.service.make_missing() == (2, 2)
    assert [house.image(each).variants_status for each in (ready, pending, failed, broken, lost)
            ] == ['ready', 'ready', 'ready', 'failed', 'failed']

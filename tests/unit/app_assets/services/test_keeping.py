from uuid import UUID, uuid4

import pytest

from talelio_backend.app_assets.domain.errors import ImageInUse, ImageNotFound
from talelio_backend.app_assets.domain.events import ImageDeleted
from talelio_backend.app_assets.domain.image import Image
from talelio_backend.app_assets.services.keeping import Deleted, KeepingService
from talelio_backend.app_assets.services.ports import Referrer
from talelio_backend.shared.domain.errors import StorageUnavailable, VersionMismatch
from talelio_backend.shared.domain.ids import new_id
from talelio_backend.shared.services.jobs import Job
from tests.fakes import FakeClock
from tests.fakes_assets import InMemoryAssets, an_image
from tests.fakes_storage import InMemoryObjectStore

OWNER, OTHER = uuid4(), uuid4()


class House:

    def __init__(self) -> None:
        self.uow = InMemoryAssets()
        self.objects = InMemoryObjectStore()
        self.service = KeepingService(open_uow=lambda: self.uow,
                                      objects=self.objects,
                                      clock=FakeClock())

    def stored(self, *, hours: float = 0, owner_id: UUID = OWNER, size: int = 10) -> Image:
        image = an_image(hours=hours, owner_id=owner_id, size=size)
        self.uow.kept[image.id] = image
        return image

    def show(self, image: Image, *, owner_id: UUID | None = OWNER) -> Referrer:
        referrer = Referrer(kind='article', id=new_id(), owner_id=owner_id, title='Herons')
        self.uow.replace(referrer, [image.id])
        return referrer

    def delete(self,
               image_id: UUID,
               *,
               owner_id: UUID | None = OWNER,
               force: bool = False,
               expected_version: int | None = None) -> None:
        self.service.delete(image_id=image_id,
                            owner_id=owner_id,
                            force=force,
                            expected_version=expected_version)


def test_deletion_takes_the_row_at_once_and_the_objects_by_job() -> None:
    house = House()
    image = house.stored()
    house.delete(image.id)
    assert not house.uow.kept
    assert house.uow.jobs == [
        Job(name='assets.delete_objects', arguments={'keys': image.keys}, lock=f'image:{image.id}')
    ]
    assert [type(event) for event in house.uow.events] == [ImageDeleted]


@pytest.mark.parametrize('act', ['delete', 'describe'])
def test_an_image_of_somebody_else_is_not_there(act: str) -> None:
    house = House()
    image = house.stored(owner_id=OTHER)
    with pytest.raises(ImageNotFound):
        if act == 'delete':
            house.delete(image.id)
        else:
            house.service.describe(image_id=image.id,
                                   owner_id=OWNER,
                                   alt='mine',
                                   expected_version=None)
    assert house.uow.kept[image.id].alt == ''


def test_an_administrator_may_describe_and_delete_anybodys() -> None:
    house = House()
    image = house.stored()
    house.service.describe(image_id=image.id, owner_id=None, alt='A heron', expected_version=1)
    assert house.uow.kept[image.id].alt == 'A heron'
    house.delete(image.id, owner_id=None)
    assert not house.uow.kept


def test_an_image_in_use_names_what_shows_it() -> None:
    house = House()
    image = house.stored()
    referrer = house.show(image)
    with pytest.raises(ImageInUse) as refused:
        house.delete(image.id)
    assert refused.value.data['used_by'] == [{
        'kind': 'article',
        'id': str(referrer.id),
        'title': 'Herons'
    }]
    assert image.id in house.uow.kept


def test_titles_of_other_peoples_things_stay_theirs() -> None:
    house = House()
    image = house.stored()
    house.show(image, owner_id=OTHER)
    with pytest.raises(ImageInUse) as refused:
        house.delete(image.id)
    assert refused.value.data['used_by'][0]['title'] is None


def test_everybody_may_know_what_is_the_houses() -> None:
    house = House()
    image = house.stored()
    house.show(image, owner_id=None)
    with pytest.raises(ImageInUse) as refused:
        house.delete(image.id)
    assert refused.value.data['used_by'][0]['title'] == 'Herons'


def test_force_deletes_what_is_in_use() -> None:
    house = House()
    image = house.stored()
    house.show(image)
    house.delete(image.id, force=True)
    assert not house.uow.kept


def test_deletion_decided_on_an_older_version_is_refused() -> None:
    house = House()
    image = house.stored()
    with pytest.raises(VersionMismatch):
        house.delete(image.id, expected_version=7)
    assert not house.uow.jobs
    assert image.id in house.uow.kept


def test_old_images_that_nothing_shows_go_together() -> None:
    house = House()
    used, fresh = house.stored(hours=48), house.stored(hours=23.9)
    foreign = house.stored(hours=48, owner_id=OTHER)
    house.show(used)
    house.stored(hours=24.1, size=7)
    house.stored(hours=240, size=5)
    assert house.service.delete_unreferenced(owner_id=OWNER) == Deleted(images=2, size=12)
    assert set(house.uow.kept) == {used.id, fresh.id, foreign.id}
    assert len(house.uow.jobs) == len(house.uow.events) == 2
    assert house.service.delete_unreferenced(owner_id=OWNER) == Deleted(images=0, size=0)


def test_objects_of_a_deleted_image_go_however_many_there_are() -> None:
    house = House()
    image = house.stored()
    house.objects.put(image.key, b'a', content_type='image/png', cache_control='')
    house.objects.put(image.variant_key(320), b'b', content_type='image/webp', cache_control='')
    house.objects.down = True
    with pytest.raises(StorageUnavailable):
        house.service.delete_objects(image.keys)
    house.objects.down = False
    house.service.delete_objects(image.keys)
    house.service.delete_objects(image.keys)
    assert not house.objects.kept

from datetime import timedelta
from uuid import uuid4

from talelio_backend.app_assets.domain.image import Image
from talelio_backend.app_assets.services import sweeping
from talelio_backend.app_assets.services.sweeping import SweepingService
from talelio_backend.shared.domain.ids import new_id
from tests.fakes import NOON, FakeClock
from tests.fakes_assets import InMemoryAssets, an_image
from tests.fakes_storage import InMemoryObjectStore


class House:

    def __init__(self) -> None:
        self.uow = InMemoryAssets()
        self.objects = InMemoryObjectStore()
        self.service = SweepingService(open_uow=lambda: self.uow,
                                       objects=self.objects,
                                       clock=FakeClock())

    def put(self, *keys: str, hours: float) -> None:
        self.objects.now = NOON - timedelta(hours=hours)
        for key in keys:
            self.objects.put(key, b'12345', content_type='', cache_control='')

    def stored(self) -> Image:
        image = an_image()
        self.uow.kept[image.id] = image
        self.put(image.key, image.variant_key(640), hours=100)
        return image


def test_only_old_objects_of_no_image_are_deleted() -> None:
    house = House()
    image = house.stored()
    folder = f'users/{image.owner_id}/images'
    orphans = [
        f'{folder}/{new_id()}.png', f'{folder}/{image.id}.gif', f'{folder}/{image.id}-640.png',
        f'users/{uuid4()}/images/{image.id}.png', 'users/anything'
    ]
    house.put(*orphans, hours=24.1)
    kept = [f'{folder}/{new_id()}.png', 'users/young']
    house.put(*kept, hours=23.9)
    house.put('backups/old', 'elsewhere', hours=1000)
    assert {orphan.key for orphan in house.service.orphans(delete=False)} == set(orphans)
    assert house.objects.keys >= set(orphans)
    house.service.sweep()
    assert house.objects.keys == {
        image.key, image.variant_key(640), *kept, 'backups/old', 'elsewhere'
    }
    assert not list(house.service.orphans(delete=True))


def test_many_objects_are_swept_in_batches() -> None:
    house = House()
    image = house.stored()
    house.put(*(f'users/{number}' for number in range(2 * sweeping.BATCH + 1)), hours=48)
    house.service.sweep()
    assert house.objects.keys == {image.key, image.variant_key(640)}

from uuid import UUID, uuid4

import pytest

from talelio_backend.app_assets.domain.errors import ImageNotFound
from talelio_backend.app_assets.domain.image_file import ImageFile
from talelio_backend.app_assets.services.queries import ImageQueries, ShownImage, StoredFile
from talelio_backend.app_assets.services.serving import ServingService
from talelio_backend.shared.domain.errors import StorageUnavailable
from talelio_backend.shared.services.listing import Document, Page
from tests.fakes import NOON
from tests.fakes_storage import InMemoryObjectStore

OWNER, IMAGE = uuid4(), UUID('0198c5a2-f7c1-7a2e-8000-0000000000a1')
CONTENT = bytes(range(256)) * 1000


class OneFile(ImageQueries):
    """Knows one original of one person."""

    def file(self, username: str, file: ImageFile) -> StoredFile | None:
        if (username, file) != ('ada', ImageFile(IMAGE, 'png')):
            return None
        return StoredFile(key=file.key(OWNER),
                          content_type='image/png',
                          size=len(CONTENT),
                          last_modified=NOON)

    def image(self, image_id: UUID, *, owner_id: UUID | None) -> Document:
        raise AssertionError

    def images(self, image_ids: object) -> list[ShownImage]:
        raise AssertionError

    def page(self, *arguments: object) -> Page:
        raise AssertionError


class House:

    def __init__(self) -> None:
        self.objects = InMemoryObjectStore()
        self.objects.put(f'users/{OWNER}/images/{IMAGE}.png',
                         CONTENT,
                         content_type='image/png',
                         cache_control='')
        self.service = ServingService(queries=OneFile(), objects=self.objects)

    def found(self) -> StoredFile:
        return self.service.find(username='ada', file_name=f'{IMAGE}.png')


@pytest.mark.parametrize('username, file_name', [('ada', f'{IMAGE}.gif'), ('bob', f'{IMAGE}.png'),
                                                 ('ada', '../secret'), ('ada', '')])
def test_anything_else_is_not_there(username: str, file_name: str) -> None:
    with pytest.raises(ImageNotFound):
        House().service.find(username=username, file_name=file_name)


def test_bytes_come_in_pieces_and_the_stream_is_closed() -> None:
    house = House()
    stream = house.service.open(house.found())
    pieces = list(stream)
    assert b''.join(pieces) == CONTENT
    assert max(map(len, pieces)) < len(CONTENT)
    assert house.objects.open_streams == 1
    stream.close()
    assert house.objects.open_streams == 0


def test_a_stream_that_nobody_reads_is_closed_too() -> None:
    house = House()
    house.service.open(house.found()).close()
    assert house.objects.open_streams == 0


def test_a_range_has_both_its_ends() -> None:
    house = House()
    stream = house.service.open(house.found(), first=10, last=19)
    assert b''.join(stream) == CONTENT[10:20]
    stream.close()


def test_a_lost_object_is_not_there() -> None:
    house = House()
    found = house.found()
    house.objects.kept.clear()
    with pytest.raises(ImageNotFound):
        house.service.open(found)
    assert house.objects.open_streams == 0


def test_a_store_that_is_down_is_told_before_the_first_byte() -> None:
    house = House()
    house.objects.down = True
    with pytest.raises(StorageUnavailable):
        house.service.open(house.found())

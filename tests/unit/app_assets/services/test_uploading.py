import tempfile
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from talelio_backend.app_assets.domain.errors import ImageStoredAlready, QuotaExceeded
from talelio_backend.app_assets.domain.events import ImageUploaded
from talelio_backend.app_assets.domain.image import Image
from talelio_backend.app_assets.domain.quota import Quota
from talelio_backend.app_assets.services.uploading import Uploaded, UploadingService
from talelio_backend.shared.domain.errors import Busy, DatabaseUnavailable, StorageUnavailable
from talelio_backend.shared.services.images import (ImageBroken, ImageTooManyPixels,
                                                    ImageTypeNotSupported, PictureRefused)
from talelio_backend.shared.services.jobs import Job
from talelio_backend.shared.services.uploads import (FileEmpty, FilesRefused, FileTooLarge, NoFile,
                                                     TooManyFiles)
from tests.fakes import NOON, FakeClock
from tests.fakes_assets import InMemoryAssets, LinePipeline, Sent
from tests.fakes_storage import InMemoryObjectStore

OWNER = uuid4()
TWO_MEBIBYTES = 2_097_152


class House:

    def __init__(self, quota: Quota = Quota(images=2000, size=209_715_200)) -> None:
        self.uow = InMemoryAssets()
        self.objects = InMemoryObjectStore()
        self.pipeline = LinePipeline()
        self.service = UploadingService(open_uow=lambda: self.uow,
                                        images=self.pipeline,
                                        objects=self.objects,
                                        clock=FakeClock(),
                                        quota=quota)

    def upload(self, *contents: bytes, owner_id: UUID = OWNER) -> Uploaded:
        return self.service.upload(owner_id=owner_id, files=[Sent(each) for each in contents])

    def image(self, image_id: UUID) -> Image:
        return self.uow.kept[image_id]

    def is_untouched(self) -> bool:
        return not (self.uow.kept or self.objects.kept or self.uow.jobs or self.uow.events)


def stored_elsewhere(content: bytes) -> Image:
    """What another request of the same person stored."""
    elsewhere = House()
    return elsewhere.image(elsewhere.upload(content).image_ids[0])


def test_a_picture_is_stored_encoded_anew_under_its_own_key() -> None:
    house = House()
    sent = Sent(b'heron', 'folder/Heron.jpeg')
    uploaded = house.service.upload(owner_id=OWNER, files=[sent])
    image = house.image(uploaded.image_ids[0])
    assert uploaded.created
    assert (image.owner_id, image.sha256, image.created_at) == (OWNER, sent.sha256, NOON)
    assert (image.file_name, image.content_type, image.extension) == ('Heron.jpeg', 'image/png',
                                                                      'png')
    assert (image.width, image.height, image.size) == (800, 600, len(b'clean heron'))
    kept = house.objects.kept[f'users/{OWNER}/images/{image.id}.png']
    assert (kept.content, kept.stored.content_type) == (b'clean heron', 'image/png')
    assert kept.cache_control == 'public, max-age=31536000, immutable'


def test_an_upload_defers_its_variants_and_is_told_with_the_row() -> None:
    house = House()
    image_id, = house.upload(b'heron').image_ids
    assert house.uow.jobs == [
        Job(name='assets.make_variants',
            arguments={'image': str(image_id)},
            lock=f'image:{image_id}')
    ]
    assert [type(event) for event in house.uow.events] == [ImageUploaded]


def test_ids_come_in_the_order_of_the_files_and_each_file_is_decoded_once() -> None:
    house = House()
    first, second, third = house.upload(b'a', b'b', b'c').image_ids
    assert [house.objects.kept[house.image(each).key].content
            for each in (first, second, third)] == [b'clean a', b'clean b', b'clean c']
    assert house.pipeline.decoded == [b'a', b'b', b'c']


def test_the_same_file_twice_in_one_request_is_one_image() -> None:
    house = House()
    uploaded = house.upload(b'a', b'b', b'a')
    assert uploaded.image_ids[0] == uploaded.image_ids[2] != uploaded.image_ids[1]
    assert len(house.uow.kept) == len(house.objects.kept) == 2
    assert house.pipeline.decoded == [b'a', b'b']


def test_the_same_file_again_is_the_same_image_and_not_decoded() -> None:
    house = House()
    first = house.upload(b'a')
    again = house.upload(b'a')
    assert again == Uploaded(image_ids=first.image_ids, created=False)
    assert house.pipeline.decoded == [b'a']
    assert len(house.objects.kept) == len(house.uow.jobs) == 1
    assert house.upload(b'a', b'b').created


def test_two_people_with_one_file_have_an_image_each() -> None:
    house = House()
    assert house.upload(b'a').image_ids != house.upload(b'a', owner_id=uuid4()).image_ids
    assert len(house.objects.kept) == 2


Refusal = type[FilesRefused | PictureRefused]
Refused = tuple[list[bytes], Refusal, list[tuple[str, str]]]
REFUSED: list[Refused] = [
    ([b'a', b''], FileEmpty, [('/files/1', 'file_empty')]),
    ([b'a'] * 11, TooManyFiles, [('/files/10', 'too_many_files')]),
    ([b'a', b'b' * (TWO_MEBIBYTES + 1)], FileTooLarge, [('/files/1', 'file_too_large')]),
    ([b'text', b'a'], ImageTypeNotSupported, [('/files/0', 'image_type_not_supported')]),
    ([b'a', b'huge'], ImageTooManyPixels, [('/files/1', 'image_too_many_pixels')]),
    ([b'a', b'broken', b'b', b'broken too'], ImageBroken, [('/files/1', 'image_broken'),
                                                           ('/files/3', 'image_broken')]),
    # The refusal that is checked first names the problem; every bad file is named with its own.
    ([b'huge', b'text', b'',
      b'b' * (TWO_MEBIBYTES + 1)], FileEmpty, [('/files/0', 'image_too_many_pixels'),
                                               ('/files/1', 'image_type_not_supported'),
                                               ('/files/2', 'file_empty'),
                                               ('/files/3', 'file_too_large')]),
    ([b'huge', b'text'], ImageTypeNotSupported, [('/files/0', 'image_too_many_pixels'),
                                                 ('/files/1', 'image_type_not_supported')]),
    ([b'', *[b'a'] * 10], FileEmpty, [('/files/0', 'file_empty'),
                                      ('/files/10', 'too_many_files')]),
]


@pytest.mark.parametrize('contents, refusal, faults', REFUSED)
def test_one_bad_file_refuses_all_and_is_named(contents: list[bytes], refusal: Refusal,
                                               faults: list[tuple[str, str]]) -> None:
    house = House()
    with pytest.raises((FilesRefused, PictureRefused)) as refused:
        house.upload(*contents)
    assert refused.value.code == refusal.code
    named = refused.value
    assert isinstance(named, (FilesRefused, PictureRefused))
    assert [(fault.pointer, fault.code) for fault in named.faults] == faults
    assert '{' not in refused.value.detail
    assert house.is_untouched()


def test_a_request_without_files_is_refused() -> None:
    with pytest.raises(NoFile):
        House().upload()


def test_a_file_of_two_mebibytes_and_ten_files_are_taken() -> None:
    house = House()
    contents = [b'%d' % number + b'.' * (TWO_MEBIBYTES - 1) for number in range(10)]
    assert len(set(house.upload(*contents).image_ids)) == 10


def test_quota_is_judged_before_anything_is_put() -> None:
    house = House(Quota(images=2, size=1000))
    house.upload(b'a')
    before = house.objects.keys
    with pytest.raises(QuotaExceeded) as refused:
        house.upload(b'b', b'c')
    assert refused.value.data['used_bytes'] == len(b'clean a')
    house.objects.down = True  # a put would be told now
    with pytest.raises(QuotaExceeded):
        house.upload(b'b', b'c')
    assert house.objects.keys == before


def test_what_is_there_already_needs_no_room() -> None:
    house = House(Quota(images=2, size=1000))
    house.upload(b'a')
    house.upload(b'a', b'b')
    assert not house.upload(b'a', b'b').created


def test_quota_is_judged_again_behind_the_lock() -> None:
    house = House(Quota(images=1, size=1000))
    other = stored_elsewhere(b'b')
    house.uow.meanwhile = lambda: house.uow.add(other)
    with pytest.raises(QuotaExceeded):
        house.upload(b'a')
    assert not house.objects.kept


def test_a_put_that_fails_leaves_nothing() -> None:
    house = House()
    house.objects.fail_on_put(2)
    with pytest.raises(StorageUnavailable):
        house.upload(b'a', b'b', b'c')
    assert house.is_untouched()


def test_a_full_disk_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    house = House()
    monkeypatch.setattr(tempfile, 'tempdir', str(tmp_path / 'missing'))
    with pytest.raises(StorageUnavailable):
        house.upload(b'a', b'b' * 100_000)
    assert house.is_untouched()


def test_a_commit_that_fails_leaves_nothing() -> None:
    house = House()
    house.uow.fail_with = [DatabaseUnavailable()]
    with pytest.raises(DatabaseUnavailable):
        house.upload(b'a', b'b')
    assert house.is_untouched()


def test_objects_stay_when_the_commit_went_through_but_its_answer_did_not() -> None:
    house = House()
    house.uow.fail_with, house.uow.store_all_the_same = [DatabaseUnavailable()], True
    with pytest.raises(DatabaseUnavailable):
        house.upload(b'a')
    assert len(house.uow.kept) == 1
    assert house.objects.keys == {image.key for image in house.uow.kept.values()}


def test_objects_that_cannot_be_deleted_do_not_hide_the_first_failure() -> None:
    house = House()
    house.uow.fail_with = [DatabaseUnavailable()]
    house.uow.meanwhile = lambda: setattr(house.objects, 'down', True)
    with pytest.raises(DatabaseUnavailable):
        house.upload(b'a')


def test_who_loses_the_race_answers_the_winners_image_and_deletes_its_object() -> None:
    house = House()
    winner = stored_elsewhere(b'a')
    house.uow.meanwhile = lambda: house.uow.add(winner)
    assert house.upload(b'a') == Uploaded(image_ids=(winner.id, ), created=False)
    assert not house.objects.kept
    assert not house.uow.jobs


def test_a_lost_race_that_only_the_constraint_saw_is_tried_again() -> None:
    house = House()
    house.uow.fail_with = [ImageStoredAlready(), ImageStoredAlready()]
    image_id, = house.upload(b'a').image_ids
    assert house.objects.keys == {house.image(image_id).key}


def test_races_without_end_are_answered_as_busy() -> None:
    house = House()
    house.uow.fail_with = [ImageStoredAlready() for _ in range(3)]
    with pytest.raises(Busy):
        house.upload(b'a')
    assert house.is_untouched()


def test_an_image_deleted_while_it_is_sent_again_is_answered_as_busy() -> None:
    house = House()
    house.upload(b'a')
    before = house.objects.keys
    house.uow.meanwhile = house.uow.kept.clear
    with pytest.raises(Busy):
        house.upload(b'a', b'b')
    assert house.objects.keys == before

from dataclasses import replace
from uuid import uuid4

import pytest

from talelio_backend.app_assets.domain.errors import QuotaExceeded
from talelio_backend.app_assets.domain.events import ImageDeleted, ImageUpdated, ImageUploaded
from talelio_backend.app_assets.domain.image import Image, Variant, VariantsStatus
from talelio_backend.app_assets.domain.quota import Quota, Usage
from talelio_backend.shared.domain.errors import VersionMismatch
from talelio_backend.shared.domain.events import Change, Target
from talelio_backend.shared.domain.ids import new_id
from tests.fakes import NOON


def uploaded() -> Image:
    image = Image.upload(image_id=new_id(),
                         owner_id=uuid4(),
                         sha256=b'\1' * 32,
                         file_name='heron.png',
                         content_type='image/png',
                         extension='png',
                         width=800,
                         height=600,
                         size=1000,
                         now=NOON)
    return image


def known() -> Image:
    image = uploaded()
    image.collect_events()
    return image


def test_upload_waits_for_its_variants_and_is_told() -> None:
    image = uploaded()
    assert (image.variants_status, image.variants, image.alt, image.version) == ('pending', (), '',
                                                                                 1)
    event, = image.collect_events()
    assert event == ImageUploaded(image_id=image.id,
                                  owner_id=image.owner_id,
                                  file_name='heron.png')
    assert event.target == Target('image', image.id, 'heron.png')


def test_every_file_of_an_image_lies_in_the_owners_folder() -> None:
    image = uploaded()
    folder = f'users/{image.owner_id}/images/{image.id}'
    assert image.key == f'{folder}.png'
    assert image.keys == [
        f'{folder}.png', f'{folder}-320.webp', f'{folder}-640.webp', f'{folder}-1280.webp'
    ]


def test_description_is_a_new_version_and_tells_both_texts() -> None:
    image = known()
    image.describe('A heron', expected_version=1)
    image.describe('A grey heron', expected_version=None)
    assert (image.alt, image.version) == ('A grey heron', 3)
    events = image.collect_events()
    assert [event.changes for event in events] == [{
        'alt': Change('', 'A heron')
    }, {
        'alt': Change('A heron', 'A grey heron')
    }]
    assert all(isinstance(event, ImageUpdated) for event in events)


def test_the_same_description_changes_nothing() -> None:
    image = known()
    image.describe('', expected_version=None)
    assert image.version == 1
    assert not image.collect_events()


@pytest.mark.parametrize('act', ['describe', 'delete'])
def test_decision_on_an_older_version_is_refused(act: str) -> None:
    image = known()
    image.describe('A heron', expected_version=None)
    image.collect_events()
    with pytest.raises(VersionMismatch) as refusal:
        if act == 'describe':
            image.describe('A swan', expected_version=1)
        else:
            image.delete(expected_version=1)
    assert refusal.value.data == {'version': 2}
    assert image.alt == 'A heron'
    assert not image.collect_events()


def test_variants_become_ready_by_width_and_spoil_no_edit() -> None:
    image = known()
    small, large = Variant(width=320, height=240, size=9), Variant(width=640, height=480, size=20)
    image.variants_made((large, small))
    assert image.variants == (small, large)
    assert image.variants_status is VariantsStatus.READY
    assert image.version == 1
    assert not image.collect_events()


def test_failure_is_noted_until_another_try_succeeds() -> None:
    image = known()
    image.variants_failed()
    first = image.variants_status
    image.variants_made(())
    assert (first, image.variants_status) == (VariantsStatus.FAILED, VariantsStatus.READY)


def test_failure_takes_no_ready_variants_away() -> None:
    image = known()
    image.variants_made((Variant(width=320, height=240, size=9), ))
    image.variants_failed()
    assert image.variants_status is VariantsStatus.READY


def test_deletion_is_told() -> None:
    image = known()
    image.delete()
    event, = image.collect_events()
    assert isinstance(event, ImageDeleted)


QUOTA = Quota(images=3, size=100)
USED = Usage(images=1, size=40)


@pytest.mark.parametrize('sizes', [(60, ), (30, 30), (0, 1)])
def test_what_fills_the_quota_to_the_last_byte_fits(sizes: tuple[int, ...]) -> None:
    QUOTA.check(USED, *sizes)


@pytest.mark.parametrize('sizes', [(61, ), (30, 31), (1, 1, 1)])
def test_more_than_the_quota_is_refused(sizes: tuple[int, ...]) -> None:
    with pytest.raises(QuotaExceeded) as refusal:
        QUOTA.check(USED, *sizes)
    assert refusal.value.data['used_bytes'] == 40
    assert refusal.value.data['quota_bytes'] == 100


def test_nothing_more_fits_even_where_the_quota_was_lowered() -> None:
    QUOTA.check(replace(USED, size=500))
    with pytest.raises(QuotaExceeded):
        QUOTA.check(replace(USED, size=500), 1)

from dataclasses import asdict
from datetime import timedelta

import pytest

from talelio_backend.app_assets.data.unit_of_work import SqlAssetsUnitOfWork
from talelio_backend.app_assets.domain.errors import ImageStoredAlready
from talelio_backend.app_assets.domain.image import Image, Variant
from talelio_backend.app_assets.domain.quota import Usage
from talelio_backend.app_assets.services.ports import Referrer
from talelio_backend.shared.domain.errors import VersionMismatch
from talelio_backend.shared.domain.ids import new_id
from tests.fakes import NOON
from tests.fakes_assets import an_image
from tests.integration.app_assets.site import Person, Site


def uow(site: Site) -> SqlAssetsUnitOfWork:
    return SqlAssetsUnitOfWork(site.house.kernel.transactions)


def store(site: Site, *images: Image) -> None:
    with uow(site) as work:
        for image in images:
            work.images.add(image)
        work.commit()


def test_every_field_comes_back_as_it_was_stored(site: Site, ada: Person) -> None:
    image = an_image(owner_id=ada.id)
    image.alt, image.version = 'Ein Reiher “grau”', 7
    image.variants_made((Variant(width=640, height=480,
                                 size=20), Variant(width=320, height=240, size=9)))
    store(site, image)
    with uow(site) as work:
        found = work.images.get(image.id)
        assert found is not None and found is not image
        assert asdict(found) == asdict(image)
        assert work.images.get(image.id, owner_id=ada.id) is found
        assert work.images.get(image.id, owner_id=new_id()) is None
        assert work.images.get(new_id()) is None


def test_leaving_without_commit_stores_nothing(site: Site, ada: Person) -> None:
    with uow(site) as work:
        work.images.add(an_image(owner_id=ada.id))
        work.flush()
    assert site.one('SELECT count(*) FROM image') == 0


def test_one_file_of_one_person_is_stored_once(site: Site, ada: Person) -> None:
    bob = site.person('bob')
    store(site, an_image(owner_id=ada.id, sha256=b'a'), an_image(owner_id=bob.id, sha256=b'a'))
    with pytest.raises(ImageStoredAlready):
        store(site, an_image(owner_id=ada.id, sha256=b'a'))


def test_two_edits_of_one_version_do_not_both_hold(site: Site, ada: Person) -> None:
    image = an_image(owner_id=ada.id)
    store(site, image)
    with uow(site) as work:
        found = work.images.get(image.id)
        assert found is not None
        found.describe('A heron', expected_version=1)
        work.rollback()
        site.execute("UPDATE image SET alt = 'A swan', version = 2")
        with pytest.raises(VersionMismatch):
            again = work.images.get(image.id)
            assert again is not None
            again.describe('A heron', expected_version=1)


def test_usage_and_known_files_are_those_of_the_person(site: Site, ada: Person) -> None:
    bob = site.person('bob')
    one, other = an_image(owner_id=ada.id, size=10), an_image(owner_id=ada.id, size=32)
    store(site, one, other, an_image(owner_id=bob.id, sha256=one.sha256))
    with uow(site) as work:
        assert work.images.usage(ada.id) == Usage(images=2, size=42)
        assert work.images.usage(new_id()) == Usage(images=0, size=0)
        known = work.images.ids_by_sha256(ada.id, {one.sha256, b'unknown'})
        assert known == {one.sha256: one.id}
        assert work.images.keys({one.id, new_id()}) == set(one.keys)
        assert work.images.keys(set()) == set()


def test_images_without_variants_come_oldest_first(site: Site, ada: Person) -> None:
    ready, pending, failed = (an_image(owner_id=ada.id) for _ in range(3))
    ready.variants_made(())
    failed.variants_failed()
    store(site, ready, pending, failed)
    with uow(site) as work:
        assert work.images.without_variants() == sorted([pending.id, failed.id])


def test_references_are_replaced_whole_and_go_with_their_image(site: Site, ada: Person) -> None:
    one, other = an_image(owner_id=ada.id), an_image(owner_id=ada.id)
    store(site, one, other)
    article = Referrer(kind='article', id=new_id(), owner_id=ada.id, title='Herons')
    project = Referrer(kind='project', id=article.id, owner_id=ada.id, title='Birds')
    with uow(site) as work:
        work.references.replace(article, [one.id, other.id, new_id()])
        work.references.replace(project, [one.id])
        work.commit()
    with uow(site) as work:
        assert work.references.to(one.id) == [article, project]
        work.references.replace(article, [other.id])
        assert work.references.to(one.id) == [project]
        work.references.replace(project, [])
        found = work.images.get(other.id)
        assert found is not None
        work.images.remove(found)
        work.commit()
    assert site.one('SELECT count(*) FROM image_reference') == 0


def test_unreferenced_images_are_older_than_the_moment(site: Site, ada: Person) -> None:
    old, used, young = (an_image(owner_id=ada.id, hours=hours) for hours in (2, 2, 1))
    store(site, old, used, young)
    article = Referrer(kind='article', id=new_id(), owner_id=ada.id, title='Herons')
    with uow(site) as work:
        work.references.replace(article, [used.id])
        work.commit()
        found = work.images.unreferenced(ada.id, before=NOON - timedelta(hours=1))
        assert [image.id for image in found] == [old.id]
        assert not work.images.unreferenced(new_id(), before=NOON)

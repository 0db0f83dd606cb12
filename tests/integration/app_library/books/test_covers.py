from typing import Any
from uuid import UUID

import pytest

from tests.authors import Person, Site
from tests.integration.app_library.books.catalogue import (BOOKS, Catalogue, done, faults, picture,
                                                           refused)

IMAGES = '/v1/assets/images'


def track(site: Site) -> int:
    """Does what the worker would, in its order; how many jobs there were."""
    handler, = (one for one in site.house.handlers if one.name == 'assets.track_references')
    jobs = site.execute(
        "DELETE FROM procrastinate_jobs WHERE task_name = :name "
        "RETURNING id, args -> 'arguments' AS arguments",
        name=handler.name)
    for job in sorted(jobs, key=lambda job: job.id):
        handler.run(**job.arguments)
    return len(jobs)


@pytest.fixture(name='image')
def make_image(site: Site, ada: Person) -> str:
    return picture(site, ada)


def test_a_cover_is_shown_with_its_variants(catalogue: Catalogue, image: str) -> None:
    cover = catalogue.book(cover_image_id=image)['cover']
    assert cover['image_id'] == image
    assert cover['url'].endswith(f'/users/ada/images/{image}.png')
    assert [(variant['width'], variant['height']) for variant in cover['variants']] == [(320, 480)]
    assert cover['variants'][0]['url'].endswith(f'/users/ada/images/{image}-320.webp')


def test_a_cover_is_an_image_of_ours(catalogue: Catalogue) -> None:
    book = catalogue.book()
    for cover in (book['id'], catalogue.author_id):
        assert faults(catalogue.patch(book,
                                      cover_image_id=cover)) == [('/cover_image_id', 'unknown')]
    assert faults(catalogue.post(cover_image_id='cover.png')) == [('/cover_image_id', 'wrong_type')
                                                                  ]


def test_a_cover_is_not_deleted_under_its_book(catalogue: Catalogue, site: Site, ada: Person,
                                               image: str) -> None:
    book = catalogue.book(cover_image_id=image)
    assert track(site) == 1
    problem = refused(ada.delete(f'{IMAGES}/{image}'), 409, 'image_in_use')
    assert problem['used_by'] == [{'kind': 'book', 'id': book['id'], 'title': 'Emma'}]
    swept = ada.delete(f'{IMAGES}?unreferenced=true')
    assert swept.status_code in (200, 204)
    assert catalogue.now(book)['cover']['image_id'] == image


def test_a_cover_that_is_replaced_is_free(catalogue: Catalogue, site: Site, ada: Person,
                                          image: str) -> None:
    other = picture(site, ada)
    book = catalogue.edited(catalogue.book(cover_image_id=image), cover_image_id=other)
    assert track(site) == 2
    assert ada.delete(f'{IMAGES}/{image}').status_code == 204
    refused(ada.delete(f'{IMAGES}/{other}'), 409, 'image_in_use')
    cleared = catalogue.edited(book, cover_image_id=None)
    assert cleared['cover'] is None
    assert track(site) == 1
    assert ada.delete(f'{IMAGES}/{other}').status_code == 204


def test_a_renamed_book_is_known_by_its_new_name(catalogue: Catalogue, site: Site, ada: Person,
                                                 image: str) -> None:
    catalogue.edited(catalogue.book(cover_image_id=image), title='Persuasion')
    track(site)
    problem = refused(ada.delete(f'{IMAGES}/{image}'), 409, 'image_in_use')
    assert problem['used_by'][0]['title'] == 'Persuasion'


def test_a_deactivated_book_keeps_its_cover(catalogue: Catalogue, site: Site, ada: Person,
                                            image: str) -> None:
    done(catalogue.turn(catalogue.book(cover_image_id=image), 'deactivate'))
    track(site)
    refused(ada.delete(f'{IMAGES}/{image}'), 409, 'image_in_use')


def test_a_cover_that_is_deleted_by_force_is_gone_from_the_book(catalogue: Catalogue, site: Site,
                                                                ada: Person, image: str) -> None:
    book = catalogue.book(cover_image_id=image)
    track(site)
    etag = catalogue.admin.get(f"{BOOKS}/{book['id']}").headers['ETag']
    assert ada.delete(f'{IMAGES}/{image}?force=true').status_code == 204
    answer = catalogue.admin.get(f"{BOOKS}/{book['id']}", if_none_match=etag)
    assert done(answer)['cover'] is None


def changes_of(site: Site) -> Any:
    return site.activity()[-1].changes


def test_the_activity_tells_of_a_new_cover(catalogue: Catalogue, site: Site, image: str) -> None:
    catalogue.edited(catalogue.book(), cover_image_id=image)
    assert changes_of(site) == {'cover_image_id': {'before': None, 'after': str(UUID(image))}}

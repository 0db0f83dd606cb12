"""Listing, reading, describing and deleting one's own images."""

from datetime import timedelta
from typing import Any

import pytest

from talelio_backend.shared.domain.ids import new_id
from tests.integration.app_assets.site import (IMAGES, MakeSite, Person, Site, faults_of, path_of,
                                               picture)
from tests.statements import recorded


def address(image: Any) -> str:
    return f"{IMAGES}/{image['id']}"


@pytest.fixture(name='heron')
def upload_heron(ada: Person) -> Any:
    return ada.stored(picture())[0]


def age(site: Site, **by: float) -> None:
    site.execute('UPDATE image SET created_at = created_at - :age', age=timedelta(**by))


def show(site: Site, image: Any, *, owner: Person, title: str = 'Herons') -> None:
    site.execute(
        'INSERT INTO image_reference (kind, referrer_id, image_id, owner_id, title) '
        "VALUES ('article', :id, :image, :owner, :title)",
        id=new_id(),
        image=image['id'],
        owner=owner.id,
        title=title)


@pytest.mark.parametrize('method, path', [('GET', IMAGES),
                                          ('DELETE', f'{IMAGES}?unreferenced=true'),
                                          ('GET', f'{IMAGES}/x'), ('PATCH', f'{IMAGES}/x'),
                                          ('DELETE', f'{IMAGES}/x')])
def test_a_stranger_is_asked_to_sign_in(site: Site, method: str, path: str) -> None:
    answer = site.client.open(path, method=method, json={'alt': 'x'})
    assert faults_of(answer) == (401, 'credentials_required', [])


@pytest.mark.parametrize('method', ['GET', 'PATCH', 'DELETE'])
def test_another_members_image_is_not_there(site: Site, heron: Any, method: str) -> None:
    bob = site.person('bob')
    answer = bob.client.open(address(heron),
                             method=method,
                             json={'alt': 'mine'},
                             headers=bob.headers)
    assert faults_of(answer) == (404, 'image_not_found', [])
    assert site.one('SELECT alt FROM image') == ''


@pytest.mark.parametrize('image_id', ['0198c5a2-f7c1-7a2e-8000-0000000000a1', 'x', '1', '%00'])
def test_what_there_is_not_is_not_found(ada: Person, image_id: str) -> None:
    assert ada.get(f'{IMAGES}/{image_id}').status_code == 404
    assert ada.patch(f'{IMAGES}/{image_id}', json={'alt': 'x'}).status_code == 404
    assert ada.delete(f'{IMAGES}/{image_id}').status_code == 404


def test_an_image_is_known_by_its_etag(ada: Person, heron: Any) -> None:
    answer = ada.get(address(heron))
    assert answer.get_json() == heron
    tag = answer.headers['ETag']
    again = ada.get(address(heron), headers={'If-None-Match': tag})
    assert (again.status_code, again.data, again.headers['ETag']) == (304, b'', tag)
    ada.patch(address(heron), json={'alt': 'A heron'})
    assert ada.get(address(heron), headers={'If-None-Match': tag}).status_code == 200


def test_a_description_is_stored_and_told(site: Site, ada: Person, heron: Any) -> None:
    answer = ada.patch(address(heron), json={'alt': ' A grey heron '})
    assert (answer.status_code, answer.get_json()) == (200, heron | {'alt': 'A grey heron'})
    assert answer.headers['ETag'] == ada.get(address(heron)).headers['ETag']
    row, = site.execute("SELECT text, changes FROM activity WHERE action = 'image_updated'")
    assert row == ('Described the image “heron.png”', {
        'alt': {
            'before': '',
            'after': 'A grey heron'
        }
    })
    assert ada.patch(address(heron), json={'alt': None}).get_json()['alt'] == ''


@pytest.mark.parametrize('body, code', [({
    'alt': 'x' * 501
}, 'too_long'), ({}, 'empty'), ({
    'alt': 5
}, 'wrong_type'), ({
    'alt': 'a\nb'
}, 'control_character'), ({
    'url': 'x'
}, 'unknown_key')])
def test_a_bad_description_is_refused(ada: Person, heron: Any, body: Any, code: str) -> None:
    status, problem, faults = faults_of(ada.patch(address(heron), json=body))
    assert (status, problem) == (422, 'validation_failed')
    assert code in {found for _, found in faults}


def test_a_description_of_500_characters_is_taken(ada: Person, heron: Any) -> None:
    assert ada.patch(address(heron), json={'alt': 'ä' * 500}).status_code == 200


def test_an_edit_of_an_older_version_is_refused(ada: Person, heron: Any) -> None:
    old = ada.get(address(heron)).headers['ETag']
    new = ada.patch(address(heron), json={'alt': 'A heron'}, headers={'If-Match': old})
    assert new.status_code == 200
    for answer in (ada.patch(address(heron), json={'alt': 'A swan'}, headers={'If-Match': old}),
                   ada.delete(address(heron), headers={'If-Match': old})):
        assert faults_of(answer) == (412, 'version_mismatch', [])
        assert answer.headers['ETag'] == new.headers['ETag']
    assert ada.get(address(heron)).get_json()['alt'] == 'A heron'


def test_variants_that_become_ready_spoil_no_edit(site: Site, ada: Person) -> None:
    image, = ada.stored(picture(width=700))
    tag = ada.get(address(image)).headers['ETag']
    site.work()
    assert ada.get(address(image)).headers['ETag'] != tag
    answer = ada.patch(address(image), json={'alt': 'A heron'}, headers={'If-Match': tag})
    assert answer.status_code == 200


def test_deletion_holds_at_once_and_the_objects_go_by_job(site: Site, ada: Person) -> None:
    image, = ada.stored(picture(width=700))
    site.work()
    shown = ada.get(address(image)).get_json()
    urls = [shown['url'], *(variant['url'] for variant in shown['variants'])]
    assert [site.client.get(path_of(url)).status_code for url in urls] == [200, 200, 200]
    answer = ada.delete(address(image))
    assert (answer.status_code, answer.data) == (204, b'')
    assert [site.client.get(path_of(url)).status_code for url in urls] == [404, 404, 404]
    assert len(site.keys()) == 3
    assert site.work() == ['assets.delete_objects']
    assert not site.keys()
    assert site.one("SELECT text FROM activity WHERE action = 'image_deleted'"
                    ) == 'Deleted the image “heron.png”'
    assert ada.delete(address(image)).status_code == 404


def test_a_deleted_file_may_be_sent_again(site: Site, ada: Person, heron: Any) -> None:
    ada.delete(address(heron))
    again, = ada.stored(picture())
    assert again['id'] != heron['id']
    site.work()
    assert site.client.get(path_of(again['url'])).status_code == 200


def test_an_image_in_use_is_deleted_with_force_alone(site: Site, ada: Person, heron: Any) -> None:
    show(site, heron, owner=ada)
    show(site, heron, owner=site.person('bob'), title='a draft of his')
    answer = ada.delete(address(heron))
    assert faults_of(answer) == (409, 'image_in_use', [])
    used_by = answer.get_json()['used_by']
    assert {(use['kind'], use['title'])
            for use in used_by} == {('article', 'Herons'), ('article', None)}
    assert all(set(use) == {'kind', 'id', 'title'} for use in used_by)
    assert ada.delete(f'{address(heron)}?force=false').status_code == 409
    assert faults_of(ada.delete(f'{address(heron)}?force=maybe'))[:2] == (400, 'bad_request')
    assert ada.delete(f'{address(heron)}?force=true').status_code == 204
    assert site.one('SELECT count(*) FROM image_reference') == 0


def test_an_administrator_sees_and_deletes_what_is_somebody_elses(site: Site, heron: Any) -> None:
    boss = site.person('boss', level=2)
    assert boss.get(address(heron)).get_json() == heron
    assert boss.patch(address(heron), json={'alt': 'x'}).status_code == 200
    assert boss.delete(address(heron)).status_code == 204
    assert boss.get(IMAGES).get_json()['images'] == []


def test_unreferenced_images_go_after_a_day(site: Site, ada: Person) -> None:
    used, first, second = ada.stored(*(picture(seed=number) for number in range(3)))
    bob = site.person('bob')
    foreign, = bob.stored(picture(seed=9))
    show(site, used, owner=ada)
    assert ada.delete(f'{IMAGES}?unreferenced=true').get_json() == {'deleted': 0, 'bytes': 0}
    age(site, hours=24, seconds=1)
    young, = ada.stored(picture(seed=4))
    answer = ada.delete(f'{IMAGES}?unreferenced=true')
    assert answer.get_json() == {'deleted': 2, 'bytes': first['bytes'] + second['bytes']}
    left = {image['id'] for image in ada.get(IMAGES).get_json()['images']}
    assert left == {used['id'], young['id']}
    site.work()
    assert len(site.keys()) == 3
    assert bob.get(address(foreign)).status_code == 200


@pytest.mark.parametrize('query', ['', '?unreferenced=false', '?unreferenced='])
def test_all_images_are_never_deleted_by_leaving_a_word_out(site: Site, ada: Person, heron: Any,
                                                            query: str) -> None:
    age(site, hours=48)
    answer = ada.delete(IMAGES + query)
    assert faults_of(answer)[:2] == (400, 'bad_request')
    assert answer.get_json()['errors'][0]['pointer'] == '/unreferenced'
    assert ada.get(address(heron)).status_code == 200


class TestList:

    @pytest.fixture(name='images')
    def upload_images(self, site: Site, ada: Person) -> list[Any]:
        """Five of one person, an hour apart, names and sizes in other orders; one of another."""
        images = []
        for number, name in enumerate(['c.png', 'a.png', 'e.png', 'b.png', 'd.png']):
            width = 40 + 17 * (number * 3 % 5)
            answer = ada.send_named((name, picture(width=width, seed=number)))
            images.append(answer.get_json()['images'][0])
            age(site, hours=1)
        site.person('bob').stored(picture(seed=77))
        return images

    @staticmethod
    def ids(answer: Any) -> list[str]:
        assert answer.status_code == 200, answer.text
        return [image['id'] for image in answer.get_json()['images']]

    def test_it_holds_ones_own_newest_first_and_the_quota(self, ada: Person,
                                                          images: list[Any]) -> None:
        answer = ada.get(IMAGES)
        assert self.ids(answer) == [image['id'] for image in reversed(images)]
        document = answer.get_json()
        assert document['used_bytes'] == sum(image['bytes'] for image in images)
        assert document['quota_bytes'] == 209_715_200
        assert (document['sort'], document['next']) == ('created_at_desc', None)
        assert document['sort_options'] == [{
            'id': 'created_at',
            'label': 'Recency'
        }, {
            'id': 'bytes',
            'label': 'Size'
        }, {
            'id': 'file_name',
            'label': 'Name'
        }]

    @pytest.mark.parametrize('sort', ['created_at', 'bytes', 'file_name'])
    def test_every_sort_pages_in_both_directions(self, ada: Person, images: list[Any],
                                                 sort: str) -> None:
        images = ada.get(f'{IMAGES}?limit=100').get_json()['images']
        wanted = [
            image['id'] for image in sorted(images, key=lambda image: (image[sort], image['id']))
        ]
        for direction, expected in (('asc', wanted), ('desc', wanted[::-1])):
            found: list[str] = []
            path = f'{IMAGES}?sort={sort}_{direction}&limit=2'
            following: str | None = path
            while following is not None:
                answer = ada.get(following)
                found += self.ids(answer)
                cursor = answer.get_json()['next']
                following = f'{path}&cursor={cursor}' if cursor else None
            assert found == expected

    def test_pages_are_counted(self, ada: Person, images: list[Any]) -> None:
        answer = ada.get(f'{IMAGES}?page=2&limit=2')
        assert self.ids(answer) == [images[2]['id'], images[1]['id']]
        assert answer.headers['X-Total-Count'] == '5'

    def test_options_alone_touch_no_rows(self, site: Site, ada: Person) -> None:
        with recorded(site.house) as seen:
            answer = ada.get(f'{IMAGES}?sort_options=only')
        assert set(answer.get_json()) == {'sort', 'sort_options'}
        assert not [statement for statement, _ in seen if 'image' in statement]

    def test_filters_on_time_and_use(self, site: Site, ada: Person, images: list[Any]) -> None:
        listed = ada.get(f'{IMAGES}?sort=created_at_asc').get_json()['images']
        times = [image['created_at'] for image in listed]
        ids = [image['id'] for image in listed]
        assert self.ids(ada.get(f'{IMAGES}?since={times[1]}&before={times[3]}')) == ids[2:0:-1]
        show(site, listed[0], owner=ada)
        assert self.ids(ada.get(f'{IMAGES}?unreferenced=true')) == ids[:0:-1]
        assert len(self.ids(ada.get(f'{IMAGES}?unreferenced=false'))) == len(images)

    @pytest.mark.parametrize('query', [
        'sort=width_asc', 'limit=0', 'limit=101', 'since=yesterday', 'cursor=x',
        'unreferenced=perhaps', 'page=0'
    ])
    def test_what_cannot_be_asked_is_refused(self, ada: Person, query: str) -> None:
        status, code, faults = faults_of(ada.get(f'{IMAGES}?{query}'))
        assert (status, code) == (400, 'bad_request')
        assert faults[0][0] == '/' + query.partition('=')[0]

    def test_an_unchanged_list_is_not_sent_again(self, site: Site, ada: Person,
                                                 images: list[Any]) -> None:
        tag = ada.get(IMAGES).headers['ETag']
        again = ada.get(IMAGES, headers={'If-None-Match': tag})
        assert (again.status_code, again.data) == (304, b'')
        site.work()
        assert ada.get(IMAGES, headers={'If-None-Match': tag}).status_code == 200
        tag = ada.get(IMAGES).headers['ETag']
        ada.patch(address(images[0]), json={'alt': 'A heron'})
        assert ada.get(IMAGES, headers={'If-None-Match': tag}).status_code == 200

    def test_a_page_is_one_statement_however_long(self, site: Site, ada: Person,
                                                  images: list[Any]) -> None:
        assert images
        for limit in (1, 100):
            with recorded(site.house) as seen:
                ada.get(f'{IMAGES}?limit={limit}')
            assert len([statement for statement, _ in seen if 'image' in statement]) == 1


def test_addresses_follow_a_new_name(make_site: MakeSite) -> None:
    site = make_site()
    ada = site.person()
    image, = ada.stored(picture())
    tag = ada.get(IMAGES).headers['ETag']
    site.execute("UPDATE \"user\" SET username = 'Lovelace'")
    answer = ada.get(IMAGES, headers={'If-None-Match': tag})
    assert answer.status_code == 200
    url = answer.get_json()['images'][0]['url']
    assert url == image['url'].replace('/ada/', '/Lovelace/')
    assert site.client.get(path_of(url)).status_code == 200

"""The bytes of images, for everybody."""

from typing import Any

import pytest

from talelio_backend.shared.domain.ids import new_id
from tests.fakes_storage import InMemoryObjectStore
from tests.integration.app_assets.site import (IMAGES, MakeSite, Person, Site, faults_of, path_of,
                                               picture)
from tests.statements import recorded


class Shown:
    """One image as strangers see it."""

    def __init__(self, site: Site, url: str) -> None:
        self.site = site
        self.path = path_of(url)
        self.whole = self.get()
        self.content = self.whole.data

    def get(self, method: str = 'GET', **headers: str) -> Any:
        named = {name.replace('_', '-'): value for name, value in headers.items()}
        return self.site.client.open(self.path, method=method, headers=named)


@pytest.fixture(name='shown')
def show_one(site: Site, ada: Person) -> Shown:
    return Shown(site, ada.stored(picture('JPEG', width=500, height=400))[0]['url'])


def test_a_stranger_gets_the_bytes_and_what_guards_them(shown: Shown) -> None:
    answer = shown.whole
    assert answer.status_code == 200
    assert answer.content_type == 'image/jpeg'
    assert answer.headers['Content-Length'] == str(len(answer.data))
    assert answer.data.startswith(b'\xff\xd8\xff')
    wanted = {
        'Accept-Ranges': 'bytes',
        'Cache-Control': 'public, max-age=31536000, immutable',
        'X-Content-Type-Options': 'nosniff',
        'Content-Security-Policy': "default-src 'none'; sandbox",
        'Content-Disposition': 'inline',
        'Cross-Origin-Resource-Policy': 'cross-origin',
    }
    assert {name: answer.headers.get(name) for name in wanted} == wanted
    assert answer.headers['ETag'].startswith('"')
    assert answer.headers['Last-Modified'].endswith('GMT')


def test_the_key_of_a_file_is_an_address_too(site: Site, ada: Person, shown: Shown) -> None:
    path = shown.path.replace(f'/{ada.name}/', f'/{ada.id}/')
    assert path != shown.path
    assert site.client.get(path).data == shown.content
    assert site.client.get(path.replace(str(ada.id), str(new_id()))).status_code == 404


def test_head_tells_the_same_without_the_bytes(shown: Shown) -> None:
    answer = shown.get('HEAD', Range='bytes=0-9')
    assert (answer.status_code, answer.data) == (200, b'')
    for name in ('Content-Length', 'Content-Type', 'ETag', 'Last-Modified', 'Cache-Control',
                 'Accept-Ranges'):
        assert answer.headers[name] == shown.whole.headers[name]


@pytest.mark.parametrize('header, first, last', [('bytes=0-99', 0, 99), ('bytes=100-', 100, None),
                                                 ('bytes=-50', -50, None), ('bytes=0-', 0, None),
                                                 ('bytes=10-99999999', 10, None)])
def test_one_range_is_a_part(shown: Shown, header: str, first: int, last: int | None) -> None:
    size = len(shown.content)
    begin = first % size
    part = shown.content[begin:None if last is None else last + 1]
    answer = shown.get(Range=header)
    assert (answer.status_code, answer.data) == (206, part)
    assert answer.headers['Content-Range'] == f'bytes {begin}-{begin + len(part) - 1}/{size}'
    assert answer.headers['Content-Length'] == str(len(part))
    assert answer.content_type == 'image/jpeg'
    assert answer.headers['ETag'] == shown.whole.headers['ETag']


@pytest.mark.parametrize('header', ['bytes=0-1,5-6', 'bytes=9-2', 'pages=1-2', 'bytes=x'])
def test_several_ranges_and_nonsense_are_the_whole(shown: Shown, header: str) -> None:
    answer = shown.get(Range=header)
    assert (answer.status_code, answer.data) == (200, shown.content)


def test_a_range_past_the_end_is_refused_with_the_size(shown: Shown) -> None:
    size = len(shown.content)
    answer = shown.get(Range=f'bytes={size}-')
    assert faults_of(answer) == (416, 'range_not_satisfiable', [])
    assert answer.headers['Content-Range'] == f'bytes */{size}'
    assert shown.get(Range='bytes=-0').status_code == 416


def test_if_range_gives_a_part_of_this_state_alone(shown: Shown) -> None:
    tag, date = shown.whole.headers['ETag'], shown.whole.headers['Last-Modified']
    for condition, status in ((tag, 206), (date, 206), ('"other"', 200), ('W/' + tag, 200),
                              ('Sat, 01 Jan 2000 00:00:00 GMT', 200)):
        assert shown.get(Range='bytes=0-9', If_Range=condition).status_code == status


def test_who_has_it_gets_304(shown: Shown) -> None:
    tag, date = shown.whole.headers['ETag'], shown.whole.headers['Last-Modified']
    for method in ('GET', 'HEAD'):
        for conditions in ({
                'If_None_Match': tag
        }, {
                'If_None_Match': f'"x", W/{tag}'
        }, {
                'If_None_Match': '*'
        }, {
                'If_Modified_Since': date
        }, {
                'If_None_Match': tag,
                'Range': 'bytes=0-9'
        }):
            answer = shown.get(method, **conditions)
            assert (answer.status_code, answer.data) == (304, b'')
            assert answer.headers['ETag'] == tag
            assert answer.headers['Cache-Control'] == shown.whole.headers['Cache-Control']
    # A tag counts, and the date beside it does not (RFC 9110, 13.1.3).
    assert shown.get(If_None_Match='"x"', If_Modified_Since=date).status_code == 200
    assert shown.get(If_Modified_Since='Sat, 01 Jan 2000 00:00:00 GMT').status_code == 200


def test_the_name_is_compared_without_case(shown: Shown) -> None:
    shown.path = shown.path.replace('/ada/', '/ADA/')
    assert shown.get().data == shown.content


def test_everything_else_is_not_found(site: Site, shown: Shown) -> None:
    site.person('bob')
    file = shown.path.rpartition('/')[2]
    stem = file.partition('.')[0]
    paths = [
        f'/v1/users/bob/images/{file}', f'/v1/users/nobody/images/{file}',
        f'/v1/users/ada/images/{stem}.png', f'/v1/users/ada/images/{stem}-320.webp',
        f'/v1/users/ada/images/{new_id()}.jpg', '/v1/users/ada/images/heron.jpg',
        f'/v1/users/ada/images/{stem}', f'/v1/users/ada/images/{file}%20',
        f'/v1/users/ada/images/{file.upper()}', '/v1/users/%C4%B0/images/' + file
    ]
    for path in paths:
        assert faults_of(site.client.get(path)) == (404, 'image_not_found', []), path
    assert site.client.get(f'/v1/users/ada%00/images/{file}').status_code == 404


def test_a_lost_object_is_not_found(site: Site, shown: Shown) -> None:
    site.objects.delete(site.keys())
    assert faults_of(shown.get()) == (404, 'image_not_found', [])


def test_variants_are_served_when_they_are_ready(site: Site, ada: Person) -> None:
    image, = ada.stored(picture(width=700))
    small = f"{path_of(image['url']).rpartition('.')[0]}-320.webp"
    assert site.client.get(small).status_code == 404
    site.work()
    answer = site.client.get(small)
    assert (answer.status_code, answer.content_type) == (200, 'image/webp')
    variants = ada.get(f"{IMAGES}/{image['id']}").get_json()['variants']
    assert [variant['width'] for variant in variants] == [320, 640]
    for variant in variants:
        served = site.client.get(path_of(variant['url']))
        assert len(served.data) == variant['bytes']
    tags = {site.client.get(path_of(each['url'])).headers['ETag'] for each in (image, *variants)}
    assert len(tags) == 3


def test_one_statement_and_no_connection_while_bytes_flow(make_site: MakeSite) -> None:
    objects = InMemoryObjectStore()
    site = make_site(objects=objects)
    ada = site.person()
    image, = ada.stored(picture('PNG', width=64, height=48))
    with recorded(site.house) as seen:
        answer = site.client.get(path_of(image['url']), buffered=False)
        assert next(iter(answer.response))
        assert objects.open_streams == 1
        assert site.house.read_engine.pool.checkedout() == 0  # type: ignore[attr-defined]
        assert site.house.kernel.engine.pool.checkedout() == 0  # type: ignore[attr-defined]
        answer.close()
    assert objects.open_streams == 0
    assert len(seen) == 1


def test_a_store_that_is_down_is_told_before_the_first_byte(make_site: MakeSite) -> None:
    objects = InMemoryObjectStore()
    site = make_site(objects=objects)
    image, = site.person().stored(picture())
    tag = site.client.get(path_of(image['url'])).headers['ETag']
    objects.down = True
    answer = site.client.get(path_of(image['url']))
    assert faults_of(answer) == (503, 'storage_unavailable', [])
    assert 'immutable' not in answer.headers['Cache-Control']
    # What the database knows needs no store.
    assert site.client.head(path_of(image['url'])).status_code == 200
    known = site.client.get(path_of(image['url']), headers={'If-None-Match': tag})
    assert known.status_code == 304

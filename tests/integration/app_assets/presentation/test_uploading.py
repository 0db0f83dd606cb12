import io
from typing import Any
from uuid import UUID

import pytest
from PIL import Image as pillow

from tests.fakes_storage import InMemoryObjectStore
from tests.integration.app_assets.site import (IMAGES, PUBLIC_URL, MakeSite, Person, Site,
                                               faults_of, path_of, picture)

LIMIT = 10 * 2_097_152 + 64 * 1024


def nothing_is_stored(site: Site) -> bool:
    rows = site.one('SELECT count(*) FROM image')
    jobs = site.one("SELECT count(*) FROM procrastinate_jobs WHERE task_name LIKE 'assets.%'")
    told = site.one("SELECT count(*) FROM activity WHERE area = 'assets'")
    return not (rows or jobs or told or site.keys())


def test_a_stranger_may_not_upload(site: Site) -> None:
    answer = site.client.post(IMAGES, data={'a': (io.BytesIO(picture()), 'a.png')})
    assert faults_of(answer) == (401, 'credentials_required', [])
    assert nothing_is_stored(site)


def test_who_has_not_proven_an_address_may_not_upload(site: Site, ada: Person) -> None:
    site.execute('UPDATE account SET verified_at = NULL')
    assert faults_of(ada.send(picture())) == (403, 'email_not_verified', [])


def test_an_upload_answers_the_images_in_the_order_of_the_parts(ada: Person) -> None:
    answer = ada.send_named(('x/heron.jpeg', picture('JPEG')), ('swan.txt', picture('WEBP')),
                            ('owl.png', picture('GIF')))
    assert answer.status_code == 201
    document = answer.get_json()
    images = document['images']
    assert document['image_objects_urls'] == [image['url'] for image in images]
    assert answer.headers['Location'] == f"{IMAGES}/{images[0]['id']}"
    assert [(image['file_name'], image['content_type'], image['url'].rpartition('.')[2])
            for image in images] == [('heron.jpeg', 'image/jpeg', 'jpg'),
                                     ('swan.txt', 'image/webp', 'webp'),
                                     ('owl.png', 'image/gif', 'gif')]
    for image in images:
        folder = f'{PUBLIC_URL}/v1/users/ada/images'
        assert image['url'].startswith(f"{folder}/{image['id']}.")
        assert (image['width'], image['height'], image['alt']) == (64, 48, '')
        assert (image['variants_status'], image['variants']) == ('pending', [])
        assert ada.get(f"{IMAGES}/{image['id']}").get_json() == image


def test_what_is_described_is_the_stored_file(site: Site, ada: Person) -> None:
    sent = picture('JPEG', exif=pillow.Exif())
    image, = ada.stored(sent)
    served = site.client.get(path_of(image['url'])).data
    assert image['bytes'] == len(served)
    key, = site.keys()
    assert key == f"users/{ada.id}/images/{image['id']}.jpg"
    with site.objects.open(key) as opened:
        assert opened.stored.content_type == 'image/jpeg'
        assert b''.join(opened.chunks) == served
    assert pillow.open(io.BytesIO(served)).size == (64, 48)


def test_an_upload_is_one_row_of_activity_for_each_image(site: Site, ada: Person) -> None:
    images = ada.stored(picture(seed=1), picture(seed=2))
    rows = site.execute("SELECT action, text, actor_id, target_id FROM activity "
                        "WHERE area = 'assets' ORDER BY target_id")
    assert rows == [('image_uploaded', 'Uploaded the image “heron.png”', ada.id, image['id'])
                    for image in images]


def test_the_same_file_again_answers_200_and_the_same_image(site: Site, ada: Person) -> None:
    first = ada.send(picture(seed=1), picture(seed=2))
    again = ada.send(picture(seed=1), picture(seed=2), name='other.png')
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.get_json() == first.get_json()
    assert ada.send(picture(seed=1), picture(seed=3)).status_code == 201
    assert len(site.keys()) == site.one('SELECT count(*) FROM image') == 3


def test_the_same_file_twice_in_one_request_is_one_image(site: Site, ada: Person) -> None:
    one, other, same = ada.stored(picture(seed=1), picture(seed=2), picture(seed=1))
    assert one == same != other
    assert len(site.keys()) == 2


def test_the_same_file_of_another_person_is_another_image(site: Site, ada: Person) -> None:
    bob = site.person('bob')
    assert ada.stored(picture())[0]['id'] != bob.stored(picture())[0]['id']


@pytest.mark.parametrize('parts', [{}, {'note': 'no file'}, {'file': (io.BytesIO(b''), '')}])
def test_a_request_without_a_file_is_refused(ada: Person, parts: dict[str, Any]) -> None:
    answer = ada.client.post(IMAGES,
                             data=parts,
                             headers=ada.headers,
                             content_type='multipart/form-data')
    assert faults_of(answer) == (422, 'no_file', [])
    assert faults_of(ada.client.post(IMAGES, headers=ada.headers))[1] == 'no_file'


def test_another_content_type_is_refused(ada: Person) -> None:
    answer = ada.send_body(picture(), content_type='image/png')
    assert faults_of(answer) == (415, 'media_type_not_supported', [])


def test_a_broken_multipart_body_is_refused(ada: Person) -> None:
    answer = ada.send_body(b'nonsense', content_type='multipart/form-data; boundary=x')
    assert faults_of(answer)[:2] == (400, 'bad_request')


TOO_LARGE = picture() + b'\0' * (2_097_152 - len(picture()) + 1)
HUGE = picture(width=8000, height=5001)
CUT = picture('JPEG', width=400, height=400)[:-900]
REFUSED = [
    ([picture(), b''], 422, 'file_empty', [('/files/1', 'file_empty')]),
    ([picture(seed=number)
      for number in range(11)], 422, 'too_many_files', [('/files/10', 'too_many_files')]),
    ([TOO_LARGE, picture()], 413, 'file_too_large', [('/files/0', 'file_too_large')]),
    ([picture(), b'<svg/>', b'BM' + b'\0' * 99], 415, 'image_type_not_supported',
     [('/files/1', 'image_type_not_supported'), ('/files/2', 'image_type_not_supported')]),
    ([picture(), HUGE], 422, 'image_too_many_pixels', [('/files/1', 'image_too_many_pixels')]),
    ([CUT, picture()], 422, 'image_broken', [('/files/0', 'image_broken')]),
    # In the order of the checks, whichever file comes first.
    ([HUGE, b'<svg/>', TOO_LARGE,
      b''], 422, 'file_empty', [('/files/0', 'image_too_many_pixels'),
                                ('/files/1', 'image_type_not_supported'),
                                ('/files/2', 'file_too_large'), ('/files/3', 'file_empty')]),
]


@pytest.mark.parametrize('contents, status, code, faults',
                         REFUSED,
                         ids=[row[2] for row in REFUSED])
def test_one_bad_file_refuses_all_and_is_named(site: Site, ada: Person, contents: list[bytes],
                                               status: int, code: str,
                                               faults: list[tuple[str, str]]) -> None:
    assert faults_of(ada.send(*contents)) == (status, code, faults)
    assert nothing_is_stored(site)


def test_a_file_of_exactly_two_mebibytes_is_taken(ada: Person) -> None:
    assert ada.send(TOO_LARGE[:-1]).status_code == 201


def test_ten_files_are_taken(ada: Person) -> None:
    assert ada.send(*(picture(seed=number) for number in range(10))).status_code == 201


def test_a_body_that_says_it_is_too_large_is_refused_unread(ada: Person) -> None:
    body = io.BytesIO(b'--x\r\n')
    answer = ada.send_body(b'',
                           content_type='multipart/form-data; boundary=x',
                           environ_overrides={
                               'wsgi.input': body,
                               'CONTENT_LENGTH': str(LIMIT + 1)
                           })
    assert faults_of(answer) == (413, 'body_too_large', [])
    assert body.tell() == 0


def test_a_body_that_does_not_say_its_length_is_counted(site: Site, ada: Person) -> None:
    head = b'--x\r\nContent-Disposition: form-data; name="a"; filename="a"\r\n\r\n'
    body = io.BytesIO(head + b'\0' * LIMIT)
    answer = ada.send_body(b'',
                           content_type='multipart/form-data; boundary=x',
                           headers={'Transfer-Encoding': 'chunked'},
                           environ_overrides={
                               'wsgi.input': body,
                               'CONTENT_LENGTH': '',
                               'wsgi.input_terminated': True
                           })
    assert faults_of(answer) == (413, 'body_too_large', [])
    assert nothing_is_stored(site)


def test_more_than_the_quota_is_refused_with_its_numbers(make_site: MakeSite) -> None:
    site = make_site(settings={'image_quota_count': 2})
    ada = site.person()
    image, = ada.stored(picture(seed=1))
    answer = ada.send(picture(seed=2), picture(seed=3))
    assert faults_of(answer) == (409, 'quota_exceeded', [])
    problem = answer.get_json()
    assert (problem['used_bytes'], problem['quota_bytes']) == (image['bytes'], 209_715_200)
    assert len(site.keys()) == 1
    assert ada.send(picture(seed=1), picture(seed=2)).status_code == 201


def test_quota_counts_the_bytes_that_are_stored(make_site: MakeSite) -> None:
    size = make_site().person().stored(picture(seed=1))[0]['bytes']
    site = make_site(settings={'image_quota_bytes': 2 * size})
    ada = site.person('bob')
    assert ada.send(picture(seed=1), picture(seed=2)).status_code == 201
    assert faults_of(ada.send(picture(seed=3)))[1] == 'quota_exceeded'


def test_a_repeated_key_is_answered_alike_though_the_boundary_differs(site: Site,
                                                                      ada: Person) -> None:
    key = {'Idempotency-Key': 'one'}
    first, again = (ada.send(picture(), headers=key) for _ in range(2))
    assert first.request.content_type != again.request.content_type
    assert (again.status_code, again.data) == (201, first.data)
    assert again.headers['Idempotency-Replayed'] == 'true'
    assert again.headers['Location'] == first.headers['Location']
    other = ada.send(picture(seed=1), headers=key)
    assert faults_of(other)[:2] == (422, 'idempotency_key_reused')
    assert faults_of(ada.send(b'x', headers={'Idempotency-Key': 'two'}))[0] == 415
    assert len(site.keys()) == 1


def test_nothing_is_left_when_the_object_store_is_down(make_site: MakeSite) -> None:
    objects = InMemoryObjectStore()
    site = make_site(objects=objects)
    ada = site.person()
    objects.fail_on_put(2)
    answer = ada.send(picture(seed=1), picture(seed=2), picture(seed=3))
    assert faults_of(answer) == (503, 'storage_unavailable', [])
    assert answer.headers['Retry-After'] == '5'
    assert nothing_is_stored(site)
    objects.down = True
    assert faults_of(ada.send(picture())) == (503, 'storage_unavailable', [])
    # Everything before it is still told in its order.
    assert faults_of(ada.send(b'text'))[1] == 'image_type_not_supported'
    objects.down = False
    assert ada.send(picture(seed=1)).status_code == 201


def test_a_store_that_does_not_answer_is_no_crash(make_site: MakeSite) -> None:
    site = make_site(settings={'s3_endpoint_url': 'http://127.0.0.1:9'})
    answer = site.person().send(picture())
    assert faults_of(answer) == (503, 'storage_unavailable', [])
    assert site.one('SELECT count(*) FROM image') == 0


def test_addresses_name_the_bucket_where_it_is_public(make_site: MakeSite) -> None:
    site = make_site(settings={'s3_public_url': 'https://cdn.example/files/'})
    ada = site.person()
    wide = picture(width=700)
    image, = ada.stored(wide)
    folder = f'https://cdn.example/files/users/{ada.id}/images'
    assert image['url'] == f"{folder}/{image['id']}.png"
    site.work()
    variants = ada.get(f"{IMAGES}/{image['id']}").get_json()['variants']
    assert [variant['url'] for variant in variants
            ] == [f"{folder}/{image['id']}-{width}.webp" for width in (320, 640)]
    assert UUID(image['id']).version == 7

"""The main job, as the README walks it: from an account to a published article with a picture."""

import io
from collections.abc import Iterator
from dataclasses import replace

import httpx
import pytest
from PIL import Image

from tests.conftest import Servers
from tests.e2e.conftest import (PASSWORD, Product, make_child, sign_up, start_product,
                                stop_product, token_in)
from tests.eventually import eventually


def photograph(color: str = 'teal') -> bytes:
    picture = Image.new('RGB', (900, 600), color)
    exif = Image.Exif()
    exif[0x010E] = 'taken where nobody should know'
    stream = io.BytesIO()
    picture.save(stream, 'JPEG', exif=exif)
    return stream.getvalue()


def test_a_newcomer_publishes_an_article_with_a_picture(product: Product,
                                                        client: httpx.Client) -> None:
    bearer = sign_up(product, client, 'newcomer')
    uploaded = client.post('/v1/assets/images',
                           headers=bearer,
                           files={'heron.jpg': ('heron.jpg', photograph(), 'image/jpeg')})
    assert uploaded.status_code == 201, uploaded.text
    address = uploaded.json()['image_objects_urls'][0]
    published = client.post('/v1/articles',
                            headers=bearer,
                            json={
                                'title': "The heron's bridge",
                                'body': f'# A walk\n\n![A heron]({address})\n',
                                'featured_image': address
                            })
    assert published.status_code == 201, published.text
    assert published.headers['Location'] == '/v1/articles/the-herons-bridge'

    stranger = client.get('/v1/articles/the-herons-bridge')
    assert stranger.status_code == 200
    article = stranger.json()['article']
    assert f'src="{address}"' in article['html']
    assert 'href="#a-walk"' in article['table_of_contents']
    picture = client.get(address)
    assert picture.status_code == 200
    assert b'nobody should know' not in picture.content
    assert Image.open(io.BytesIO(picture.content)).size == (900, 600)


def test_the_worker_makes_variants_and_sees_what_refers_to_a_picture(product: Product,
                                                                     client: httpx.Client) -> None:
    bearer = sign_up(product, client, 'painter')
    image = client.post('/v1/assets/images',
                        headers=bearer,
                        files={
                            'a': ('a.jpg', photograph('red'), 'image/jpeg')
                        }).json()['images'][0]
    path = f"/v1/assets/images/{image['id']}"

    def ready() -> bool:
        return bool(client.get(path, headers=bearer).json()['variants_status'] == 'ready')

    eventually(ready)
    variants = client.get(path, headers=bearer).json()['variants']
    assert [variant['width'] for variant in variants] == [320, 640]
    assert client.get(variants[0]['url']).headers['Content-Type'] == 'image/webp'
    client.post('/v1/articles',
                headers=bearer,
                json={
                    'title': 'Red',
                    'body': f"![]({image['url']})"
                })

    def refused() -> httpx.Response | None:
        answer = client.delete(path, headers=bearer)
        return answer if answer.status_code == 409 else None

    # Known to be in use within moments; deleting before that would be allowed.
    eventually(lambda: not client.get('/v1/assets/images?unreferenced=true', headers=bearer).json(
    )['images'])
    answer = eventually(refused)
    assert answer.json()['code'] == 'image_in_use'
    assert answer.json()['used_by'][0]['title'] == 'Red'


@pytest.fixture
def own_product(servers: Servers, worker_number: int,
                tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    running = start_product(servers, tmp_path_factory.mktemp('own'), 12 + worker_number)
    yield running
    stop_product(running)


def test_an_expired_token_is_refreshed_and_a_logged_out_one_is_refused(
        own_product: Product) -> None:
    product = own_product
    with product.client() as client:
        bearer = sign_up(product, client, 'patient')
        assert client.get('/v1/me', headers=bearer).status_code == 200

        later = replace(product, environment=product.environment | {'TALELIO_CLOCK_OFFSET': '620'})
        product.web.stop(10)
        later.web = make_child('web', ('serve', ), later.environment, later.data_dir)
        later.web.start()
        try:
            eventually(later.ready, seconds=30)
            refused = client.get('/v1/me', headers=bearer)
            assert refused.status_code == 403
            assert refused.json()['code'] == 'token_expired'
            assert refused.headers['WWW-Authenticate'] == 'Bearer error="invalid_token"'

            refreshed = client.post('/v1/accounts/token')
            assert refreshed.status_code == 200
            fresh = {'Authorization': f"Bearer {refreshed.json()['access_token']}"}
            assert client.get('/v1/me', headers=fresh).json()['username'] == 'patient'

            assert client.post('/v1/accounts/logout', headers=fresh).status_code == 204
            assert client.get('/v1/me', headers=fresh).json()['code'] == 'token_invalid'
            assert client.post('/v1/accounts/token').status_code == 401
            assert client.post('/v1/accounts/logout').status_code == 204
        finally:
            later.web.stop(10)


def test_a_mail_is_sent_though_the_worker_is_killed(own_product: Product) -> None:
    product = own_product
    product.worker.kill()
    with product.client() as client:
        for number in range(5):
            answer = client.post('/v1/accounts/register',
                                 json={
                                     'email': f'late{number}@example.org',
                                     'username': f'late{number}',
                                     'password': PASSWORD
                                 })
            assert answer.status_code == 201
        product.worker.start()
        # Killed again in the middle of whatever it has begun by now.
        eventually(lambda: product.mails('late0@example.org'))
        product.worker.kill()
        product.worker.start()
        for number in range(5):
            mail = product.mail(f'late{number}@example.org', 'verify_email')
            answer = client.post('/v1/accounts/verify', json={'token': token_in(mail)})
            assert answer.status_code == 200

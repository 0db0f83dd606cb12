"""Pictures over HTTP, through the server and the worker."""

import io
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from PIL import Image as pillow

from tests.e2e.conftest import Product, sign_up
from tests.eventually import eventually

IMAGES = '/v1/assets/images'
LIMIT = 10 * 2_097_152 + 64 * 1024


def picture(width: int = 700, seed: int = 0) -> bytes:
    stream = io.BytesIO()
    pillow.new('RGB', (width, 300), (seed, 120, 90)).save(stream, 'JPEG')
    return stream.getvalue()


def upload(client: httpx.Client, headers: dict[str, str], content: bytes) -> Any:
    answer = client.post(IMAGES, headers=headers, files={'heron.jpg': ('heron.jpg', content)})
    assert answer.status_code == 201, answer.text
    return answer.json()['images'][0]


def test_a_picture_lives_from_its_upload_to_its_last_byte(product: Product,
                                                          client: httpx.Client) -> None:
    headers = sign_up(product, client, 'grace')
    image = upload(client, headers, picture())
    address = f"{IMAGES}/{image['id']}"

    def variants() -> Any:
        shown = client.get(address, headers=headers).json()
        return shown['variants'] if shown['variants_status'] == 'ready' else None

    made = eventually(variants)
    assert [variant['width'] for variant in made] == [320, 640]
    for file in (image, *made):
        served = client.get(file['url'])
        assert (served.status_code, len(served.content)) == (200, file['bytes'])
    part = client.get(image['url'], headers={'Range': 'bytes=2-5'})
    assert (part.status_code, len(part.content)) == (206, 4)
    head = client.head(image['url'])
    assert head.headers['Content-Length'] == str(image['bytes'])

    article = client.post('/v1/articles',
                          headers=headers,
                          json={
                              'title': 'Herons of the river',
                              'body': f"![heron]({made[0]['url']})"
                          })
    assert article.status_code == 201, article.text

    def is_referred_to() -> bool:
        unused = client.get(f'{IMAGES}?unreferenced=true', headers=headers).json()['images']
        return image['id'] not in [one['id'] for one in unused]

    eventually(is_referred_to)
    assert client.delete(address, headers=headers).status_code == 409
    assert client.delete(f'{address}?force=true', headers=headers).status_code == 204
    assert client.get(image['url']).status_code == 404


def endless() -> Iterator[bytes]:
    yield b'--x\r\nContent-Disposition: form-data; name="a"; filename="a"\r\n\r\n'
    for _ in range(LIMIT // 65536 + 1):
        yield b'0' * 65536


@pytest.mark.parametrize('counted', [True, False])
def test_a_body_that_is_too_large_is_refused_legibly(product: Product, client: httpx.Client,
                                                     counted: bool) -> None:
    headers = sign_up(product, client, f'edith-{counted}')
    kind = {'Content-Type': 'multipart/form-data; boundary=x'}
    # A client of its own: the server closes a connection of which it leaves a body unread.
    with product.client() as other:
        answer = other.post(IMAGES,
                            headers={
                                **headers,
                                **kind
                            },
                            content=b'0' * (LIMIT + 1) if counted else endless())
    assert (answer.status_code, answer.json()['code']) == (413, 'body_too_large')
    assert client.get(IMAGES, headers=headers).json()['images'] == []


def test_pieces_of_unknown_length_are_taken(product: Product, client: httpx.Client) -> None:
    headers = sign_up(product, client, 'hedy')
    kind = {'Content-Type': 'multipart/form-data; boundary=x'}
    content = picture(seed=7)

    def pieces() -> Iterator[bytes]:
        yield b'--x\r\nContent-Disposition: form-data; name="a"; filename="a.jpg"\r\n\r\n'
        for start in range(0, len(content), 500):
            yield content[start:start + 500]
        yield b'\r\n--x--\r\n'

    answer = client.post(IMAGES, headers={**headers, **kind}, content=pieces())
    assert answer.status_code == 201, answer.text

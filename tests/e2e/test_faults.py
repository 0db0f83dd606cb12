"""What an installation answers while a server beneath it is dead, and after its return."""

import io
import secrets
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import Any

import httpx
import pytest
from PIL import Image

from talelio_backend.development.servers import PostgresServer, RedisServer, S3Server
from tests.conftest import Servers, migrate_template
from tests.e2e.conftest import PASSWORD, Product, sign_up, start_product, stop_product
from tests.eventually import eventually

BACK_WITHIN = 5  # seconds after a server's return
IMAGES = '/v1/assets/images'
Part = PostgresServer | RedisServer | S3Server


@dataclass(kw_only=True)
class Installation:
    """A product on servers of its own, which a test may kill; and a member of it."""

    postgres: PostgresServer
    redis: RedisServer
    s3: S3Server
    product: Product
    client: httpx.Client
    bearer: dict[str, str] = field(default_factory=dict)

    def write(self, title: str) -> httpx.Response:
        return self.client.post('/v1/articles',
                                headers=self.bearer,
                                json={
                                    'title': title,
                                    'body': 'Herons.'
                                })

    def sign_in(self) -> httpx.Response:
        # Without the cookie, which would end the session that the other requests are of.
        with self.product.client() as anew:
            return anew.post('/v1/accounts/login',
                             json={
                                 'username': 'keeper',
                                 'password': PASSWORD
                             })

    def upload(self, width: int) -> httpx.Response:
        stream = io.BytesIO()
        Image.new('RGB', (width, 40), 'teal').save(stream, 'JPEG')
        return self.client.post(IMAGES,
                                headers=self.bearer,
                                files={'a': ('a.jpg', stream.getvalue())})

    def my_images(self) -> list[Any]:
        return list(self.client.get(IMAGES, headers=self.bearer).json()['images'])

    def stored_files(self) -> list[Path]:
        bucket = self.s3.data_dir / self.product.environment['S3_BUCKET']
        return sorted(path for path in bucket.rglob('*') if path.is_file())


@pytest.fixture(scope='module')
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    folder, password = tmp_path_factory.mktemp('faults'), secrets.token_hex(16)
    postgres = PostgresServer(folder / 'postgres',
                              superuser_password=password,
                              password=password,
                              log_file=folder / 'postgres.log',
                              durable=True)
    redis = RedisServer(folder / 'redis', password=password, log_file=folder / 'redis.log')
    s3 = S3Server(folder / 's3',
                  access_key='testaccess',
                  secret_key=password,
                  log_file=folder / 's3.log',
                  buckets=())
    parts: tuple[Part, ...] = (postgres, redis, s3)
    try:
        for part in parts:
            part.start()
        servers = Servers(database_url=postgres.url,
                          superuser_url=postgres.superuser_url,
                          redis_url=redis.url,
                          s3_url=s3.url,
                          s3_access_key='testaccess',
                          s3_secret_key=password)
        migrate_template(servers)
        product = start_product(servers, folder / 'product', 0)
        try:
            with product.client() as client:
                made = Installation(postgres=postgres,
                                    redis=redis,
                                    s3=s3,
                                    product=product,
                                    client=client)
                made.bearer = sign_up(product, client, 'keeper')
                yield made
        finally:
            stop_product(product)
    finally:
        for part in reversed(parts):
            part.stop()


@pytest.fixture
def without(installation: Installation) -> Iterator[Callable[[Part], None]]:
    """Kills a server. Whatever comes of the test, it runs again afterwards."""
    killed: list[Part] = []

    def kill(part: Part) -> None:
        killed.append(part)
        part.kill()

    yield kill
    for part in killed:
        if not part.alive():
            part.start()
    eventually(installation.product.ready, seconds=30)


def assert_unavailable(answer: httpx.Response, code: str) -> None:
    assert answer.headers['Content-Type'] == 'application/problem+json', answer.text
    assert (answer.status_code, answer.json()['code']) == (503, code), answer.text
    assert int(answer.headers['Retry-After']) > 0


def test_without_redis_reading_goes_on_and_nobody_signs_in(
        installation: Installation, without: Callable[[Part], None]) -> None:
    client, product = installation.client, installation.product
    assert installation.write('Before Redis').status_code == 201
    without(installation.redis)

    for path in ('/v1/articles/before-redis', '/v1/articles', '/v1/users/keeper/articles',
                 '/v1/users/keeper', '/v1/tags', '/v1/openapi.json'):
        answer = client.get(path)
        assert answer.status_code == 200, answer.text
        assert 'RateLimit' not in answer.headers
    # Who is signed in stays so: access tokens are looked up in the database.
    assert installation.write('Without Redis').status_code == 201
    assert client.get('/v1/me', headers=installation.bearer).status_code == 200
    assert_unavailable(installation.sign_in(), 'session_store_unavailable')
    assert_unavailable(client.post('/v1/accounts/token'), 'session_store_unavailable')
    eventually(lambda: not product.ready(), seconds=BACK_WITHIN)
    assert client.get('/livez').status_code == 200

    installation.redis.start()
    eventually(lambda: installation.sign_in().status_code == 200, seconds=BACK_WITHIN)
    eventually(product.ready, seconds=BACK_WITHIN)
    assert 'RateLimit' in client.get('/v1/articles').headers


def test_without_s3_nothing_is_half_stored_and_articles_go_on(
        installation: Installation, without: Callable[[Part], None]) -> None:
    client = installation.client
    address = installation.upload(100).json()['image_objects_urls'][0]
    eventually(lambda: installation.my_images()[0]['variants_status'] == 'ready')
    images, files = installation.my_images(), installation.stored_files()
    without(installation.s3)

    assert_unavailable(installation.upload(110), 'storage_unavailable')
    assert_unavailable(client.get(address), 'storage_unavailable')
    assert installation.my_images() == images
    assert installation.stored_files() == files
    assert installation.write('Without S3').status_code == 201
    assert client.get('/v1/articles/without-s3').status_code == 200

    installation.s3.start()
    eventually(lambda: installation.upload(110).status_code == 201, seconds=BACK_WITHIN)
    eventually(lambda: client.get(address).status_code == 200, seconds=BACK_WITHIN)
    assert len(installation.my_images()) == len(images) + 1


def test_without_postgres_every_answer_is_a_problem(installation: Installation,
                                                    without: Callable[[Part], None]) -> None:
    client = installation.client
    assert installation.write('Before the fall').status_code == 201
    address = installation.upload(120).json()['image_objects_urls'][0]
    without(installation.postgres)

    for path in ('/v1/articles/before-the-fall', '/v1/articles', '/v1/users/keeper', '/v1/tags',
                 address):
        assert_unavailable(client.get(path), 'database_unavailable')
    for answer in (installation.write('During the fall'), installation.upload(130),
                   installation.sign_in(), client.get('/v1/me', headers=installation.bearer)):
        assert_unavailable(answer, 'database_unavailable')
    assert client.get('/livez').status_code == 200
    eventually(lambda: not installation.product.ready(), seconds=BACK_WITHIN)

    installation.postgres.start()
    eventually(lambda: client.get('/v1/articles/before-the-fall').status_code == 200,
               seconds=BACK_WITHIN)
    eventually(lambda: installation.sign_in().status_code == 200, seconds=BACK_WITHIN)
    assert client.get('/v1/articles/during-the-fall').status_code == 404
    assert client.get(address).status_code == 200


def test_what_was_answered_as_stored_survives_a_killed_postgres(
        installation: Installation, without: Callable[[Part], None]) -> None:
    stop, stored = Event(), list[str]()

    def write_on(number: int) -> Counter[int]:
        told: Counter[int] = Counter()
        while not stop.is_set():
            answer = installation.write(f'Kept by {number} at {told.total()}')
            told[answer.status_code] += 1
            if answer.status_code == 201:
                stored.append(answer.headers['Location'])
            else:
                assert_unavailable(answer, 'database_unavailable')
        return told

    with ThreadPoolExecutor(4) as pool:
        writers = [pool.submit(write_on, number) for number in range(4)]
        try:
            eventually(lambda: len(stored) >= 40, seconds=30)
            without(installation.postgres)
            before = len(stored)
            installation.postgres.start()
            eventually(lambda: len(stored) >= before + 8, seconds=BACK_WITHIN + 10)
        finally:
            stop.set()
        told = sum((writer.result(timeout=30) for writer in writers), Counter())
    assert told.keys() == {201, 503}
    for path in stored:
        assert installation.client.get(path).status_code == 200, path

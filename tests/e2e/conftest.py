"""The whole product as processes: gunicorn and a worker, on the session's servers."""

import email
import email.policy
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import httpx
import pytest

from talelio_backend.development.ports import free_port
from talelio_backend.development.process import Child
from tests import plain_http
from tests.conftest import Servers, create_database, make_settings
from tests.eventually import eventually

ROOT = Path(__file__).parents[2]
PROGRAM = ('-m', 'talelio_backend')
PASSWORD = 'a quiet heron by the water'
CLIENT = 'http://127.0.0.1:3000'


@dataclass(kw_only=True)
class Product:
    """A running installation and what a test may do to it."""

    base: str
    data_dir: Path
    environment: dict[str, str]
    web: Child
    worker: Child

    def client(self, **options: Any) -> httpx.Client:
        return plain_http.Client(base_url=self.base, timeout=30, **options)

    def operator(self, *arguments: str) -> Child:
        """An operator command, started."""
        child = make_child('operator', arguments, self.environment, self.data_dir)
        child.start()
        return child

    def mails(self, address: str, kind: str | None = None) -> list[EmailMessage]:
        """The mails to an address, oldest first."""
        found = []
        for path in sorted((self.data_dir / 'mail').glob('*.eml')):
            message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            if message['To'] == address and kind in (None, message['X-Mail-Kind']):
                found.append(message)
        return found

    def mail(self, address: str, kind: str) -> EmailMessage:
        return eventually(lambda: self.mails(address, kind), seconds=40)[-1]

    def ready(self) -> bool:
        try:
            return plain_http.get(f'{self.base}/readyz', timeout=5).status_code == 200
        except httpx.TransportError:
            return False


def text_of(message: EmailMessage) -> str:
    part = message.get_body(('plain', ))
    assert part is not None
    return str(part.get_content())


def token_in(message: EmailMessage) -> str:
    """The token at the end of the link that stands alone on its line."""
    link = re.search(r'^https?://\S+/([A-Za-z0-9_-]{20,})$', text_of(message), re.MULTILINE)
    assert link is not None, text_of(message)
    return link[1]


def sign_up(product: Product, client: httpx.Client, name: str) -> dict[str, str]:
    """A verified, signed-in member; the headers of its requests."""
    address = f'{name}@example.org'
    answer = client.post('/v1/accounts/register',
                         json={
                             'email': address,
                             'username': name,
                             'password': PASSWORD
                         })
    assert answer.status_code == 201, answer.text
    token = token_in(product.mail(address, 'verify_email'))
    assert client.post('/v1/accounts/verify', json={'token': token}).status_code == 200
    answer = client.post('/v1/accounts/login', json={'email': address, 'password': PASSWORD})
    assert answer.status_code == 200, answer.text
    return {'Authorization': f"Bearer {answer.json()['access_token']}"}


def make_child(name: str,
               arguments: tuple[str, ...],
               environment: dict[str, str],
               folder: Path,
               program: tuple[str, ...] = PROGRAM) -> Child:
    return Child(name=name,
                 command=[sys.executable, *program, *arguments],
                 environment=environment,
                 working_dir=ROOT,
                 log_file=folder / f'{name}.out')


def start_product(servers: Servers,
                  folder: Path,
                  number: int,
                  program: tuple[str, ...] = PROGRAM,
                  **changed: str) -> Product:
    """Starts an installation with a database, a Redis number and buckets of its own."""
    port = free_port()
    base = f'http://127.0.0.1:{port}'
    environment = {
        'PATH': '/usr/bin:/bin',
        'TALELIO_ENV': 'development',
        'SECRET_KEY': '5a7d0c93e1b8f264' * 4,
        'DATABASE_URL': create_database(servers, f'talelio_e2e_{number}'),
        'REDIS_URL': f'{servers.redis_url.rpartition("/")[0]}/{number}',
        'S3_ENDPOINT_URL': servers.s3_url,
        'S3_BUCKET': f'talelio-e2e-{number}',
        'S3_BACKUPS_BUCKET': f'talelio-e2e-backups-{number}',
        'AWS_REGION': 'us-east-1',
        'AWS_ACCESS_KEY_ID': servers.s3_access_key,
        'AWS_SECRET_ACCESS_KEY': servers.s3_secret_key,
        'PORT': str(port),
        'PUBLIC_URL': base,
        'CLIENT_URL': CLIENT,
        'TALELIO_DATA_DIR': str(folder),
        'TALELIO_RATE_LIMIT': '1000000/minute',
        'TALELIO_LOGIN_LIMIT': '1000000/minute',
        'TALELIO_MAIL_LIMIT': '1000000/minute',
        **changed,
    }
    for name in ('S3_BUCKET', 'S3_BACKUPS_BUCKET'):
        make_bucket(servers, environment[name])
    product = Product(base=base,
                      data_dir=folder,
                      environment=environment,
                      web=make_child('web', ('serve', ), environment, folder, program),
                      worker=make_child('worker', ('worker', ), environment, folder, program))
    product.web.start()
    product.worker.start()
    eventually(product.ready, seconds=60)
    return product


def stop_product(product: Product) -> None:
    for child in (product.web, product.worker):
        child.stop(10)


def make_bucket(servers: Servers, name: str) -> None:
    from talelio_backend.shared.data.object_store import S3ObjectStore
    from talelio_backend.shared.data.s3_connection import S3Options
    settings = make_settings(servers)
    options = S3Options(region=settings.aws_region,
                        endpoint_url=settings.s3_endpoint_url,
                        access_key=settings.aws_access_key_id,
                        secret_key=settings.aws_secret_access_key)
    S3ObjectStore(options, bucket=name).ensure_bucket()


@pytest.fixture(scope='session')
def product(servers: Servers, worker_number: int,
            tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """One installation for the tests that leave it as usable as they found it."""
    running = start_product(servers, tmp_path_factory.mktemp('product'), 8 + worker_number)
    yield running
    stop_product(running)


@pytest.fixture
def client(product: Product) -> Iterator[httpx.Client]:
    with product.client() as client:
        yield client

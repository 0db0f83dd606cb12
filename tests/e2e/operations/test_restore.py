"""A backup takes the place of the database of a running installation."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event
from typing import Any

import httpx
import psycopg
import pytest
from sqlalchemy import make_url

from talelio_backend.development import binaries
from tests.conftest import Servers
from tests.e2e.conftest import PASSWORD, Product, make_bucket, sign_up, start_product, stop_product
from tests.eventually import eventually

SLUG = 'herons-at-dawn'
PUBLIC = (f'/v1/articles/{SLUG}', '/v1/articles', '/v1/users/early')


@dataclass(kw_only=True)
class Watched:
    """What readers were told, and whether everybody was told something at each moment."""

    answers: set[tuple[str, int, str | None]] = field(default_factory=set)
    errors: list[Exception] = field(default_factory=list)


@pytest.fixture(name='product')
def start(servers: Servers, worker_number: int,
          tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    number = 12 + worker_number
    bucket = f'talelio-e2e-backups-{number}'
    make_bucket(servers, bucket)
    running = start_product(servers,
                            tmp_path_factory.mktemp('restored'),
                            number,
                            S3_BACKUPS_BUCKET=bucket,
                            PATH=f'{binaries.postgres_bin_dir()}:/usr/bin:/bin')
    yield running
    stop_product(running)
    _drop_replaced(servers, running)


def _drop_replaced(servers: Servers, product: Product) -> None:
    live = make_url(product.environment['DATABASE_URL']).database
    with psycopg.connect(servers.superuser_url, autocommit=True) as link:
        for name in databases(product, servers):
            if name != live:
                link.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def databases(product: Product, servers: Servers) -> list[str]:
    """The live one and what stands beside it because of restores."""
    live = make_url(product.environment['DATABASE_URL']).database
    with psycopg.connect(servers.superuser_url) as link:
        rows = link.execute(
            'SELECT datname FROM pg_database WHERE starts_with(datname, %s) '
            'ORDER BY 1', [live]).fetchall()
    return [row[0] for row in rows]


def run(product: Product, *arguments: str) -> str:
    """What an operator's command says, once it ended well."""
    log = product.data_dir / 'operator.out'
    begun = log.stat().st_size if log.exists() else 0
    child = product.operator(*arguments)
    assert child.wait(120)
    said = log.read_text(encoding='utf-8')[begun:]
    assert child.exit_code == 0, said
    return said


@contextmanager
def watching(product: Product) -> Iterator[Watched]:
    """Readers who never stop."""
    watched, stop = Watched(), Event()

    def read_on(path: str) -> None:
        with product.client() as client:
            while not stop.is_set():
                try:
                    answer = client.get(path)
                    code = answer.json().get('code') if answer.status_code >= 400 else None
                    watched.answers.add((path, answer.status_code, code))
                    if answer.status_code == 503:
                        assert int(answer.headers['Retry-After']) > 0
                except Exception as error:  # pylint: disable=broad-exception-caught  # told below
                    watched.errors.append(error)

    with ThreadPoolExecutor(len(PUBLIC)) as pool:
        readers = [pool.submit(read_on, path) for path in PUBLIC]
        try:
            yield watched
        finally:
            stop.set()
        for reader in readers:
            reader.result()


def sign_in(client: httpx.Client, name: str) -> httpx.Response:
    return client.post('/v1/accounts/login', json={'username': name, 'password': PASSWORD})


def write(client: httpx.Client, bearer: dict[str, str], title: str) -> str:
    answer = client.post('/v1/articles',
                         headers=bearer,
                         json={
                             'title': title,
                             'body': 'Herons.',
                             'status': 'published'
                         })
    assert answer.status_code == 201, answer.text
    return str(answer.headers['Location'])


def test_everything_is_back_and_nobody_had_to_start_anything(product: Product,
                                                             servers: Servers) -> None:
    with product.client() as client:
        early = sign_up(product, client, 'early')
        write(client, early, 'Herons at dawn')
        run(product, 'backup', '--no-verify')
        etag = client.get(f'/v1/articles/{SLUG}').headers['ETag']
        assert client.delete(f'/v1/articles/{SLUG}', headers=early | {
            'If-Match': etag
        }).status_code == 204
        sign_up(product, client, 'later')
        mails = len(product.mails('early@example.org'))
        processes = (product.web.pid, product.worker.pid)

        _interrupt_a_restore(product, servers)
        assert client.get(f'/v1/articles/{SLUG}').status_code == 404
        with watching(product) as watched:
            said = run(product, 'restore', '--latest', '--yes')
            eventually(lambda: (PUBLIC[0], 200, None) in watched.answers)

        assert not watched.errors
        assert watched.answers <= {
            *((path, 200, None) for path in PUBLIC), (PUBLIC[0], 404, 'article_not_found'),
            *((path, 503, 'restoring') for path in PUBLIC)
        }
        eventually(product.ready)
        assert client.get('/v1/me', headers=early).json()['code'] == 'token_invalid'
        assert sign_in(client, 'later').status_code == 401
        assert sign_in(client, 'early').status_code == 200
        # The worker goes on too: without a mail nobody can sign up.
        write(client, sign_up(product, client, 'newcomer'), 'After the restore')
        assert (product.web.pid, product.worker.pid) == processes
        assert product.web.alive() and product.worker.alive()
        assert len(product.mails('early@example.org')) == mails
    _assert_what_is_left(product, servers, said)


def _interrupt_a_restore(product: Product, servers: Servers) -> None:
    """Kills one that has loaded everything, and waits for the lock of backups to save what is."""
    with psycopg.connect(product.environment['DATABASE_URL']) as link:
        link.execute("SELECT pg_advisory_lock(hashtextextended('talelio backup', 0))")
        child = product.operator('restore', '--latest', '--yes')
        eventually(lambda: link.execute(
            "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted "
            'AND database = (SELECT oid FROM pg_database WHERE datname = current_database())').
                   fetchone(),
                   seconds=60)
        child.kill()
    assert len(databases(product, servers)) == 2


def _assert_what_is_left(product: Product, servers: Servers, said: str) -> None:
    live, *beside = databases(product, servers)
    assert len(beside) == 1 and beside[0].startswith(f'{live}_before_')
    assert beside[0] in said
    url: Any = make_url(product.environment['DATABASE_URL']).set(database=beside[0])
    with psycopg.connect(url.render_as_string(hide_password=False)) as link:
        assert link.execute('SELECT username FROM "user" ORDER BY 1').fetchall() == [('early', ),
                                                                                     ('later', )]
    safety = run(product, 'backup', 'list').splitlines()[0]
    assert safety.endswith('-before-restore')

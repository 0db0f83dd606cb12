"""Real servers for the whole session, a database of its own for each worker.

The servers are children of the process that pytest was started in (with xdist: the controller),
so that no worker's end takes them away from the others. One template database is migrated once;
each worker clones it.
"""

import gc
import os
import secrets
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from psycopg import sql
from sqlalchemy import make_url

from talelio_backend.bootstrap import House, build
from talelio_backend.development.postgres import ROLE, SUPERUSER
from talelio_backend.development.servers import PostgresServer, RedisServer, S3Server
from talelio_backend.settings import Settings
from talelio_backend.shared.data.schema import Schema
from tests.emptying import Emptying
from tests.houses import Houses

TEMPLATE = 'talelio_template'
FACTS = 'talelio_servers'
# They look at files or at other processes, and coverage at neither; it slows them down alone. What
# stands in unit/shared/data computes most, on Markdown and pictures that integration has too.
UNMEASURED = ('tests/architecture/', 'tests/e2e/', 'tests/integration/benchmarks/',
              'tests/integration/deployment/', 'tests/integration/development/',
              'tests/integration/scripts/', 'tests/unit/benchmarks/', 'tests/unit/deployment/',
              'tests/unit/shared/data/')


@dataclass(frozen=True, kw_only=True)
class Servers:
    """Where the session's servers are; plain strings, so that workers get them by value."""

    database_url: str
    superuser_url: str
    redis_url: str
    s3_url: str
    s3_access_key: str
    s3_secret_key: str


class RunningServers:

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix='talelio-tests-'))
        self._password = password = secrets.token_hex(16)
        log = self.folder / 'log'
        self._postgres = PostgresServer(self.folder / 'postgres',
                                        superuser_password=password,
                                        password=password,
                                        log_file=log / 'postgres.log',
                                        durable=False)
        self._redis = RedisServer(self.folder / 'redis',
                                  password=password,
                                  log_file=log / 'redis.log')
        self._s3 = S3Server(self.folder / 's3',
                            access_key='testaccess',
                            secret_key=password,
                            log_file=log / 's3.log',
                            buckets=())

    def start(self) -> Servers:
        parts = (self._postgres, self._redis, self._s3)
        for part in parts:
            part.launch()
        for part in parts:
            part.wait_ready()
        servers = Servers(database_url=self._postgres.url,
                          superuser_url=self._postgres.superuser_url,
                          redis_url=self._redis.url,
                          s3_url=self._s3.url,
                          s3_access_key='testaccess',
                          s3_secret_key=self._password)
        self._quicken_connections()
        migrate_template(servers)
        return servers

    def _quicken_connections(self) -> None:
        """A password is hashed 4,096 times for each of them, some thousands in a session, so that
        a stolen hash is of no use; this one ends with the session."""
        with psycopg.connect(self._postgres.superuser_url, autocommit=True) as link:
            link.execute('SET scram_iterations = 1')
            for role in (SUPERUSER, ROLE):
                link.execute(
                    sql.SQL('ALTER ROLE {} PASSWORD {}').format(sql.Identifier(role),
                                                                sql.Literal(self._password)))

    def stop(self) -> None:
        for part in (self._s3, self._redis, self._postgres):
            part.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


def migrate_template(servers: Servers) -> None:
    create_database(servers, TEMPLATE, template='template0')
    house = build(make_settings(servers, database_url=at_database(servers, TEMPLATE)))
    Schema(house.kernel.engine).upgrade()
    house.kernel.engine.dispose()


def create_database(servers: Servers, name: str, template: str = TEMPLATE) -> str:
    """Makes (anew) a database that the application's role owns, and gives its URL."""
    owner = make_url(servers.database_url).username or ''
    with psycopg.connect(servers.superuser_url, autocommit=True) as link:
        link.execute(
            sql.SQL('DROP DATABASE IF EXISTS {} WITH (FORCE)').format(sql.Identifier(name)))
        link.execute(
            sql.SQL('CREATE DATABASE {} TEMPLATE {} OWNER {}').format(
                sql.Identifier(name), sql.Identifier(template), sql.Identifier(owner)))
    return at_database(servers, name)


def at_database(servers: Servers, name: str) -> str:
    url = make_url(servers.database_url).set(database=name)
    return url.render_as_string(hide_password=False)


def make_settings(servers: Servers, **changed: Any) -> Settings:
    """Settings of a test process; ``changed`` by attribute name."""
    environ = {
        'TALELIO_ENV': 'test',
        'SECRET_KEY': 'f3b1c6a8d2e94705' * 4,
        'DATABASE_URL': servers.database_url,
        'REDIS_URL': servers.redis_url,
        'S3_ENDPOINT_URL': servers.s3_url,
        'S3_BUCKET': 'talelio-test-content',
        'AWS_REGION': 'eu-north-1',
        'AWS_ACCESS_KEY_ID': servers.s3_access_key,
        'AWS_SECRET_ACCESS_KEY': servers.s3_secret_key,
        'PUBLIC_URL': 'http://127.0.0.1:5000',
        'CLIENT_URL': 'http://127.0.0.1:3000',
        'TALELIO_RATE_LIMIT': '100000/minute',
        'LOG_LEVEL': 'WARNING',
    }
    return Settings.load(environ).model_copy(update=changed)


def _needs_servers(config: pytest.Config) -> bool:
    wanted = config.args or ['tests']
    return not all('tests/unit' in argument or 'tests/architecture' in argument
                   for argument in wanted)


def _hear_interrupts() -> None:
    """A program that was started in the background, or by nohup, ignores some signals, and so do
    those that it starts; a shell could not even trap them."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
        signal.signal(signal.SIGHUP, signal.SIG_DFL)


def _end_needless_coverage(config: pytest.Config) -> None:
    """In a process of xdist pytest-cov starts one when the options are read, and another when the
    session begins. Nobody would stop the first, or ask it what it saw."""
    controller = getattr(config.pluginmanager.getplugin('_cov'), 'cov_controller', None)
    if controller is not None:
        controller.cov.stop()


def pytest_configure(config: pytest.Config) -> None:
    _hear_interrupts()
    # Statements and requests are gone as soon as they were made, and what stays are the modules of
    # two thousand files: to look through them every 700 objects takes a sixth of the time.
    gc.set_threshold(20_000, 20, 20)
    if hasattr(config, 'workerinput'):
        _end_needless_coverage(config)
    elif not config.option.collectonly and _needs_servers(config):
        running = RunningServers()
        config.stash[_RUNNING] = running
        config.stash[_SERVERS] = running.start()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.nodeid.startswith(UNMEASURED):
            item.add_marker('no_cover')


def pytest_collection_finish() -> None:
    gc.freeze()


def pytest_unconfigure(config: pytest.Config) -> None:
    running = config.stash.get(_RUNNING, None)
    if running is not None:
        running.stop()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    from tests.spreading import Spreading
    return Spreading(config, log) if config.getoption('dist') == 'loadfile' else None


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    servers = node.config.stash.get(_SERVERS, None)
    if servers is not None:
        node.workerinput[FACTS] = vars(servers)


_RUNNING: pytest.StashKey[RunningServers] = pytest.StashKey()
_SERVERS: pytest.StashKey[Servers] = pytest.StashKey()


@pytest.fixture(scope='session')
def servers(pytestconfig: pytest.Config) -> Servers:
    """PostgreSQL, Redis and S3, shared by the session."""
    handed_down = getattr(pytestconfig, 'workerinput', {}).get(FACTS)
    return Servers(**handed_down) if handed_down else pytestconfig.stash[_SERVERS]


@pytest.fixture(scope='session')
def worker_number() -> int:
    return int(os.environ.get('PYTEST_XDIST_WORKER', 'gw0').removeprefix('gw'))


@pytest.fixture(scope='session')
def settings(servers: Servers, worker_number: int,
             tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The settings of this worker: a database, a Redis number and a bucket of its own."""
    changed = {
        'database_url': create_database(servers, f'talelio_{worker_number}'),
        'redis_url': f'{servers.redis_url.rpartition("/")[0]}/{worker_number}',
        's3_bucket': f'talelio-test-{worker_number}',
        'data_dir': tmp_path_factory.mktemp('data'),
    }
    settings = make_settings(servers, **changed)
    house = build(settings)
    house.kernel.objects.ensure_bucket()  # type: ignore[attr-defined]
    return settings


@pytest.fixture(scope='session')
def emptying(servers: Servers, settings: Settings) -> Iterator[Emptying]:
    database = make_url(settings.database_url).database
    url = make_url(servers.superuser_url).set(database=database)
    emptying = Emptying(url.render_as_string(hide_password=False))
    yield emptying
    emptying.close()


@pytest.fixture(scope='session')
def houses(settings: Settings) -> Houses:
    return Houses(settings)


@pytest.fixture
def clean(emptying: Emptying, houses: Houses) -> Iterator[None]:
    """Empties the database (but for what migrations put there) and Redis."""
    emptying()
    houses.shared().kernel.redis.flushdb()
    yield
    houses.rest()


MakeHouse = Callable[..., House]


@pytest.fixture
def make_house(  # pylint: disable=unused-argument  # it wants an empty database
        houses: Houses, clean: None) -> Iterator[MakeHouse]:
    """Builds houses as production does: ``make_house(clock=…, settings={'registration': …})``."""
    made: list[House] = []

    def make(**overrides: Any) -> House:
        made.append(houses.build(**overrides))
        return made[-1]

    yield make
    for house in made:
        house.close()


@pytest.fixture
def share_house(  # pylint: disable=unused-argument  # it wants an empty database
        houses: Houses, clean: None) -> MakeHouse:
    """For tests that leave a house as they found it: ``share_house(settings={…})``."""
    return houses.shared


@pytest.fixture
def house(share_house: MakeHouse) -> House:
    return share_house()


@pytest.fixture
def app(house: House, houses: Houses) -> Flask:
    return houses.app(house)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()

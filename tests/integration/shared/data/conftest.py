"""A scratch database with the kernel's own tables and those of ``tests.boats``; no area's."""

import socket
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from procrastinate.schema import SchemaManager
from psycopg import sql
from sqlalchemy import Engine, make_url, text

from talelio_backend.shared.data import idempotency
from talelio_backend.shared.data.database import build_engine
from tests import boats
from tests.integration.shared.data.harbour import Harbour

MakeEngine = Callable[..., Engine]


@pytest.fixture(name='scratch_url', scope='session')
def make_scratch_database(servers: Any, worker_number: int) -> str:
    name = f'kernel_{worker_number}'
    owner = str(make_url(servers.database_url).username)
    with psycopg.connect(servers.superuser_url, autocommit=True) as link:
        link.execute(sql.SQL('DROP DATABASE IF EXISTS {}').format(sql.Identifier(name)))
        link.execute(
            sql.SQL('CREATE DATABASE {} TEMPLATE template0 OWNER {}').format(
                sql.Identifier(name), sql.Identifier(owner)))
    url = make_url(servers.database_url).set(database=name)
    engine = build(url.render_as_string(hide_password=False))
    boats.metadata.create_all(engine)
    idempotency.table.create(engine)
    with engine.begin() as connection:
        connection.exec_driver_sql(SchemaManager.get_schema().replace('%', '%%'))
    engine.dispose()
    return url.render_as_string(hide_password=False)


def build(url: str, **changed: Any) -> Engine:
    options: dict[str, Any] = {
        'pool_size': 5,
        'overflow': 5,
        'timeout': 2,
        'statement_timeout': 10,
        'lock_timeout': 5
    }
    return build_engine(url, **options | changed)


@pytest.fixture(name='make_engine')
def engine_factory(scratch_url: str) -> Iterator[MakeEngine]:
    """Engines on the scratch database; ``changed`` are arguments of ``build_engine``."""
    made: list[Engine] = []

    def make(**changed: Any) -> Engine:
        made.append(build(scratch_url, **changed))
        return made[-1]

    yield make
    for engine in made:
        engine.dispose()


@pytest.fixture(name='engine')
def empty_database(make_engine: MakeEngine) -> Engine:
    engine = make_engine()
    with engine.begin() as connection:
        connection.execute(
            text('TRUNCATE boat, boat_log, idempotency_key, procrastinate_jobs, '
                 'procrastinate_events, procrastinate_workers, procrastinate_periodic_defers'))
    return engine


@pytest.fixture(name='harbour')
def make_harbour(engine: Engine) -> Harbour:
    return Harbour(engine)


@pytest.fixture(name='nowhere')
def closed_port() -> Iterator[str]:
    """The URL of a server that is not there."""
    with socket.socket() as taken:
        taken.bind(('127.0.0.1', 0))
        yield f'postgresql://nobody:x@127.0.0.1:{taken.getsockname()[1]}/nothing'


def end_other_connections(engine: Engine) -> None:
    """What a restart of the server does to everybody of ours who is connected to this database."""
    other = engine.execution_options(isolation_level='AUTOCOMMIT')
    with other.connect() as connection:
        connection.execute(
            text('SELECT pg_terminate_backend(pid) FROM pg_stat_activity '
                 'WHERE datname = current_database() AND usename = current_user '
                 'AND pid <> pg_backend_pid()'))

"""A library of the size that its numbers are promised at, for tests of plans and of statements;
what is in it stands in ``benchmarks/library_rows.py``.

``big_library`` in ``tests/integration/app_library/conftest.py`` is a ``Site`` over it, one for
each process of the tests and made at first use; all of its rows are made once for the session, in
one process, and cloned by the others. Whoever uses it may add people and rows, removes nothing
and relies on no number of rows that it did not make.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import sql
from sqlalchemy import make_url

from benchmarks.library_rows import fill_library
from talelio_backend.bootstrap import build
from talelio_backend.settings import Settings
from tests.authors import Site
from tests.conftest import Servers, at_database, create_database

TEMPLATE = 'talelio_library_rows'
_LOCK = 7_262_001  # of everybody who wants the rows and may be the first


@contextmanager
def library_of_rows(servers: Servers, settings: Settings, worker_number: int) -> Iterator[Site]:
    """A database of its own with all the rows."""
    _make_once(servers)
    name = f'{TEMPLATE}_{worker_number}'
    _clone(servers, name)
    changed = {'database_url': at_database(servers, name), 'database_statement_timeout': 120}
    house = build(settings.model_copy(update=changed))
    try:
        yield Site(house)
    finally:
        house.close()


def _make_once(servers: Servers) -> None:
    with psycopg.connect(servers.superuser_url, autocommit=True) as link:
        link.execute('SELECT pg_advisory_lock(%s)', [_LOCK])
        made = link.execute('SELECT FROM pg_database WHERE datname = %s', [TEMPLATE]).fetchone()
        if made is None:
            unfinished = f'{TEMPLATE}_unfinished'
            create_database(servers, unfinished)
            _fill(servers, unfinished)
            link.execute(f'ALTER DATABASE {unfinished} RENAME TO {TEMPLATE}')


def _clone(servers: Servers, name: str) -> None:
    owner = make_url(servers.database_url).username or ''
    with psycopg.connect(servers.superuser_url, autocommit=True) as link:
        # One copy at a time: nobody may be connected to what is copied.
        link.execute('SELECT pg_advisory_lock(%s)', [_LOCK])
        link.execute(f'DROP DATABASE IF EXISTS {name} WITH (FORCE)')
        link.execute(
            sql.SQL('CREATE DATABASE {} TEMPLATE {} OWNER {} STRATEGY FILE_COPY').format(
                sql.Identifier(name), sql.Identifier(TEMPLATE), sql.Identifier(owner)))


def _fill(servers: Servers, database: str) -> None:
    url = make_url(servers.superuser_url).set(database=database)
    with psycopg.connect(url.render_as_string(hide_password=False), autocommit=True) as link:
        fill_library(link)

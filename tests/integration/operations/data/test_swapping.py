"""A database takes another one's place on a real server, under the eyes of its clients."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from typing import Any

import psycopg
import pytest
from psycopg import sql
from psycopg.rows import dict_row
from sqlalchemy import make_url, text
from structlog.testing import capture_logs

from talelio_backend.operations.data.swapping import DatabaseSwap
from talelio_backend.operations.domain.replaced import before_name
from talelio_backend.operations.domain.restore_errors import NotAllowed, StillInUse
from talelio_backend.shared.data.database import ReadDatabase, build_engine
from talelio_backend.shared.domain.errors import DatabaseUnavailable
from tests.conftest import Servers, at_database, create_database
from tests.eventually import eventually

ROOT = Path(__file__).parents[4]
WHICH = text('SELECT name FROM which')


@dataclass(frozen=True, kw_only=True)
class Place:
    """Two databases that say which they are: ``live`` and ``beside``."""

    servers: Servers
    live: str
    beside: str
    before: str

    @property
    def url(self) -> str:
        return at_database(self.servers, self.live)

    @property
    def swap(self) -> DatabaseSwap:
        return DatabaseSwap(lambda: self.url)

    def exchange(self) -> None:
        self.swap.exchange(beside=self.beside, before=self.before)

    def says(self, database: str) -> Any:
        with psycopg.connect(at_database(self.servers, database)) as link:
            row = link.execute('SELECT name FROM which').fetchone()
            return row[0] if row else None

    def superuser(self, database: str) -> psycopg.Connection:
        url = make_url(self.servers.superuser_url).set(database=database)
        return psycopg.connect(url.render_as_string(hide_password=False), autocommit=True)


@pytest.fixture(name='place')
def make_place(servers: Servers, worker_number: int) -> Iterator[Place]:
    # With what PostgreSQL lets a name hold.
    names = [f'swap-{kind}"%s{worker_number}' for kind in ('live', 'beside', 'before')]
    place = Place(servers=servers, live=names[0], beside=names[1], before=names[2])
    _drop(place)
    for name in names[:2]:
        with psycopg.connect(create_database(servers, name, template='template0')) as link:
            link.execute('CREATE TABLE which (name text)')
            link.execute('INSERT INTO which VALUES (%s)', [name])
    yield place
    _drop(place)


def _drop(place: Place) -> None:
    with place.superuser('postgres') as link:
        for name in (place.live, place.beside, place.before):
            link.execute(
                sql.SQL('DROP DATABASE IF EXISTS {} WITH (FORCE)').format(sql.Identifier(name)))


def test_names_are_exchanged(place: Place) -> None:
    place.exchange()
    assert place.says(place.live) == place.beside
    assert place.says(place.before) == place.live
    with pytest.raises(psycopg.OperationalError, match='does not exist'):
        place.says(place.beside)


def test_readers_see_the_old_or_the_new_one_and_come_back(place: Place) -> None:
    engine = build_engine(place.url,
                          pool_size=4,
                          overflow=0,
                          timeout=5,
                          statement_timeout=5,
                          lock_timeout=5,
                          autocommit=True)
    read, stop = ReadDatabase(engine), Event()
    seen: list[set[str]] = [set() for _ in range(4)]

    def look_on(mine: set[str]) -> None:
        while not stop.is_set():
            try:
                mine.add(str(read.one(WHICH).name))
            except DatabaseUnavailable:
                mine.add('unavailable')

    with ThreadPoolExecutor(4) as pool:
        readers = [pool.submit(look_on, mine) for mine in seen]
        try:
            eventually(lambda: all(place.live in mine for mine in seen))
            place.exchange()
            eventually(lambda: all(place.beside in mine for mine in seen))
        finally:
            stop.set()
        for reader in readers:
            reader.result()
    engine.dispose()
    assert set().union(*seen) <= {place.live, place.beside, 'unavailable'}


def test_transaction_that_was_open_is_not_carried_over(place: Place) -> None:
    with psycopg.connect(place.url) as link:
        link.execute("INSERT INTO which VALUES ('lost')")
        place.exchange()
        with pytest.raises(psycopg.OperationalError):
            link.commit()
    with psycopg.connect(at_database(place.servers, place.before)) as link:
        assert link.execute('SELECT count(*) FROM which').fetchone() == (1, )


def test_session_that_cannot_be_ended_keeps_everything_as_it_is(place: Place) -> None:
    with place.superuser(place.live) as visitor:
        with pytest.raises(StillInUse, match='1 of postgres'):
            place.exchange()
        assert visitor.execute('SELECT 1').fetchone() == (1, )
    assert place.says(place.live) == place.live
    assert place.says(place.beside) == place.beside


def test_killed_exchange_leaves_the_live_database_open(place: Place) -> None:
    program = (
        'import sys; from talelio_backend.operations.data.swapping import DatabaseSwap; '
        'DatabaseSwap(lambda: sys.argv[1]).exchange(beside=sys.argv[2], before=sys.argv[3])')
    with place.superuser(place.live) as visitor:
        command = [sys.executable, '-c', program, place.url, place.beside, place.before]
        with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE) as process:
            # The visitor keeps it in the middle of the first rename.
            eventually(lambda: _renaming(visitor, place))
            os.kill(process.pid, signal.SIGKILL)
            process.communicate()
        eventually(lambda: not _renaming(visitor, place))
    assert place.says(place.live) == place.live
    place.exchange()
    assert place.says(place.live) == place.beside


def _renaming(link: psycopg.Connection, place: Place) -> bool:
    row = link.execute(
        "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' "
        'AND starts_with(query, %s)',
        [f'ALTER DATABASE {sql.Identifier(place.live).as_string(link)}']).fetchone()
    return row is not None and row[0] > 0


def test_replaced_databases_are_found_with_their_time(place: Place) -> None:
    assert not place.swap.replaced()
    moment = datetime(2026, 3, 14, 12, tzinfo=UTC)
    before = before_name(place.live, moment)
    place.swap.exchange(beside=place.beside, before=before)
    assert place.swap.replaced() == {before: moment}
    with place.superuser('postgres') as link:
        link.execute(sql.SQL('DROP DATABASE {}').format(sql.Identifier(before)))


def test_rights_and_settings_of_the_database_are_inherited(place: Place) -> None:
    names = {'live': sql.Identifier(place.live)}
    with place.superuser('postgres') as link:
        for told in ('REVOKE ALL ON DATABASE {live} FROM PUBLIC',
                     'GRANT CONNECT ON DATABASE {live} TO pg_monitor WITH GRANT OPTION',
                     'ALTER DATABASE {live} CONNECTION LIMIT 90',
                     "ALTER DATABASE {live} SET search_path = public, \'odd \"one\'",
                     "ALTER DATABASE {live} SET work_mem = '7MB'",
                     "ALTER DATABASE {live} SET log_min_duration_statement = 9999"):
            link.execute(sql.SQL(told).format(**names))
        before = _properties(link, place.live)
        with capture_logs() as log:
            place.swap.inherit(place.beside)
        after = _properties(link, place.beside)
    assert before['datconnlimit'] == after['datconnlimit'] == 90
    assert before['datacl'] == after['datacl']
    assert set(before['settings']) - set(after['settings']) == {'log_min_duration_statement=9999'}
    assert [entry['event'] for entry in log] == ['setting_not_inherited']


def _properties(link: psycopg.Connection, database: str) -> dict[str, Any]:
    cursor = link.cursor(row_factory=dict_row)
    found = cursor.execute(
        'SELECT datconnlimit, datacl::text, setconfig AS settings FROM pg_database AS database '
        'LEFT JOIN pg_db_role_setting ON setdatabase = database.oid WHERE datname = %s',
        [database]).fetchone()
    assert found is not None
    return found


def test_role_that_owns_its_database_may_exchange_it(place: Place) -> None:
    place.swap.check()


@pytest.mark.parametrize(('take', 'give', 'reason'), [
    ('ALTER DATABASE {live} OWNER TO postgres', 'ALTER DATABASE {live} OWNER TO {role}', 'own'),
    ('ALTER ROLE {role} NOCREATEDB', 'ALTER ROLE {role} CREATEDB', 'CREATEDB'),
])
def test_role_without_the_rights_is_refused_beforehand(place: Place, take: str, give: str,
                                                       reason: str,
                                                       own_role: Callable[[], str]) -> None:
    role = own_role()
    names = {
        'live': sql.Identifier(place.live),
        'role': sql.Identifier(role),
    }
    url = make_url(place.url).set(username=role, password='x').render_as_string(False)
    swap = DatabaseSwap(lambda: url)
    with place.superuser('postgres') as link:
        link.execute(sql.SQL('ALTER DATABASE {live} OWNER TO {role}').format(**names))
        swap.check()
        link.execute(sql.SQL(take).format(**names))
        with pytest.raises(NotAllowed, match=reason):
            swap.check()
        link.execute(sql.SQL(give).format(**names))
    swap.check()


@pytest.fixture(name='own_role')
def make_role(place: Place, worker_number: int) -> Iterator[Callable[[], str]]:
    """A role of the test's own, since the rights of the application's are everybody's here."""
    name = f'swapper_{worker_number}'
    role = sql.Identifier(name)

    def make() -> str:
        with place.superuser('postgres') as link:
            link.execute(sql.SQL('DROP ROLE IF EXISTS {}').format(role))
            link.execute(sql.SQL("CREATE ROLE {} LOGIN CREATEDB PASSWORD 'x'").format(role))
        return name

    yield make
    _drop(place)
    with place.superuser('postgres') as link:
        link.execute(sql.SQL('DROP ROLE IF EXISTS {}').format(role))

import traceback
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine, exc, text

from talelio_backend.shared.data import database
from talelio_backend.shared.data.database import ReadDatabase, psycopg2_url
from talelio_backend.shared.data.failures import database_failures
from talelio_backend.shared.domain.errors import Busy, DatabaseUnavailable
from tests.eventually import eventually
from tests.integration.shared.data.conftest import MakeEngine, build, end_other_connections

ONE = text('SELECT 1 AS one')


@pytest.fixture(name='read')
def make_read(engine: Engine, make_engine: MakeEngine) -> ReadDatabase:
    assert engine
    return ReadDatabase(make_engine(autocommit=True))


@pytest.mark.parametrize(
    'url', ['postgres://u:p@h/d', 'postgresql://u:p@h/d', 'postgresql+psycopg2://u:p@h/d'])
def test_one_driver_serves_every_spelling(url: str) -> None:
    driver = psycopg2_url(url)
    assert driver.render_as_string(hide_password=False) == 'postgresql+psycopg2://u:p@h/d'


def test_engine_connects_at_first_use(nowhere: str) -> None:
    engine = build(nowhere)
    assert engine.pool.status()
    engine.dispose()


@pytest.mark.parametrize(('setting', 'value'), [('timezone', 'UTC'),
                                                ('statement_timeout', '1500ms'),
                                                ('lock_timeout', '250ms'),
                                                ('idle_in_transaction_session_timeout', '30s'),
                                                ('application_name', 'talelio')])
def test_every_wait_is_bounded(make_engine: MakeEngine, setting: str, value: str) -> None:
    for autocommit in (False, True):
        engine = make_engine(statement_timeout=1.5, lock_timeout=0.25, autocommit=autocommit)
        assert ReadDatabase(engine).one(text(f'SHOW {setting}'))[0] == value


def test_read_gives_rows(read: ReadDatabase) -> None:
    assert read.one(ONE).one == 1
    assert read.one(text('SELECT 1 WHERE false')) is None
    rows = read.all(text('SELECT generate_series(1, :n) AS n'), {'n': 3})
    assert [row.n for row in rows] == [1, 2, 3]
    assert read.one(text("SELECT 1.10::numeric AS money")).money == Decimal('1.10')


def test_reading_leaves_no_transaction_behind(read: ReadDatabase) -> None:
    read.one(ONE)
    state = read.one(
        text('SELECT xact_start = query_start AS fresh FROM pg_stat_activity '
             'WHERE pid = pg_backend_pid()'))
    assert state.fresh


def test_read_survives_a_restart(read: ReadDatabase, make_engine: MakeEngine) -> None:
    read.one(ONE)
    end_other_connections(make_engine())
    assert read.one(ONE).one == 1


def test_connection_that_was_ended_a_moment_ago_is_not_used(make_engine: MakeEngine) -> None:
    engine, observer = make_engine(), make_engine(autocommit=True)
    with engine.begin() as connection:
        process = connection.execute(text('SELECT pg_backend_pid()')).scalar()
    end_other_connections(observer)
    still_there = text('SELECT count(*) FROM pg_stat_activity WHERE pid = :process')
    with observer.connect() as other:
        eventually(lambda: other.scalar(still_there, {'process': process}) == 0)
    with engine.begin() as connection:
        assert connection.execute(ONE).scalar() == 1


def test_connection_that_idled_is_asked_before_it_is_used(make_engine: MakeEngine,
                                                          monkeypatch: pytest.MonkeyPatch) -> None:
    engine = make_engine()
    with engine.begin() as connection:
        connection.execute(ONE)
    end_other_connections(make_engine())
    monkeypatch.setattr(database, 'IDLE_BEFORE_PING', 0.0)
    with engine.begin() as connection:
        assert connection.execute(ONE).scalar() == 1


def test_failures_of_reading_are_told_in_words_of_the_domain(make_engine: MakeEngine,
                                                             nowhere: str) -> None:
    hurried = ReadDatabase(make_engine(autocommit=True, statement_timeout=0.1))
    with pytest.raises(Busy):
        hurried.one(text('SELECT pg_sleep(3)'))
    absent = build(nowhere, autocommit=True)
    with pytest.raises(DatabaseUnavailable):
        ReadDatabase(absent).one(ONE)
    absent.dispose()


def raised_by(action: Callable[[], Any]) -> str:
    with pytest.raises(Exception) as raised, database_failures():
        action()
    return type(raised.value).__name__


def test_mistake_of_ours_is_no_failure_of_the_server(read: ReadDatabase) -> None:
    assert raised_by(lambda: read.one(text('SELECT nothing FROM nowhere'))) == 'ProgrammingError'
    assert raised_by(lambda: next(iter([]))) == 'StopIteration'


def test_no_value_of_a_parameter_gets_into_an_error(read: ReadDatabase) -> None:
    with pytest.raises(Exception) as raised:
        read.one(text('SELECT 1 / 0, :secret'), {'secret': 'sesame'})
    assert 'sesame' not in str(raised.value)


@pytest.mark.parametrize('autocommit', [False, True])
@pytest.mark.parametrize('statement', [
    "INSERT INTO person (address) VALUES ('ann@example.org')",
    "INSERT INTO person (address, note) VALUES ('x', 'ann@example.org, born 1990')",
    "UPDATE person SET address = NULL, note = 'ann@example.org'",
])
def test_error_of_the_database_shows_no_value(engine: Engine, make_engine: MakeEngine,
                                              statement: str, autocommit: bool) -> None:
    assert engine
    with make_engine(autocommit=autocommit).connect() as connection:
        connection.execute(
            text('CREATE TEMPORARY TABLE person (address text UNIQUE NOT NULL, '
                 "note text CONSTRAINT short CHECK (length(note) < 8))"))
        connection.execute(text("INSERT INTO person VALUES ('ann@example.org')"))
        with pytest.raises(exc.IntegrityError) as refused:
            connection.execute(text(statement))
        # As the log of a crash prints it, causes included.
        printed = ''.join(traceback.format_exception(refused.value))
        connection.rollback()
    assert 'violates' in printed
    said = [line for line in printed.splitlines() if 'violates' in line or 'DETAIL' in line]
    assert not [line for line in said if 'ann' in line or 'DETAIL' in line]
    assert 'Failing row' not in printed and 'already exists' not in printed

from collections.abc import Iterator
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from alembic.util import CommandError
from psycopg import sql
from sqlalchemy import (Connection, Engine, Enum, LargeBinary, MetaData, Table, exc, inspect,
                        make_url, text)
from sqlalchemy.dialects.postgresql import ARRAY, JSON, JSONB, TSVECTOR
from sqlalchemy.types import Boolean, Date, DateTime, Float, Integer, Numeric, String, Uuid

from talelio_backend.bootstrap import table_metadata
from talelio_backend.shared.data.schema import Schema
from tests.integration.shared.data.conftest import build

ROOT = Path(__file__).parents[4]


@pytest.fixture(name='empty_url')
def make_empty_database(servers: Any, worker_number: int) -> Iterator[str]:
    name = f'schema_{worker_number}'
    url = make_url(servers.database_url)
    drop = sql.SQL('DROP DATABASE IF EXISTS {} WITH (FORCE)').format(sql.Identifier(name))
    with psycopg.connect(servers.superuser_url, autocommit=True) as link:
        link.execute(drop)
        link.execute(
            sql.SQL('CREATE DATABASE {} TEMPLATE template0 OWNER {}').format(
                sql.Identifier(name), sql.Identifier(str(url.username))))
        yield url.set(database=name).render_as_string(hide_password=False)
        link.execute(drop)


@pytest.fixture(name='empty')
def connect_to_empty_database(empty_url: str) -> Iterator[Engine]:
    engine = build(empty_url)
    yield engine
    engine.dispose()


def migrate(url: str) -> str | None:
    engine = build(url, statement_timeout=1, lock_timeout=1)
    Schema(engine).upgrade()
    return Schema(engine).present()


def tables(engine: Engine) -> set[str]:
    return set(inspect(engine).get_table_names())


def test_upgrade_makes_the_tables_of_the_code(empty: Engine) -> None:
    schema = Schema(empty)
    assert schema.present() is None
    assert len(schema.pending()) == len(list((ROOT / 'migrations' / 'versions').glob('*.py')))
    schema.upgrade()
    assert schema.present() == schema.head()
    assert not schema.pending()
    assert set(table_metadata().tables) <= tables(empty)
    schema.check()


def test_second_upgrade_changes_nothing(empty: Engine) -> None:
    schema = Schema(empty)
    schema.upgrade()
    before = tables(empty)
    schema.upgrade()
    assert tables(empty) == before


def test_drift_is_noticed(empty: Engine) -> None:
    schema = Schema(empty)
    schema.upgrade()
    with empty.begin() as connection:
        connection.execute(text('ALTER TABLE idempotency_key ADD COLUMN drifted integer'))
    with pytest.raises(CommandError, match='drifted'):
        schema.check()


def test_every_migration_goes_up_down_and_up_again_over_rows(empty: Engine) -> None:
    schema, filled = Schema(empty), set()
    for line in schema.pending():
        schema.upgrade(line.split()[0])
        filled |= fill(empty)
        schema.downgrade('-1')
        schema.upgrade(line.split()[0])
        filled |= fill(empty)
    assert schema.present() == schema.head()
    schema.check()
    # Where a check asks for more than a value of the type, the area's own tests hold the rows.
    assert {'procrastinate_jobs', 'idempotency_key'} <= filled
    schema.downgrade('base')
    assert tables(empty) <= {'alembic_version'}
    assert not left_behind(empty)
    schema.upgrade()
    schema.check()


def left_behind(engine: Engine) -> list[str]:
    """Functions, types and sequences that a downgrade should have taken with it."""
    with engine.connect() as connection:
        rows = connection.execute(
            text("SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace "
                 "UNION ALL SELECT typname FROM pg_type "
                 "WHERE typnamespace = 'public'::regnamespace AND typname NOT LIKE '%alembic%' "
                 "UNION ALL SELECT sequencename FROM pg_sequences WHERE schemaname = 'public'"))
        return [row[0] for row in rows]


def fill(engine: Engine) -> set[str]:
    """A row in every table whose checks let one of plain values in; the names of those."""
    present = MetaData()
    present.reflect(engine)
    filled = set()
    for table in present.sorted_tables:
        if table.name == 'alembic_version':
            continue
        try:
            with engine.begin() as connection:
                connection.execute(table.insert(), plain_row(connection, table))
        except exc.DBAPIError:
            continue
        filled.add(table.name)
    return filled


def plain_row(connection: Connection, table: Table) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for column in table.columns:
        optional = column.nullable or column.server_default is not None or column.computed
        if optional or column.identity is not None:
            continue
        keys = list(column.foreign_keys)
        if keys:
            target = keys[0].column
            row[column.name] = connection.scalar(target.table.select().with_only_columns(target))
        else:
            row[column.name] = plain_value(column.type)
    return row


def plain_value(kind: Any) -> Any:
    if isinstance(kind, Enum):
        return kind.enums[0]
    values: list[tuple[Any, Any]] = [(Uuid, uuid4()), (Boolean, False), (Integer, 1),
                                     ((Numeric, Float), 1), (DateTime, datetime.now(UTC)),
                                     (Date, datetime.now(UTC).date()), (LargeBinary, b'x'),
                                     ((JSON, JSONB), {}), (ARRAY, []), (TSVECTOR, ''),
                                     (String, 'x')]
    return next(value for types, value in values if isinstance(kind, types))


def test_of_ten_migrations_at_once_one_works_and_nine_wait(empty_url: str, empty: Engine) -> None:
    context = get_context('forkserver')
    context.set_forkserver_preload(['talelio_backend.bootstrap', __name__])
    with context.Pool(10) as processes:
        revisions = processes.map(migrate, [empty_url] * 10, chunksize=1)
    assert set(revisions) == {Schema(empty).head()}


def test_failed_upgrade_gives_the_lock_back(empty: Engine) -> None:
    schema = Schema(empty)
    with pytest.raises(CommandError):
        schema.upgrade('no_such_revision')
    with empty.connect() as connection:
        held = connection.scalar(text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"))
        assert held == 0
    schema.upgrade()


def test_settings_of_a_migration_do_not_stay_behind(empty: Engine) -> None:
    Schema(empty).upgrade()
    with empty.connect() as connection:
        assert connection.scalar(text('SHOW statement_timeout')) == '10s'
        assert connection.scalar(text('SHOW lock_timeout')) == '5s'


def test_revision_of_a_newer_version_is_not_understood(empty: Engine) -> None:
    schema = Schema(empty)
    schema.upgrade()
    with empty.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'of_the_future'"))
    assert schema.present() == 'of_the_future'
    with pytest.raises(CommandError):
        schema.pending()
    with pytest.raises(CommandError):
        schema.upgrade()

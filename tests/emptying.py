"""A database as its migrations left it, without migrating anew.

TRUNCATE makes a file anew for each table and index, 50 ms for all of them; most tests write a few
rows into a few tables. So these are looked for, and emptied row by row.
"""

from typing import Any

import psycopg
from psycopg import sql

# Rows that the migrations bring, in the order in which they refer to each other.
SEEDED = ('library_item_type', 'library_policy', 'library_tariff')
# What says which schema this is, and that every session before some moment has ended.
KEPT = ('alembic_version', 'data_epoch')
# From here on a table is cheaper to make anew than to leave full of dead rows.
LARGE = 4 * 1024 * 1024

_TABLES = """
    SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"""
_GUARDS = """
    SELECT relname, tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
    WHERE tgenabled = 'A'"""
_RESTART = """
    SELECT setval(format('%I.%I', schemaname, sequencename), start_value, false)
    FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL"""
_HAS_ROWS = 'SELECT {name}, pg_table_size({name}) WHERE EXISTS (SELECT FROM {table})'
_HAS_OTHERS = """
    SELECT {name}, pg_table_size({name})
    WHERE (SELECT coalesce(string_agg(seed::text, '' ORDER BY seed::text), '') FROM {table} seed)
          <> {seeds}"""


class Emptying:
    """Of one database. ``url`` is a superuser's: triggers and foreign keys do not watch this."""

    def __init__(self, url: str) -> None:
        # Kept, so that PostgreSQL plans the long question once.
        self._link = link = psycopg.connect(url,
                                            autocommit=True,
                                            options='-c session_replication_role=replica')
        tables = [row[0] for row in link.execute(_TABLES) if row[0] not in KEPT]
        self._seeds = {table: _copied(link, table) for table in SEEDED}
        self._guards: list[tuple[str, str]] = link.execute(_GUARDS).fetchall()
        self._look = sql.SQL(' UNION ALL ').join(_question(link, table) for table in tables)

    def close(self) -> None:
        self._link.close()

    def __call__(self) -> None:
        with self._link.transaction():
            written = self._written()
            large = [table for table, size in written.items() if size > LARGE]
            if large:
                # Takes along what refers to these.
                self._truncate(large)
                written = self._written()
            for table in written:
                self._delete(table)
            for table, rows in self._seeds.items():
                if table in written:
                    _restore(self._link, table, rows)
            self._link.execute(_RESTART)

    def _written(self) -> dict[str, int]:
        return dict(self._link.execute(self._look).fetchall())

    def _truncate(self, tables: list[str]) -> None:
        self._guard('DISABLE')
        names = sql.SQL(', ').join(map(sql.Identifier, tables))
        self._link.execute(sql.SQL('TRUNCATE {} CASCADE').format(names))
        self._guard('ENABLE ALWAYS')

    def _delete(self, table: str) -> None:
        self._guard('DISABLE', table)
        self._link.execute(sql.SQL('DELETE FROM {}').format(sql.Identifier(table)))
        self._guard('ENABLE ALWAYS', table)

    def _guard(self, how: str, only: str | None = None) -> None:
        """Of tables that refuse to be emptied, whoever asks."""
        for table, trigger in self._guards:
            if only in (None, table):
                statement = sql.SQL('ALTER TABLE {} {} TRIGGER {}').format(
                    sql.Identifier(table), sql.SQL(how), sql.Identifier(trigger))
                self._link.execute(statement)


def _question(link: psycopg.Connection[Any], table: str) -> sql.Composed:
    """Answers the table and its size where it holds other rows than it should."""
    parts = {'name': sql.Literal(table), 'table': sql.Identifier(table)}
    if table not in SEEDED:
        return sql.SQL(_HAS_ROWS).format(**parts)
    row = link.execute(
        sql.SQL("SELECT coalesce(string_agg(seed::text, '' ORDER BY seed::text), '') "
                'FROM {table} seed').format(**parts)).fetchone()
    assert row is not None
    return sql.SQL(_HAS_OTHERS).format(**parts, seeds=sql.Literal(row[0]))


def _copied(link: psycopg.Connection[Any], table: str) -> bytes:
    copy = sql.SQL('COPY {} TO STDOUT').format(sql.Identifier(table))
    with link.cursor().copy(copy) as rows:
        return b''.join(bytes(row) for row in rows)


def _restore(link: psycopg.Connection[Any], table: str, rows: bytes) -> None:
    copy = sql.SQL('COPY {} FROM STDIN').format(sql.Identifier(table))
    with link.cursor().copy(copy) as restored:
        restored.write(rows)

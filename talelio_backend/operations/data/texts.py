"""Addresses in the rows of a database, wherever a text, a list of texts or a document may be."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy.exc import DataError, IntegrityError

from talelio_backend.operations.data.connections import Address, connected
from talelio_backend.operations.domain.addresses import Move
from talelio_backend.operations.domain.errors import LoadFailed

# The queue's rows are the queue's; an answer that is kept for a repeated request was given at
# the former address; and what happened is told as it happened, under a seal that a change breaks.
_COLUMNS = text('''
    SELECT class.relname AS table_name, attribute.attname AS column_name,
           format_type(attribute.atttypid, attribute.atttypmod) AS type
    FROM pg_attribute AS attribute
    JOIN pg_class AS class ON class.oid = attribute.attrelid
    JOIN pg_namespace AS schema ON schema.oid = class.relnamespace
    WHERE schema.nspname = 'public' AND class.relkind = 'r' AND attribute.attnum > 0
      AND NOT attribute.attisdropped AND attribute.attgenerated = ''
      AND (attribute.atttypid IN ('text'::regtype, 'varchar'::regtype, 'text[]'::regtype,
                                  'varchar[]'::regtype, 'json'::regtype, 'jsonb'::regtype))
      AND class.relname NOT LIKE 'procrastinate\\_%' AND class.relname NOT LIKE 'activity%'
      AND class.relname NOT IN ('alembic_version', 'idempotency_key')
    ORDER BY 1, 2
''')
_BATCH = 200  # rows


@dataclass(frozen=True)
class _Column:
    name: str
    type: str

    @property
    def is_document(self) -> bool:
        return self.type.startswith('json')


class SqlTexts:

    def __init__(self, address: Address) -> None:
        self._address = address

    def rewrite(self, database: str, move: Move) -> Mapping[str, int]:
        changed = {}
        with connected(self._address(), database=database, isolation='READ COMMITTED') as link:
            try:
                with link.begin():
                    for table, columns in _tables(link).items():
                        changed[table] = _rewrite(link, table, columns, move)
            except (DataError, IntegrityError) as error:
                raise LoadFailed(
                    f'a text has no room for the new address: {error.orig}') from error
        return {table: rows for table, rows in changed.items() if rows}


def _tables(link: Connection) -> dict[str, list[_Column]]:
    found: dict[str, list[_Column]] = {}
    for row in link.execute(_COLUMNS):
        found.setdefault(row.table_name, []).append(_Column(row.column_name, row.type))
    return found


def _rewrite(link: Connection, table: str, columns: list[_Column], move: Move) -> int:
    """Row by row: only those that name an address are changed, and those are few."""
    quoted = link.dialect.identifier_preparer.quote_identifier
    names = [quoted(column.name) for column in columns]
    # The names come from the catalogue, quoted.
    shown = ', '.join(
        f'{name}::text AS v{number}' if column.is_document else f'{name} AS v{number}'
        for number, (name, column) in enumerate(zip(names, columns)))
    named = ' OR '.join(f'strpos({name}::text, :b{place}) > 0' for name in names
                        for place in range(len(move.beginnings)))
    set_to = ', '.join(f'{name} = CAST(:v{number} AS {column.type})'
                       for number, (name, column) in enumerate(zip(names, columns)))
    place = quoted(table)
    concerned = text(f'SELECT ctid::text AS row, {shown} FROM {place} WHERE {named}')
    found = link.execute(concerned.execution_options(stream_results=True, max_row_buffer=_BATCH), {
        f'b{number}': beginning
        for number, beginning in enumerate(move.beginnings)
    })
    update = text(f'UPDATE {place} SET {set_to} WHERE ctid = CAST(:row AS tid)')
    number = 0
    for rows in found.mappings().partitions(_BATCH):
        changed = [_moved(dict(row), move) for row in rows]
        link.execute(update, changed)
        number += len(changed)
    return number


def _moved(row: Mapping[str, Any], move: Move) -> dict[str, Any]:
    return {name: value if name == 'row' else _value(value, move) for name, value in row.items()}


def _value(value: Any, move: Move) -> Any:
    if isinstance(value, str):
        return move.rewrite(value)
    return [_value(one, move) for one in value] if isinstance(value, list) else value

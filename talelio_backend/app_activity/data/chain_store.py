import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, TextClause, select, text

from talelio_backend.app_activity.data.orm import activity_table
from talelio_backend.app_activity.data.stored_rows import COLUMNS, stored_row
from talelio_backend.app_activity.domain.chain import Link, Place, Row
from talelio_backend.app_activity.services.ports import Ends
from talelio_backend.shared.data.database import ReadDatabase
from talelio_backend.shared.data.failures import database_failures

_C = activity_table.c
# The functions of the migration take the same lock.
_LOCK = text('SELECT pg_advisory_xact_lock(7410993402181021)')
_ENDS = text('''
    SELECT checkpoint_seq, checkpoint_hash, head_seq, head,
        coalesce((SELECT max(seq) FROM activity), 0) AS last_seq
    FROM (VALUES (1)) AS one (id) LEFT JOIN activity_chain USING (id)
''')
_SEAL = text('''
    UPDATE activity SET seq = link.seq, prev_hash = link.prev_hash,
        content_hash = link.content_hash, hash = link.hash
    FROM json_to_recordset(CAST(:links AS json)) AS link (id uuid, seq bigint, prev_hash text,
                                                          content_hash text, hash text)
    WHERE activity.id = link.id
''')
_MOVE_HEAD = text('''
    INSERT INTO activity_chain (id, checkpoint_seq, checkpoint_hash, head_seq, head)
    VALUES (1, 0, repeat('0', 64), :seq, :hash)
    ON CONFLICT (id) DO UPDATE SET head_seq = excluded.head_seq, head = excluded.head
''')
_NOTE = text('''
    INSERT INTO activity_chain (id, checkpoint_seq, checkpoint_hash, head_seq, head, verified_at,
                                ok)
    VALUES (1, 0, repeat('0', 64), 0, repeat('0', 64), :verified_at, :ok)
    ON CONFLICT (id) DO UPDATE SET verified_at = excluded.verified_at, ok = excluded.ok
''')
_REDACT = text('SELECT activity_redact(:person)')
_RETIRE = text('SELECT activity_retire(:before, :at_most)')
_WAITING = select(*COLUMNS).where(_C.seq.is_(None)).order_by(_C.created_at, _C.id)


class SqlChainStore:
    """See the port ``ChainStore``."""

    def __init__(self, engine: Engine, read: ReadDatabase) -> None:
        self._engine = engine
        self._read = read

    def extend(self, links: Callable[[Place, Sequence[Row]], Iterable[Link]], *,
               at_most: int) -> int:
        with database_failures(), self._engine.begin() as connection:
            connection.execute(_LOCK)
            found = connection.execute(_WAITING.limit(at_most)).all()
            rows = [stored_row(row) for row in found]
            made = [*links(_ends(connection.execute(_ENDS).one()).head, rows)]
            if made:
                _store(connection, made)
            return len(made)

    def ends(self) -> Ends:
        return _ends(self._read.one(_ENDS))

    def rows_behind(self, seq: int, *, up_to: int, at_most: int) -> Sequence[Row]:
        statement = select(*COLUMNS).where(_C.seq > seq, _C.seq <= up_to)
        return [
            stored_row(row) for row in self._read.all(statement.order_by(_C.seq).limit(at_most))
        ]

    def note(self, *, verified_at: datetime, ok: bool) -> None:
        with database_failures(), self._engine.begin() as connection:
            connection.execute(_NOTE, {'verified_at': verified_at, 'ok': ok})

    def redact(self, person: UUID) -> int:
        return self._called(_REDACT, person=person)

    def retire(self, *, before: datetime, at_most: int) -> int:
        return self._called(_RETIRE, before=before, at_most=at_most)

    def _called(self, function: TextClause, **arguments: Any) -> int:
        with database_failures(), self._engine.begin() as connection:
            return int(connection.execute(function, arguments).scalar_one())


def _ends(row: Any) -> Ends:
    known = row.head_seq is not None
    return Ends(
        checkpoint=Place(seq=row.checkpoint_seq, hash=row.checkpoint_hash) if known else Place(),
        head=Place(seq=row.head_seq, hash=row.head) if known else Place(),
        last_seq=row.last_seq)


def _store(connection: Connection, made: Sequence[Link]) -> None:
    connection.execute(_SEAL, {'links': json.dumps([asdict(link) for link in made], default=str)})
    connection.execute(_MOVE_HEAD, {'seq': made[-1].seq, 'hash': made[-1].hash})

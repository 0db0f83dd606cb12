from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (Boolean, Column, Connection, Engine, Index, Integer, LargeBinary, Table,
                        Text, bindparam, delete, select, update)
from sqlalchemy.dialects.postgresql import JSONB, insert

from talelio_backend.shared.data.failures import database_failures
from talelio_backend.shared.data.orm import Id, Time, metadata
from talelio_backend.shared.domain.ids import new_id
from talelio_backend.shared.services.clock import Clock
from talelio_backend.shared.services.idempotency import (Claim, IdempotencyAnswerLost,
                                                         IdempotencyInProgress,
                                                         IdempotencyKeyReused, RequestKey,
                                                         StoredAnswer)

KEPT_FOR = timedelta(hours=24)
# A request lives at most this long (gunicorn's timeout is below it); a claim without an answer
# that is older belongs to a process that died.
LONGEST_REQUEST = timedelta(seconds=120)

table = Table(
    'idempotency_key',
    metadata,
    Column('id', Id, primary_key=True),
    Column('scope', LargeBinary, nullable=False, unique=True),
    Column('fingerprint', Text, nullable=False),
    Column('created_at', Time, nullable=False),
    Column('carried_out', Boolean, nullable=False, server_default='false'),
    Column('status', Integer),
    Column('headers', JSONB),
    Column('body', LargeBinary),
    Index(None, 'created_at'),
)

carried_out = update(table).where(table.c.id == bindparam('claim')).values(carried_out=True)


class SqlIdempotencyStore:
    """Keys in the database and not in Redis: that a change was made is noted in the change's own
    transaction, so a process that dies between change and answer never makes it a second time."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    def claim(self, *, caller: str, route: str, key: str, fingerprint: str) -> Claim:
        scope = RequestKey(caller=caller, route=route, key=key, fingerprint=fingerprint).scope
        claim = Claim(id=new_id())
        now = self._clock.now()
        with database_failures(), self._engine.begin() as connection:
            # The row lock makes of two requests with one key a first and a second.
            present = connection.execute(
                select(table).where(table.c.scope == scope).with_for_update()).one_or_none()
            if present is not None and self._is_over(present, now):
                connection.execute(delete(table).where(table.c.id == present.id))
                present = None
            if present is not None:
                return self._replay(present, fingerprint, now)
            return self._take(connection, claim, scope, fingerprint)

    def _is_over(self, row: Any, now: datetime) -> bool:
        died_before_the_change = (row.status is None and not row.carried_out
                                  and row.created_at < now - LONGEST_REQUEST)
        return bool(died_before_the_change or row.created_at < now - KEPT_FOR)

    @staticmethod
    def _replay(row: Any, fingerprint: str, now: datetime) -> Claim:
        if row.fingerprint != fingerprint:
            raise IdempotencyKeyReused()
        if row.status is not None:
            answer = StoredAnswer(status=row.status, headers=row.headers, body=row.body)
            return Claim(id=row.id, answer=answer)
        still_running = row.created_at >= now - LONGEST_REQUEST
        raise IdempotencyInProgress() if still_running else IdempotencyAnswerLost()

    def _take(self, connection: Connection, claim: Claim, scope: bytes, fingerprint: str) -> Claim:
        taken = connection.execute(
            insert(table).values(id=claim.id,
                                 scope=scope,
                                 fingerprint=fingerprint,
                                 created_at=self._clock.now()).on_conflict_do_nothing())
        if taken.rowcount == 0:
            raise IdempotencyInProgress()
        return claim

    def keep(self, claim: Claim, answer: StoredAnswer) -> None:
        with database_failures(), self._engine.begin() as connection:
            connection.execute(
                update(table).where(table.c.id == claim.id).values(status=answer.status,
                                                                   headers=dict(answer.headers),
                                                                   body=answer.body))

    def release(self, claim: Claim) -> None:
        with database_failures(), self._engine.begin() as connection:
            connection.execute(
                delete(table).where(table.c.id == claim.id, table.c.carried_out.is_(False)))

    def sweep(self) -> None:
        """Removes the keys that are past their 24 hours."""
        with database_failures(), self._engine.begin() as connection:
            connection.execute(
                delete(table).where(table.c.created_at < self._clock.now() - KEPT_FOR))

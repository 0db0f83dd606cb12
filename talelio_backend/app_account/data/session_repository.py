from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Integer, bindparam, delete, func, select, text, update
from sqlalchemy.orm import Session as OrmSession

from talelio_backend.app_account.data.orm import session_table
from talelio_backend.app_account.domain.session import Lifetimes, Session
from talelio_backend.app_account.services.ports import SEEN_EVERY, SessionUse

# The account is locked before its session, as everywhere: who locks them the other way round may
# wait for somebody who waits for them.
_USE = text('''
    WITH owner AS (
        SELECT account.id
        FROM session JOIN account ON account.id = session.account_id
        WHERE session.id = :session_id AND account.blocked_at IS NULL
        FOR NO KEY UPDATE OF account
    ), used AS (
        UPDATE session
        SET last_used_at = :now, expires_at = least(:idle_expiry, absolute_expires_at)
        FROM owner
        WHERE session.id = :session_id AND session.ended_at IS NULL
          AND session.refresh_ended_at IS NULL AND session.expires_at > :now
          AND session.assumed_from IS NULL
        RETURNING session.account_id, session.expires_at
    ), seen AS (
        UPDATE account SET last_seen_at = :now FROM used
        WHERE account.id = used.account_id
          AND (account.last_seen_at IS NULL OR account.last_seen_at <= :seen_before)
    )
    SELECT used.account_id, used.expires_at,
           coalesce((SELECT epoch FROM data_epoch), 0) AS epoch
    FROM used
''')

# Built once: at every sign-in, making a statement would cost more than running it.
_LIVE = select(Session).where(session_table.c.account_id == bindparam('of_account'),
                              session_table.c.ended_at.is_(None),
                              session_table.c.refresh_ended_at.is_(None),
                              session_table.c.expires_at
                              > bindparam('present')).order_by(session_table.c.last_used_at.desc(),
                                                               session_table.c.id.desc())
_SURPLUS = _LIVE.where(session_table.c.assumed_from.is_(None)).offset(
    bindparam('kept', type_=Integer))
_OWN = session_table.alias('own')
_ASSUMED_BY = select(Session).join(_OWN, session_table.c.assumed_from == _OWN.c.id).where(
    _OWN.c.account_id == bindparam('of_account'), session_table.c.ended_at.is_(None),
    session_table.c.expires_at > bindparam('present'))


class SqlSessionRepository:

    def __init__(self, session: OrmSession) -> None:
        self._session = session

    def add(self, session: Session) -> None:
        self._session.add(session)

    def get(self, session_id: UUID) -> Session | None:
        return self._session.get(Session, session_id)

    def live(self, account_id: UUID, now: datetime) -> Sequence[Session]:
        return self._session.scalars(_LIVE, {'of_account': account_id, 'present': now}).all()

    def surplus(self, account_id: UUID, now: datetime, *, keep: int) -> Sequence[Session]:
        return self._session.scalars(_SURPLUS, {
            'of_account': account_id,
            'present': now,
            'kept': keep
        }).all()

    def assumed_by(self, account_id: UUID, now: datetime) -> Sequence[Session]:
        return self._session.scalars(_ASSUMED_BY, {'of_account': account_id, 'present': now}).all()

    def use(self, session_id: UUID, *, lifetimes: Lifetimes, now: datetime) -> SessionUse | None:
        row = self._session.execute(
            _USE, {
                'session_id': session_id,
                'now': now,
                'idle_expiry': now + lifetimes.idle,
                'seen_before': now - SEEN_EVERY
            }).one_or_none()
        return SessionUse(**row._asdict()) if row else None

    def end_refreshing(self, account_id: UUID, now: datetime) -> Sequence[UUID]:
        ended = update(session_table).where(session_table.c.account_id == account_id,
                                            session_table.c.ended_at.is_(None),
                                            session_table.c.refresh_ended_at.is_(None))
        return self._session.scalars(
            ended.values(refresh_ended_at=now).returning(session_table.c.id)).all()

    def remove_ended_before(self, moment: datetime, count: int) -> int:
        table = session_table.c
        # What ended before began before: the index leads to the few that are that old.
        old = select(table.id).where(table.created_at < moment,
                                     func.coalesce(table.ended_at, table.expires_at) < moment)
        old = old.order_by(table.created_at).limit(count)
        removed = delete(session_table).where(table.id.in_(old)).returning(table.id)
        return len(self._session.scalars(removed).all())

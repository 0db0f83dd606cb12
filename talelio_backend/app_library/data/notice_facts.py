from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, FromClause, Select, and_, bindparam, select

from talelio_backend.app_account.data.orm import account_table, user_table
from talelio_backend.app_library.data.catalogue_orm import book_table
from talelio_backend.app_library.data.circulation_orm import hold_table, loan_table, member_table
from talelio_backend.app_library.data.hold_repository import state_is
from talelio_backend.app_library.domain.hold import HoldState
from talelio_backend.app_library.services.notice_ports import Notified, Switch
from talelio_backend.shared.data.database import ReadDatabase
from talelio_backend.shared.data.orm import Id, Time
from talelio_backend.shared.services.clock import Clock

_L, _H, _M = loan_table.c, hold_table.c, member_table.c
_A, _U, _B = account_table.c, user_table.c, book_table.c
_NOW = bindparam('now', type_=Time)
SWITCHES: tuple[Switch, ...] = ('due_soon', 'overdue', 'holds')
_STILL: dict[str, tuple[ColumnElement[Any], ColumnElement[bool]]] = {
    'hold_ready': (_H.ready_until, and_(state_is(HoldState.READY), _H.ready_until > _NOW)),
    'hold_expired': (_H.ready_until, state_is(HoldState.EXPIRED)),
    'hold_cancelled': (_H.closed_at, state_is(HoldState.CANCELLED)),
}


def _facts(of: FromClause, moment: ColumnElement[Any]) -> Select[Any]:
    told = of.join(member_table,
                   _M.id == of.c.member_id).join(account_table, _A.id == of.c.member_id).join(
                       user_table, _U.id == of.c.member_id)
    return select(_B.id.label('book_id'), _B.title, moment.label('moment'), _U.username,
                  _A.email, _A.language, _M.notices).select_from(
                      told.join(book_table,
                                _B.id == of.c.book_id)).where(of.c.id == bindparam('id', type_=Id),
                                                              _A.blocked_at.is_(None))


class SqlNoticeFacts:
    """See the port ``NoticeFacts``."""

    def __init__(self, read: ReadDatabase, clock: Clock) -> None:
        self._read = read
        self._clock = clock
        self._loan = _facts(loan_table, _L.due_at).where(_L.returned_at.is_(None))
        self._holds = {
            kind: _facts(hold_table, moment).where(still)
            for kind, (moment, still) in _STILL.items()
        }

    def loan(self, loan_id: UUID) -> Notified | None:
        return _notified(self._read.one(self._loan, {'id': loan_id}))

    def hold(self, hold_id: UUID, kind: str) -> Notified | None:
        values = {'id': hold_id, 'now': self._clock.now()}
        return _notified(self._read.one(self._holds[kind], values))


def _notified(row: Any) -> Notified | None:
    if row is None:
        return None
    return Notified(book_id=row.book_id,
                    title=row.title,
                    moment=row.moment,
                    username=row.username,
                    email=row.email,
                    language=row.language,
                    wanted=frozenset(switch for switch in SWITCHES
                                     if getattr(row.notices, switch)))

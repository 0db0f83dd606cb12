from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, ColumnElement, Select, cast, exists, literal, select, update
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.orm import Session

from talelio_backend.app_account.data.orm import account_table
from talelio_backend.app_library.data.circulation_orm import loan_table, member_table, notice_table
from talelio_backend.app_library.services.notice_ports import DueLoan, NoticeKey, Stage, Switch
from talelio_backend.shared.data.orm import Time

_N, _L, _A = notice_table.c, loan_table.c, account_table.c
_COLUMNS = (_N.kind, _N.thing_id, _N.due_at, _N.created_at)


class SqlNoticeRepository:
    """See the port ``NoticeRepository``."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def begin(self, stage: Stage, *, count: int, now: datetime) -> Sequence[DueLoan]:
        found = _untold(stage, now).limit(count)
        begun = insert(notice_table).from_select(_COLUMNS, found).on_conflict_do_nothing()
        rows = self._session.execute(begun.returning(_N.thing_id, _N.due_at))
        return [DueLoan(loan_id=row.thing_id, due_at=row.due_at) for row in rows]

    def claim(self, key: NoticeKey, *, now: datetime) -> bool:
        taken = insert(notice_table).values(kind=key.name,
                                            thing_id=key.thing_id,
                                            due_at=key.due_at,
                                            created_at=now,
                                            sent_at=now)
        first = taken.on_conflict_do_update(index_elements=(_N.kind, _N.thing_id, _N.due_at),
                                            set_={'sent_at': now},
                                            where=_N.sent_at.is_(None))
        return self._session.scalar(first.returning(_N.thing_id)) is not None

    def release(self, key: NoticeKey) -> None:
        self._session.execute(
            update(notice_table).where(_N.kind == key.name, _N.thing_id == key.thing_id,
                                       _N.due_at == key.due_at).values(sent_at=None))


def _wants(switch: Switch) -> ColumnElement[bool]:
    notices = cast(member_table.c.notices, JSONB)
    return cast(notices[switch].astext, Boolean)


def _untold(stage: Stage, now: datetime) -> Select[Any]:
    told = exists().where(_N.kind == stage.name, _N.thing_id == _L.id, _N.due_at == _L.due_at)
    known = loan_table.join(member_table,
                            member_table.c.id == _L.member_id).join(account_table,
                                                                    _A.id == _L.member_id)
    found = select(literal(stage.name), _L.id, _L.due_at, literal(now, Time)).select_from(known)
    found = found.where(_L.returned_at.is_(None), _L.due_at <= stage.until,
                        _A.blocked_at.is_(None), _wants(stage.switch), ~told)
    if stage.after is not None:
        found = found.where(_L.due_at > stage.after)
    return found.order_by(_L.due_at, _L.id)

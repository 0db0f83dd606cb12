from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, cast, exists, func, literal, select, update
from sqlalchemy.orm import Session
from sqlalchemy.sql.functions import coalesce

from talelio_backend.app_library.data.accrual import booked_overdue, overdue_at
from talelio_backend.app_library.data.circulation_orm import loan_table, member_table
from talelio_backend.app_library.data.money_orm import member_figures_table
from talelio_backend.app_library.domain.loan import Loan
from talelio_backend.shared.data.orm import Time

_L, _M, _F = loan_table.c, member_table.c, member_figures_table.c


class SqlMemberLoans:
    """See the port ``MemberLoans``."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def is_of(self, loan_id: UUID, member_id: UUID) -> bool:
        found = select(exists().where(_L.id == loan_id, _L.member_id == member_id))
        return bool(self._session.scalar(found))

    def members_to_book(self, now: datetime, count: int, *, after: UUID | None) -> Sequence[UUID]:
        found = select(_L.member_id).distinct().where(
            _L.returned_at.is_(None), _L.due_at < now,
            overdue_at(literal(now, Time)) > booked_overdue())
        if after is not None:
            found = found.where(_L.member_id > after)
        return self._session.scalars(found.order_by(_L.member_id).limit(count)).all()

    def late(self, member_id: UUID, now: datetime) -> Sequence[Loan]:
        found = select(Loan).where(_L.member_id == member_id, _L.returned_at.is_(None), _L.due_at
                                   < now).order_by(_L.id)
        return self._session.scalars(found, execution_options={'populate_existing': True}).all()

    def forget(self, member_id: UUID, *, returned_before: datetime | None) -> int:
        changed = update(loan_table).where(_L.member_id == member_id,
                                           _L.returned_at.is_not(None)).values(member_id=None)
        if returned_before is not None:
            changed = changed.where(_L.returned_at < returned_before)
        result: Any = self._session.execute(changed)
        return int(result.rowcount)

    def members_to_forget(self, now: datetime, count: int, *, usual_days: int,
                          after: UUID | None) -> Sequence[UUID]:
        days = coalesce(_M.history_days, func.nullif(usual_days, 0), type_=Integer)
        oldest = literal(now, Time) - cast(days, Integer) * literal(timedelta(days=1))
        old = exists().where(_L.member_id == _M.id, _L.returned_at < oldest)
        found = select(_M.id).join(member_figures_table,
                                   _F.member_id == _M.id).where(_F.ledger <= 0, old)
        if after is not None:
            found = found.where(_M.id > after)
        return self._session.scalars(found.order_by(_M.id).limit(count)).all()

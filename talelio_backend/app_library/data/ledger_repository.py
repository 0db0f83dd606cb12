from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import LargeBinary, bindparam, exists, select
from sqlalchemy.orm import Session

from talelio_backend.app_library.data.accrual import accrued
from talelio_backend.app_library.data.money_orm import ledger_table, member_figures_table
from talelio_backend.app_library.domain.ledger import Entry
from talelio_backend.app_library.domain.money import ZERO
from talelio_backend.app_library.services.ports import OverdueDay
from talelio_backend.shared.data.orm import Id, Time

_E, _F = ledger_table.c, member_figures_table.c
_member = bindparam('member_id', type_=Id)
_booked = select(_F.ledger).where(_F.member_id == _member)
_balance = select(_F.ledger + accrued(_F.member_id, bindparam('at', type_=Time))).where(
    _F.member_id == _member)
_void = ledger_table.alias('void')
_overdue = select(Entry, _E.overdue_day.label('begun'),
                  exists().where(_void.c.voids == _E.id).label('voided')).where(
                      _E.loan_id == bindparam('loan_id', type_=Id), _E.overdue_day.is_not(None),
                      _E.voids.is_(None)).order_by(_E.overdue_day)
_of_request = select(Entry).where(_E.request_key == bindparam('key', type_=LargeBinary))


class SqlLedgerRepository:
    """See the port ``LedgerRepository``. The sum of a member's entries is kept by a trigger."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, entry: Entry) -> None:
        self._session.add(entry)

    def with_id(self, entry_id: UUID) -> Entry | None:
        return self._session.get(Entry, entry_id)

    def is_voided(self, entry_id: UUID) -> bool:
        return bool(self._session.scalar(select(exists().where(_E.voids == entry_id))))

    def of_request(self, key: bytes) -> Entry | None:
        return self._session.scalars(_of_request, {'key': key}).one_or_none()

    def booked(self, member_id: UUID) -> Decimal:
        return self._session.scalar(_booked, {'member_id': member_id}) or ZERO

    def balance(self, member_id: UUID, *, at: datetime) -> Decimal:
        return self._session.scalar(_balance, {'member_id': member_id, 'at': at}) or ZERO

    def overdue_of(self, loan_id: UUID) -> Sequence[OverdueDay]:
        rows = self._session.execute(_overdue, {'loan_id': loan_id})
        return [
            OverdueDay(entry=entry, begun=begun, voided=voided) for entry, begun, voided in rows
        ]

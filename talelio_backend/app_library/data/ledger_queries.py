from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, String, bindparam, case, func, null, select

from talelio_backend.app_account.data.orm import user_table
from talelio_backend.app_library.data.accrual import amount_text
from talelio_backend.app_library.data.balance_sql import balance_statement
from talelio_backend.app_library.data.money_orm import ledger_table
from talelio_backend.app_library.domain.money_errors import MemberNotFound, TariffNotFound
from talelio_backend.app_library.services.money_queries import EntryFilter
from talelio_backend.shared.data.database import ReadDatabase
from talelio_backend.shared.data.listing import SqlList, SqlSort
from talelio_backend.shared.data.orm import Id, Time
from talelio_backend.shared.data.prepared import Prepared
from talelio_backend.shared.data.sql import as_text, json_object, rfc3339
from talelio_backend.shared.services.clock import Clock
from talelio_backend.shared.services.listing import (BadQuery, CursorCodec, Document, Page,
                                                     PageRequest)

_E, _U = ledger_table.c, user_table.c
_ID = bindparam('id', type_=Id)
_known = select(_U.id).where(_U.id == _ID)


def _actor() -> ColumnElement[Any]:
    shown = json_object(id=_U.id, username=_U.username)
    found = select(shown).where(_U.id == _E.actor_id).correlate(ledger_table).scalar_subquery()
    return case((_E.actor_id.is_not(None), found), else_=null())


_row = as_text(
    json_object(id=_E.id,
                kind=as_text(_E.kind),
                reason=as_text(_E.reason),
                amount=amount_text(_E.amount),
                currency=_E.currency,
                loan_id=_E.loan_id,
                voids=_E.voids,
                note=_E.note,
                actor=_actor(),
                effective_at=rfc3339(_E.effective_at),
                created_at=rfc3339(_E.created_at)))
_one = select(_row.label('body')).where(_E.id == _ID)
# Entries never change; what is shown of their actors does.
_listed = select(_row.label('row'), func.md5(_row).label('stamp'))
_told = select(
    rfc3339(_E.effective_at).label('moment'),
    as_text(_E.kind).label('kind'),
    as_text(_E.reason).label('reason'), _E.note,
    amount_text(_E.amount).label('amount')).where(_E.member_id == _ID, _E.effective_at
                                                  <= bindparam('at', type_=Time)).order_by(
                                                      _E.effective_at, _E.id)
_SORTS = (
    SqlSort(id='created_at', label='Recency', key=_E.created_at),
    SqlSort(id='amount', label='Amount', key=_E.amount),
)


class SqlLedgerQueries:
    """See the port ``LedgerQueries``. ``credit_limit`` is that of members without their own."""

    def __init__(self, read: ReadDatabase, *, cursors: CursorCodec, clock: Clock, currency: str,
                 credit_limit: Decimal | None) -> None:
        self._read = read
        self._clock = clock
        self._sums = {'currency': currency, 'credit_limit': credit_limit}
        self._list = SqlList(name='library_entries',
                             default='created_at_desc',
                             tie=_E.id,
                             cursors=cursors,
                             sorts=_SORTS)
        # Most are asked for the present, which is planned once; what-ifs reach over every loan.
        self._present = Prepared(balance_statement(simulated=False, past=False))
        self._others = {
            (simulated, past): balance_statement(simulated=simulated, past=past)
            for simulated, past in ((False, True), (True, False), (True, True))
        }

    def entries(self, member_id: UUID, wanted: EntryFilter, request: PageRequest) -> Page:
        if request.options_only:
            return self._list.options_page(request)
        given = _given(member_id, wanted)
        page = self._list.page(self._read,
                               request,
                               base=lambda: _filtered(given),
                               shape=tuple(sorted(given)),
                               parameters=given)
        if page.rows == '[]' and self._read.one(_known, {'id': member_id}) is None:
            raise MemberNotFound()
        return page

    def entry(self, entry_id: UUID) -> Document:
        row = self._read.one(_one, {'id': entry_id})
        return Document(body=row.body, validator=row.body)

    def balance(self, member_id: UUID, *, as_of: datetime | None,
                tariff_id: str | None) -> Document:
        now = self._clock.now()
        if as_of is not None and as_of > now:
            raise BadQuery(parameter='as_of', reason='it lies in the future')
        given = self._sums | {'member': member_id, 'at': as_of or now}
        simulated = tariff_id is not None
        if simulated:
            given['tariff'] = tariff_id
        past = as_of is not None
        row = self._read.one(self._others.get((simulated, past), self._present), given)
        if row is None:
            raise MemberNotFound()
        if not row.tariff_known:
            raise TariffNotFound()
        return Document(body=row.body, validator=row.body)

    def booked_until(self, member_id: UUID, moment: datetime) -> Iterator[tuple[str, ...]]:
        for row in self._read.all(_told, {'id': member_id, 'at': moment}):
            what = f'{row.kind} {row.reason}' if row.reason else row.kind
            yield row.moment, what, row.note.replace('\n', ' '), row.amount


def _given(member_id: UUID, wanted: EntryFilter) -> dict[str, Any]:
    given: dict[str, Any] = {'member': member_id}
    if wanted.kinds:
        given['kinds'] = sorted({kind.value for kind in wanted.kinds})
    if wanted.since is not None:
        given['since'] = wanted.since
    if wanted.before is not None:
        given['before'] = wanted.before
    return given


def _filtered(given: Mapping[str, Any]) -> Select[Any]:
    found = _listed.where(_E.member_id == bindparam('member', type_=Id))
    if 'kinds' in given:
        found = found.where(as_text(_E.kind).in_(bindparam('kinds', expanding=True, type_=String)))
    if 'since' in given:
        found = found.where(_E.created_at >= bindparam('since', type_=Time))
    if 'before' in given:
        found = found.where(_E.created_at < bindparam('before', type_=Time))
    return found

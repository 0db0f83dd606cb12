from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import (ColumnElement, FromClause, Select, Text, bindparam, exists, func, literal,
                        literal_column, or_, select)
from sqlalchemy.sql.functions import coalesce

from talelio_backend.app_account.data.orm import user_table
from talelio_backend.app_library.data.accrual import accrued, amount_text
from talelio_backend.app_library.data.circulation_orm import hold_table, loan_table, member_table
from talelio_backend.app_library.data.hold_repository import is_over, state_is
from talelio_backend.app_library.data.money_orm import member_figures_table
from talelio_backend.app_library.domain.hold import OPEN
from talelio_backend.app_library.domain.money_errors import MemberNotFound
from talelio_backend.app_library.services.money_queries import MemberFilter
from talelio_backend.shared.data.database import ReadDatabase
from talelio_backend.shared.data.listing import SqlList, SqlSort
from talelio_backend.shared.data.orm import Id, Time
from talelio_backend.shared.data.sql import as_text, json_object, rfc3339
from talelio_backend.shared.services.clock import Clock
from talelio_backend.shared.services.listing import CursorCodec, Document, Page, PageRequest

_U, _M, _F, _H, _L = (user_table.c, member_table.c, member_figures_table.c, hold_table.c,
                      loan_table.c)
_NOW: ColumnElement[Any] = bindparam('now', type_=Time)
_WANTS_ALL: ColumnElement[Any] = literal_column(
    '\'{"due_soon": true, "overdue": true, "holds": true}\'::jsonb')
_USERNAME = func.lower(_U.username, type_=_U.username.type)
_name = bindparam('name', type_=Text)
# A username before a card number that reads alike.
_called = select(_U.id).select_from(user_table.outerjoin(member_table, _M.id == _U.id)).where(
    or_(_USERNAME == _name,
        func.lower(_M.card_number) == _name,
        as_text(_U.id) == _name)).order_by((_USERNAME == _name).desc()).limit(1)
_SORTS = (
    SqlSort(id='username', label='Member', key=_USERNAME, tie=_U.id),
    SqlSort(id='loans_count', label='Loans', key=_F.loans_count, tie=_F.member_id),
    SqlSort(id='active_loans_count',
            label='Current loans',
            key=_F.active_loans_count,
            tie=_F.member_id),
    SqlSort(id='ledger', label='Booked balance', key=_F.ledger, tie=_F.member_id),
    SqlSort(id='created_at', label='Recency', key=_M.created_at, tie=_M.id),
)


def _shape(currency: str) -> dict[str, ColumnElement[Any]]:
    holds = select(func.count()).where(  # pylint: disable=not-callable
        _H.member_id == _U.id, state_is(*OPEN), ~is_over(_NOW))
    return {
        'id': _U.id,
        'username': _U.username,
        'card_number': _M.card_number,
        'credit_limit': amount_text(_M.credit_limit),
        'notices': coalesce(literal_column('library_member.notices'), _WANTS_ALL),
        'history_days': _M.history_days,
        'active_loans_count': coalesce(_F.active_loans_count, 0),
        'holds_count': holds.correlate(user_table).scalar_subquery(),
        'currency': literal(currency, Text),
    }


def _sums() -> dict[str, ColumnElement[Any]]:
    # An account's own number of all loans ever; those that were forgotten keep counting.
    return {
        'balance': amount_text(_F.ledger + accrued(_F.member_id, _NOW)),
        'ledger': amount_text(_F.ledger),
        'loans_count': _F.loans_count,
        'created_at': rfc3339(_M.created_at),
    }


class SqlMemberQueries:
    """See the port ``MemberQueries``."""

    def __init__(self, read: ReadDatabase, *, cursors: CursorCodec, clock: Clock,
                 currency: str) -> None:
        self._read = read
        self._clock = clock
        shape = _shape(currency)
        row, body = as_text(json_object(**shape, **_sums())), as_text(json_object(**shape))
        self._list = SqlList(name='library_members',
                             default='username_asc',
                             tie=_M.id,
                             cursors=cursors,
                             sorts=_SORTS)
        self._listed = select(row.label('row'),
                              func.md5(row).label('stamp')).select_from(
                                  _joined(user_table.join(member_table, _M.id == _U.id),
                                          outer=False))
        self._one = select(body.label('body')).select_from(
            _joined(user_table.outerjoin(member_table, _M.id == _U.id),
                    outer=True)).where(_U.id == bindparam('id', type_=Id))

    def members(self, wanted: MemberFilter, request: PageRequest) -> Page:
        if request.options_only:
            return self._list.options_page(request)
        given: dict[str, Any] = {'late': True} if wanted.late else {}
        if wanted.q is not None:
            given['q'] = wanted.q.strip().lower()
        return self._list.page(self._read,
                               request,
                               base=lambda: self._filtered(given),
                               shape=tuple(sorted(given)),
                               parameters=given,
                               passing={'now': self._clock.now()})

    def member(self, member_id: UUID) -> Document:
        row = self._read.one(self._one, {'id': member_id, 'now': self._clock.now()})
        if row is None:
            raise MemberNotFound()
        return Document(body=row.body, validator=row.body)

    def find(self, name: str) -> UUID:
        row = self._read.one(_called, {'name': name.lower()})
        if row is None:
            raise MemberNotFound()
        found: UUID = row.id
        return found

    def _filtered(self, given: Mapping[str, Any]) -> Select[Any]:
        found = self._listed
        if 'q' in given:
            q = bindparam('q', type_=Text)
            found = found.where(
                or_(func.strpos(_USERNAME, q) > 0,
                    func.strpos(func.lower(_M.card_number), q) > 0))
        if 'late' in given:
            found = found.where(exists().where(_L.member_id == _M.id, _L.returned_at.is_(None),
                                               _L.due_at <= _NOW))
        return found


def _joined(people: FromClause, *, outer: bool) -> FromClause:
    return people.join(member_figures_table, _F.member_id == _M.id, isouter=outer)

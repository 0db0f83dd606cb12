from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (ColumnElement, Interval, Select, and_, bindparam, literal, literal_column,
                        select, true)

from talelio_backend.app_account.data.orm import user_table
from talelio_backend.app_library.data import loan_json
from talelio_backend.app_library.data.book_json import Covers
from talelio_backend.app_library.data.catalogue_orm import book_table
from talelio_backend.app_library.data.circulation_orm import (EXTENDED, MEMBER_FALLING,
                                                              MEMBER_RISING, RETURNED_FALLING,
                                                              RETURNED_RISING, loan_table)
from talelio_backend.app_library.data.loan_search import is_found, searched
from talelio_backend.app_library.domain.errors import BookNotFound, LoanNotFound
from talelio_backend.app_library.domain.money_errors import MemberNotFound
from talelio_backend.app_library.services.loan_queries import LoanFilter
from talelio_backend.shared.data.database import ReadDatabase
from talelio_backend.shared.data.listing import SqlList, SqlSort
from talelio_backend.shared.data.orm import Id, Time
from talelio_backend.shared.data.prepared import Prepared
from talelio_backend.shared.data.sql import as_text
from talelio_backend.shared.domain.access import Level
from talelio_backend.shared.services.clock import Clock
from talelio_backend.shared.services.listing import CursorCodec, Document, Page, PageRequest

_L = loan_table.c
# Open loans are all alike there: to look for them among those that were returned takes long.
_NEVER = literal_column("'infinity'::timestamptz", Time)


def _sorts(returned: SqlSort) -> tuple[SqlSort, ...]:
    return (
        SqlSort(id='started_at', label='Borrowed', key=_L.started_at),
        SqlSort(id='due_at', label='Return by', key=_L.due_at),
        returned,
        SqlSort(id='title', label='Title', key=_L.title_key),
        SqlSort(id='extended', label='Extended', key=EXTENDED),
        SqlSort(id='member',
                label='Member',
                key=MEMBER_RISING,
                falling=MEMBER_FALLING,
                level=Level.ADMIN),
    )


_SORTS = _sorts(
    SqlSort(id='returned_at', label='Returned', key=RETURNED_RISING, falling=RETURNED_FALLING))
_SORTS_OF_OPEN = _sorts(SqlSort(id='returned_at', label='Returned', key=_NEVER))
_IS_NEW = and_(loan_json.IS_OPEN, _L.started_at
               > loan_json.NOW - literal(timedelta(hours=24), Interval))
_STATUSES: Mapping[str, ColumnElement[bool]] = {
    'open': loan_json.IS_OPEN,
    'late': loan_json.IS_LATE,
    'new': _IS_NEW,
    'returned': ~loan_json.IS_OPEN,
    'all': true(),
}
_CONDITIONS: Mapping[str, ColumnElement[bool]] = {
    'owner_id': _L.member_id == bindparam('owner_id', type_=Id),
    'member_id': _L.member_id == bindparam('member_id', type_=Id),
    'book_id': _L.book_id == bindparam('book_id', type_=Id),
    'since': _L.started_at >= bindparam('since', type_=Time),
    'before': _L.started_at < bindparam('before', type_=Time),
}
_is_book = select(book_table.c.id).where(book_table.c.id == bindparam('book_id', type_=Id))
_is_member = select(user_table.c.id).where(user_table.c.id == bindparam('member_id', type_=Id))


class SqlLoanQueries:
    """See the port ``LoanQueries``."""

    def __init__(self, read: ReadDatabase, *, covers: Covers, currency: str, cursors: CursorCodec,
                 clock: Clock) -> None:
        self._read = read
        self._clock = clock
        self._row = as_text(loan_json.loan_json(covers, currency=currency))
        self._list, self._open_list = (SqlList(name='library_loans',
                                               default='started_at_desc',
                                               tie=_L.id,
                                               cursors=cursors,
                                               sorts=sorts) for sorts in (_SORTS, _SORTS_OF_OPEN))
        self._one = Prepared(
            select(self._row.label('body'), _L.version,
                   _L.member_id).where(_L.id == bindparam('id', type_=Id)))

    def loans(self, wanted: LoanFilter, request: PageRequest) -> Page:
        if request.options_only:
            return self._list.options_page(request)
        self._expect_known(wanted)
        given = _given(wanted)
        listed = self._list if wanted.status in ('returned', 'all') else self._open_list
        return listed.page(self._read,
                           request,
                           base=lambda: self._filtered(wanted.status, given),
                           shape=(wanted.status, *sorted(given)),
                           parameters={
                               'status': wanted.status,
                               **given
                           },
                           passing={'now': self._clock.now()},
                           steady=list(given) == ['owner_id'])

    def loan(self, loan_id: UUID, *, member_id: UUID | None = None) -> Document:
        row = self._read.one(self._one, {'id': loan_id, 'now': self._clock.now()})
        if row is None or member_id not in (None, row.member_id):
            raise LoanNotFound()
        return Document(body=row.body, validator=row.body, version=row.version)

    def _expect_known(self, wanted: LoanFilter) -> None:
        if wanted.book_id is not None and self._read.one(_is_book,
                                                         {'book_id': wanted.book_id}) is None:
            raise BookNotFound()
        if wanted.member_id is not None and self._read.one(
                _is_member, {'member_id': wanted.member_id}) is None:
            raise MemberNotFound()

    def _filtered(self, status: str, given: Mapping[str, Any]) -> Select[Any]:
        listed = select(self._row.label('row')).select_from(loan_table).where(
            _STATUSES[status],
            *(condition for name, condition in _CONDITIONS.items() if name in given))
        return listed.where(is_found(given)) if 'needle' in given else listed


def _given(wanted: LoanFilter) -> dict[str, Any]:
    values = {
        'owner_id': wanted.owner_id,
        'member_id': wanted.member_id,
        'book_id': wanted.book_id,
        'since': wanted.since,
        'before': wanted.before,
        **searched(wanted.q),
    }
    return {name: value for name, value in values.items() if value is not None}

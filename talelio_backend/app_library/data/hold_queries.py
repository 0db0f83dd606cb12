from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import (ColumnElement, Integer, Select, Text, and_, bindparam, case, func,
                        literal_column, null, select, tuple_)
from sqlalchemy.dialects.postgresql import ARRAY

from talelio_backend.app_account.data.orm import user_table
from talelio_backend.app_library.data.book_json import Covers
from talelio_backend.app_library.data.catalogue_orm import book_table, copy_table
from talelio_backend.app_library.data.circulation_orm import hold_table
from talelio_backend.app_library.data.hold_repository import is_over, state_is
from talelio_backend.app_library.domain.errors import BookNotFound, HoldNotFound
from talelio_backend.app_library.domain.hold import OPEN, HoldState
from talelio_backend.app_library.services.hold_queries import HoldFilter
from talelio_backend.shared.data.database import ReadDatabase
from talelio_backend.shared.data.listing import SqlList, SqlSort
from talelio_backend.shared.data.orm import Id, Time
from talelio_backend.shared.data.sql import as_text, json_object, rfc3339
from talelio_backend.shared.domain.access import Level
from talelio_backend.shared.services.clock import Clock
from talelio_backend.shared.services.listing import CursorCodec, Document, Page, PageRequest

_H, _B, _U, _C = hold_table.c, book_table.c, user_table.c, copy_table.c
_NOW = bindparam('now', type_=Time)
_other = hold_table.alias('other')
_IN_LINE = (HoldState.WAITING, HoldState.SUSPENDED)
_OVER = is_over(_NOW)
STATE: ColumnElement[str] = case((_OVER, literal_column(f"'{HoldState.EXPIRED.value}'", Text)),
                                 else_=as_text(_H.state))
"""The state that a hold shows, binding ``now``."""

_KEPT = and_(state_is(HoldState.READY), _H.ready_until > _NOW)
_PLACE = case({
    state.value: place
    for place, state in enumerate(HoldState)
},
              value=STATE,
              else_=literal_column('0', Integer))


def _of_book(shown: ColumnElement[Any]) -> Any:
    """Something of the hold's book. Not joined: a list in whatever order looks up the books of
    its page alone, and never all of them."""
    return select(shown).where(_B.id == _H.book_id).correlate(hold_table).scalar_subquery()


def _of_member(shown: ColumnElement[Any]) -> Any:
    return select(shown).where(_U.id == _H.member_id).correlate(hold_table).scalar_subquery()


_SORTS = (
    SqlSort(id='placed_at', label='Placed', key=_H.placed_at),
    SqlSort(id='title', label='Title', key=_of_book(_B.title_key)),
    SqlSort(id='state', label='State', key=_PLACE),
    SqlSort(id='member',
            label='Member',
            key=_of_member(func.lower(_U.username, type_=_U.username.type)),
            level=Level.ADMIN),
)
_is_known = select(_B.id).where(_B.id == bindparam('book_id', type_=Id))


def _position() -> ColumnElement[Any]:
    """From 1 over those who wait and those who are passed over for a while."""
    before = select(func.count()).select_from(_other).where(  # pylint: disable=not-callable
        _other.c.book_id == _H.book_id, state_is(*_IN_LINE, of=_other),
        tuple_(_other.c.placed_at, _other.c.id) <= tuple_(_H.placed_at, _H.id))
    return case((state_is(*_IN_LINE), before.scalar_subquery()), else_=null())


def _row(covers: Covers) -> ColumnElement[Any]:
    copy = select(json_object(id=_C.id, barcode=_C.barcode)).where(_C.id == _H.copy_id)
    return json_object(id=_H.id,
                       book=_of_book(covers.small_book()),
                       member=_of_member(json_object(id=_U.id, username=_U.username)),
                       state=STATE,
                       position=_position(),
                       placed_at=rfc3339(_H.placed_at),
                       suspended_until=rfc3339(_H.suspended_until),
                       ready_at=rfc3339(_H.ready_at),
                       ready_until=rfc3339(_H.ready_until),
                       copy=case((_KEPT, copy.correlate(hold_table).scalar_subquery()),
                                 else_=null()),
                       closed_at=rfc3339(case((_OVER, _H.ready_until), else_=_H.closed_at)),
                       reason=case((_OVER, literal_column("'not_collected'", Text)),
                                   else_=as_text(_H.reason)))


class SqlHoldQueries:
    """See the port ``HoldQueries``."""

    def __init__(self, read: ReadDatabase, *, covers: Covers, cursors: CursorCodec,
                 clock: Clock) -> None:
        self._read = read
        self._clock = clock
        row = as_text(_row(covers))
        self._list = SqlList(name='library_holds',
                             default='placed_at_asc',
                             tie=_H.id,
                             cursors=cursors,
                             sorts=_SORTS)
        self._listed = select(row.label('row'), func.md5(row).label('stamp'))
        self._one = select(
            row.label('body'),
            _H.member_id).select_from(hold_table).where(_H.id == bindparam('id', type_=Id))

    def holds(self, wanted: HoldFilter, request: PageRequest) -> Page:
        if request.options_only:
            return self._list.options_page(request)
        given = _given(wanted)
        if wanted.book_id is not None and self._read.one(_is_known, given) is None:
            raise BookNotFound()
        return self._list.page(self._read,
                               request,
                               base=lambda: self._filtered(given),
                               shape=tuple(sorted(given)),
                               parameters=given,
                               passing={'now': self._clock.now()})

    def hold(self, hold_id: UUID, *, member_id: UUID | None = None) -> Document:
        row = self._read.one(self._one, {'id': hold_id, 'now': self._clock.now()})
        if row is None or member_id not in (None, row.member_id):
            raise HoldNotFound()
        return Document(body=row.body, validator=row.body)

    def _filtered(self, given: Mapping[str, Any]) -> Select[Any]:
        conditions: dict[str, ColumnElement[bool]] = {
            'member_id': _H.member_id == bindparam('member_id', type_=Id),
            'book_id': _H.book_id == bindparam('book_id', type_=Id),
            'states': STATE == func.any(bindparam('states', type_=ARRAY(Text))),
        }
        listed = self._listed.select_from(hold_table).where(*(conditions[name]
                                                              for name in sorted(given)))
        # Said so that the index of the open ones is found by it.
        return listed if 'states' in given else listed.where(state_is(*OPEN), ~_OVER)


def _given(wanted: HoldFilter) -> dict[str, Any]:
    values: dict[str, Any] = {
        'member_id': wanted.member_id,
        'book_id': wanted.book_id,
        'states': sorted(state.value for state in wanted.states),
    }
    return {name: value for name, value in values.items() if value}

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, FromClause, bindparam, func, select

from talelio_backend.app_account.data.orm import user_table
from talelio_backend.app_library.data.book_json import Covers
from talelio_backend.app_library.data.catalogue_orm import book_table
from talelio_backend.app_library.data.circulation_orm import favourite_table
from talelio_backend.app_library.domain.errors import FavouriteNotFound
from talelio_backend.shared.data.database import ReadDatabase
from talelio_backend.shared.data.listing import SqlList, SqlSort
from talelio_backend.shared.data.orm import Id
from talelio_backend.shared.data.sql import as_text, json_object, rfc3339
from talelio_backend.shared.domain.access import Level
from talelio_backend.shared.services.listing import CursorCodec, Document, Page, PageRequest

_F, _B, _U = favourite_table.c, book_table.c, user_table.c
_SORTS = (
    SqlSort(id='created_at', label='Added', key=_F.created_at),
    SqlSort(id='title', label='Title', key=_B.title_key),
    SqlSort(id='member',
            label='Member',
            key=func.lower(_U.username, type_=_U.username.type),
            level=Level.ADMIN),
)


def _row(covers: Covers, *, named: bool) -> ColumnElement[str]:
    more = {'member': json_object(id=_U.id, username=_U.username)} if named else {}
    return as_text(
        json_object(id=_F.id, book=covers.small_book(), **more, created_at=rfc3339(_F.created_at)))


def _joined() -> FromClause:
    return favourite_table.join(book_table,
                                _B.id == _F.book_id).join(user_table, _U.id == _F.member_id)


class SqlFavouriteQueries:
    """See the port ``FavouriteQueries``."""

    def __init__(self, read: ReadDatabase, *, covers: Covers, cursors: CursorCodec) -> None:
        self._read = read
        self._list = SqlList(name='library_favourites',
                             default='created_at_desc',
                             tie=_F.id,
                             cursors=cursors,
                             sorts=_SORTS)
        rows = {named: _row(covers, named=named) for named in (False, True)}
        self._listed = {
            named: select(row.label('row'),
                          func.md5(row).label('stamp')).select_from(_joined())
            for named, row in rows.items()
        }
        self._one = select(rows[False].label('body')).select_from(
            _joined()).where(_F.id == bindparam('id', type_=Id))

    def favourites(self, member_id: UUID | None, request: PageRequest) -> Page:
        if request.options_only:
            return self._list.options_page(request)
        everybody = member_id is None
        listed = self._listed[everybody]
        mine = _F.member_id == bindparam('member_id', type_=Id)
        parameters: dict[str, Any] = {} if everybody else {'member_id': member_id}
        return self._list.page(self._read,
                               request,
                               base=lambda: listed if everybody else listed.where(mine),
                               shape=everybody,
                               parameters=parameters)

    def favourite(self, favourite_id: UUID) -> Document:
        row = self._read.one(self._one, {'id': favourite_id})
        if row is None:
            raise FavouriteNotFound()
        return Document(body=row.body, validator=row.body)

from typing import Any
from uuid import UUID

from sqlalchemy import Select, String, bindparam, func, select

from talelio_backend.app_library.data.book_json import Covers
from talelio_backend.app_library.data.catalogue_orm import book_table, copy_table
from talelio_backend.app_library.domain.errors import BookNotFound, CopyNotFound
from talelio_backend.shared.data.database import ReadDatabase
from talelio_backend.shared.data.listing import SqlList, SqlSort
from talelio_backend.shared.data.orm import Id
from talelio_backend.shared.data.sql import as_text, json_object, rfc3339
from talelio_backend.shared.services.listing import CursorCodec, Document, Page, PageRequest

_C = copy_table.c
_is_book = select(book_table.c.id).where(book_table.c.id == bindparam('book_id', type_=Id))


class SqlCopyQueries:
    """See the port ``CopyQueries``."""

    def __init__(self, read: ReadDatabase, *, covers: Covers, cursors: CursorCodec) -> None:
        self._read = read
        self._row = as_text(
            json_object(id=_C.id,
                        book=covers.small_book(),
                        barcode=_C.barcode,
                        condition=_C.condition,
                        note=_C.note,
                        status=_C.status,
                        created_at=rfc3339(_C.created_at),
                        updated_at=rfc3339(_C.updated_at)))
        self._one = select(self._row.label('body')).select_from(
            copy_table.join(book_table)).where(_C.id == bindparam('copy_id', type_=Id))
        self._list = SqlList(name='library_copies',
                             default='id_asc',
                             tie=_C.id,
                             cursors=cursors,
                             sorts=(SqlSort(id='id', label='Id', key=_C.id), ))

    def copy(self, copy_id: UUID) -> Document:
        row = self._read.one(self._one, {'copy_id': copy_id})
        if row is None:
            raise CopyNotFound()
        return Document(body=row.body, validator=row.body)

    def of_book(self, book_id: UUID, request: PageRequest) -> Page:
        values = {'book_id': book_id}
        if not request.options_only and self._read.one(_is_book, values) is None:
            raise BookNotFound()
        return self._page(request, 'book_id', values)

    def all(self, request: PageRequest, *, barcode: str | None) -> Page:
        if barcode is None:
            return self._page(request, None, {})
        return self._page(request, 'barcode', {'barcode': barcode})

    def _page(self, request: PageRequest, by: str | None, values: dict[str, Any]) -> Page:
        if request.options_only:
            return self._list.options_page(request)
        return self._list.page(self._read,
                               request,
                               base=lambda: self._rows(by),
                               shape=by,
                               parameters=values)

    def _rows(self, by: str | None) -> Select[Any]:
        rows = select(self._row.label('row'),
                      func.md5(self._row).label('stamp')).select_from(copy_table.join(book_table))
        if by == 'book_id':
            return rows.where(_C.book_id == bindparam('book_id', type_=Id))
        if by == 'barcode':
            return rows.where(_C.barcode == bindparam('barcode', type_=String))
        return rows

from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Select, Text, bindparam, func, select

from talelio_backend.app_library.data.book_columns import whole_book, whole_book_from
from talelio_backend.app_library.data.book_facets import facets
from talelio_backend.app_library.data.book_filters import Narrowed, narrowed
from talelio_backend.app_library.data.book_json import Covers
from talelio_backend.app_library.data.book_list import build_found_list, build_list
from talelio_backend.app_library.data.catalogue_orm import (author_table, book_table,
                                                            category_table, item_type_table)
from talelio_backend.app_library.domain.errors import (AuthorNotFound, BookNotFound,
                                                       CategoryNotFound, ItemTypeNotFound)
from talelio_backend.app_library.services.book_queries import BookFilter
from talelio_backend.shared.data.database import ReadDatabase
from talelio_backend.shared.data.orm import Id
from talelio_backend.shared.data.prepared import Prepared
from talelio_backend.shared.data.sql import as_text
from talelio_backend.shared.services.listing import CursorCodec, Document, Page, PageRequest

_B = book_table.c
_RANKED = 'relevance_'


class SqlBookQueries:
    """See the port ``BookQueries``. Statements are built once and kept."""

    def __init__(self, read: ReadDatabase, *, covers: Covers, cursors: CursorCodec) -> None:
        self._read = read
        self._covers = covers
        self._one = {marked: Prepared(_document(covers, marked)) for marked in (False, True)}
        self._list, self._found = build_list(cursors), build_found_list(cursors)

    def book(self, book_id: UUID, *, reader_id: UUID | None) -> Document:
        statement = self._one[reader_id is not None]
        row = self._read.one(statement, {'id': book_id, **_reader(reader_id)})
        if row is None:
            raise BookNotFound()
        return Document(body=row.body, validator=row.body, version=row.version)

    def page(self, wanted: BookFilter, request: PageRequest, *, reader_id: UUID | None) -> Page:
        narrow = narrowed(wanted)
        listed = self._found if narrow.is_found else self._list
        if request.options_only:
            return listed.options_page(request)
        self._check_named(wanted)
        marked = reader_id is not None
        ranked = narrow.is_found and (request.sort or _RANKED).startswith(_RANKED)
        return listed.page(self._read,
                           request,
                           base=lambda: self._rows(narrow, marked=marked, every=ranked),
                           shape=(narrow.shape, marked, wanted.facets),
                           parameters={
                               **narrow.values,
                               **_reader(reader_id)
                           },
                           members={'facets': facets(narrow)} if wanted.facets else None,
                           steady=narrow.is_plain and not wanted.facets)

    def _rows(self, narrow: Narrowed, *, marked: bool, every: bool) -> Select[Any]:
        row = as_text(whole_book(self._covers, marked=marked)).label('row')
        return select(row).select_from(whole_book_from()).where(*narrow.conditions(every=every))

    def _check_named(self, wanted: BookFilter) -> None:
        """Raises what says that something named is not there."""
        named: dict[str, set[Any]] = {
            'category': set(wanted.categories),
            'author': set(wanted.authors),
            'item_type': set(wanted.item_types),
        }
        if not any(named.values()):
            return
        found = self._read.one(_THERE, {name: list(ids) for name, ids in named.items()})
        for name, missing in (('category', CategoryNotFound), ('author', AuthorNotFound),
                              ('item_type', ItemTypeNotFound)):
            if getattr(found, name) < len(named[name]):
                raise missing()


def _reader(reader_id: UUID | None) -> dict[str, UUID]:
    return {} if reader_id is None else {'reader_id': reader_id}


def _document(covers: Covers, marked: bool) -> Select[Any]:
    return select(as_text(whole_book(covers, marked=marked)).label('body'),
                  _B.version).select_from(
                      whole_book_from()).where(_B.id == bindparam('id', type_=Id))


def _number(name: str, key: ColumnElement[Any], kind: Any) -> ColumnElement[int]:
    count: ColumnElement[int] = func.count()  # pylint: disable=not-callable
    one_of = key == func.any(bindparam(name, type_=ARRAY(kind)))
    return select(count).select_from(key.table).where(one_of).scalar_subquery().label(name)


_THERE = select(_number('category', category_table.c.id, Id),
                _number('author', author_table.c.id, Id),
                _number('item_type', item_type_table.c.id, Text))

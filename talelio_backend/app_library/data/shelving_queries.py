from typing import Any
from uuid import UUID

from sqlalchemy import Select, String, Text, bindparam, func, select

from talelio_backend.app_library.data.catalogue_orm import item_type_table
from talelio_backend.app_library.data.parent_columns import AUTHOR, CATEGORY, Parent
from talelio_backend.app_library.domain.errors import (AuthorNotFound, CategoryNotFound,
                                                       ItemTypeNotFound)
from talelio_backend.app_library.services.shelving_queries import ParentFilter
from talelio_backend.shared.data.database import ReadDatabase
from talelio_backend.shared.data.listing import SqlList, SqlSort
from talelio_backend.shared.data.orm import Id
from talelio_backend.shared.data.prepared import Prepared
from talelio_backend.shared.data.search_text import search_text
from talelio_backend.shared.data.sql import as_text, json_object
from talelio_backend.shared.domain.access import Level
from talelio_backend.shared.services.clock import Clock
from talelio_backend.shared.services.listing import CursorCodec, Document, Page, PageRequest

_T = item_type_table.c
_TYPE = as_text(json_object(id=_T.id, label=_T.label))


class _Parents:
    """The list of one kind of parent, and its documents."""

    def __init__(self, name: str, parent: Parent, *, read: ReadDatabase, cursors: CursorCodec,
                 clock: Clock) -> None:
        self._parent = parent
        self._read = read
        self._clock = clock
        self._list = SqlList(name=name,
                             default='books_count_desc',
                             tie=parent.table.c.id,
                             cursors=cursors,
                             sorts=parent.sorts)
        self._one = {counted: Prepared(self._document(counted)) for counted in (False, True)}

    def page(self, wanted: ParentFilter, request: PageRequest) -> Page:
        if request.options_only:
            return self._list.options_page(request)
        counted = request.level >= Level.ADMIN
        q = search_text(wanted.q.strip()) if wanted.q else ''
        shape = (counted, wanted.status, wanted.having, bool(q))
        return self._list.page(self._read,
                               request,
                               base=lambda: self._listed(wanted, counted=counted, q=bool(q)),
                               shape=shape,
                               parameters={
                                   'status': wanted.status,
                                   'having': wanted.having
                               } | ({
                                   'q': q
                               } if q else {}),
                               passing=self._present(counted),
                               steady=shape == (False, 'active', None, False))

    def document(self, thing_id: UUID, *, counted: bool) -> Document | None:
        row = self._read.one(self._one[counted], {'id': thing_id, **self._present(counted)})
        return None if row is None else Document(body=row.body, validator=row.body)

    def _present(self, counted: bool) -> dict[str, Any]:
        return {'now': self._clock.now()} if counted else {}

    def _document(self, counted: bool) -> Select[Any]:
        base, row = self._parent.joined(lately=self._parent.lately_of_one if counted else None)
        return select(as_text(row).label('body')).select_from(base).where(
            self._parent.table.c.id == bindparam('id', type_=Id))

    def _listed(self, wanted: ParentFilter, *, counted: bool, q: bool) -> Select[Any]:
        parent = self._parent
        base, row = parent.joined(lately=parent.lately if counted else None)
        listed = select(as_text(row).label('row')).select_from(base)
        if wanted.status != 'all':
            active = parent.is_active
            listed = listed.where(active if wanted.status == 'active' else ~active)
        if wanted.having is not None:
            listed = listed.where(parent.figures.c[f'{wanted.having}_count'] > 0)
        if q:
            listed = listed.where(func.strpos(parent.found_by, bindparam('q', type_=Text)) > 0)
        return listed


class SqlShelvingQueries:
    """See the port ``ShelvingQueries``."""

    def __init__(self, read: ReadDatabase, *, cursors: CursorCodec, clock: Clock) -> None:
        self._read = read
        self._authors = _Parents('library_authors',
                                 AUTHOR,
                                 read=read,
                                 cursors=cursors,
                                 clock=clock)
        self._categories = _Parents('library_categories',
                                    CATEGORY,
                                    read=read,
                                    cursors=cursors,
                                    clock=clock)
        self._types = SqlList(name='library_item_types',
                              default='id_asc',
                              tie=_T.id,
                              cursors=cursors,
                              sorts=(SqlSort(id='id', label='Id', key=_T.id), ))
        self._type = Prepared(
            select(_TYPE.label('body')).where(_T.id == bindparam('id', type_=String)))

    def authors(self, wanted: ParentFilter, request: PageRequest) -> Page:
        return self._authors.page(wanted, request)

    def author(self, author_id: UUID, *, counted: bool) -> Document:
        found = self._authors.document(author_id, counted=counted)
        if found is None:
            raise AuthorNotFound()
        return found

    def categories(self, wanted: ParentFilter, request: PageRequest) -> Page:
        return self._categories.page(wanted, request)

    def category(self, category_id: UUID, *, counted: bool) -> Document:
        found = self._categories.document(category_id, counted=counted)
        if found is None:
            raise CategoryNotFound()
        return found

    def item_types(self, request: PageRequest) -> Page:
        if request.options_only:
            return self._types.options_page(request)
        return self._types.page(self._read, request, base=lambda: select(_TYPE.label('row')))

    def item_type(self, item_type: str) -> Document:
        row = self._read.one(self._type, {'id': item_type})
        if row is None:
            raise ItemTypeNotFound()
        return Document(body=row.body, validator=row.body)

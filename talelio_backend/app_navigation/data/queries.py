from typing import Any
from uuid import UUID

from sqlalchemy import (ColumnElement, Integer, Select, Text, bindparam, case, cast, func, literal,
                        literal_column, select)
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by

from talelio_backend.app_navigation.data.orm import link_table
from talelio_backend.app_navigation.domain.errors import LinkNotFound
from talelio_backend.app_navigation.domain.link import Position
from talelio_backend.app_navigation.services.queries import LinkFilter
from talelio_backend.shared.data.database import ReadDatabase
from talelio_backend.shared.data.listing import SqlList, SqlSort
from talelio_backend.shared.data.orm import Id
from talelio_backend.shared.data.prepared import Prepared
from talelio_backend.shared.data.search_text import search_text
from talelio_backend.shared.data.sql import as_text, fingerprint, json_object, rfc3339
from talelio_backend.shared.domain.access import Level
from talelio_backend.shared.services.listing import CursorCodec, Document, Page, PageRequest

_L = link_table.c
_LEVEL = cast(_L.access_level, Integer)
_PLACE = case({
    position.value: place
    for place, position in enumerate(Position)
},
              value=as_text(_L.position))
_LEVEL_NAME = case({int(level): level.name.lower() for level in Level}, value=_LEVEL)
_SHOWN: dict[str, ColumnElement[Any]] = {
    'id': _L.id,
    'text': _L.text,
    'target': _L.target,
    'icon': _L.icon,
    'weight': _L.weight,
    'position': _L.position,
}
_WHOLE = json_object(**_SHOWN,
                     access_level=_LEVEL_NAME,
                     version=_L.version,
                     created_at=rfc3339(_L.created_at),
                     updated_at=rfc3339(_L.updated_at))
_SORTS = (
    SqlSort(id='created_at', label='Recency', key=_L.created_at),
    SqlSort(id='text', label='Text', key=_L.text),
    SqlSort(id='target', label='Target', key=_L.target),
    SqlSort(id='icon', label='Icon', key=func.coalesce(_L.icon, '', type_=Text)),
    SqlSort(id='weight', label='Weight', key=_L.weight),
    SqlSort(id='access_level', label='Access level', key=_LEVEL),
    SqlSort(id='position', label='Position', key=_PLACE),
)


def _menu() -> Select[Any]:
    """A member sees what is for everybody up to her level; a stranger, and who is blocked, what
    is for everybody and for those who are not logged in."""
    level = bindparam('level', type_=Integer)
    visible = case((level >= int(Level.MEMBER), _LEVEL.between(int(Level.EVERYONE), level)),
                   else_=_LEVEL <= int(Level.EVERYONE))
    order = aggregate_order_by(json_object(**_SHOWN), _PLACE, _L.weight.desc(), _L.text, _L.id)
    rows = as_text(func.json_agg(order))
    none = literal_column("'[]'", Text)
    return select(func.coalesce(rows, none).label('links')).where(visible)


class SqlNavigationQueries:
    """See the port ``NavigationQueries``. Statements are built once and kept."""

    def __init__(self, read: ReadDatabase, *, cursors: CursorCodec) -> None:
        self._read = read
        self._menu = Prepared(_menu())
        one = select(as_text(_WHOLE).label('body'),
                     _L.version).where(_L.id == bindparam('link_id', type_=Id))
        self._shape = fingerprint(one)
        self._one = Prepared(one)
        self._list = SqlList(name='menu_links',
                             default='created_at_desc',
                             tie=_L.id,
                             cursors=cursors,
                             sorts=_SORTS)

    def menu(self, level: Level) -> str:
        return str(self._read.one(self._menu, {'level': int(level)}).links)

    def link(self, link_id: UUID) -> Document:
        row = self._read.one(self._one, {'link_id': link_id})
        if row is None:
            raise LinkNotFound()
        return Document(body=row.body,
                        validator=f'{self._shape} {link_id} {row.version}',
                        version=row.version)

    def links(self, wanted: LinkFilter, request: PageRequest) -> Page:
        if request.options_only:
            return self._list.options_page(request)
        given: dict[str, Any] = {
            'positions': [position.value for position in wanted.positions],
            'levels': [int(level) for level in wanted.access_levels],
            'q': search_text(wanted.q.strip()) if wanted.q else '',
        }
        parameters = {name: value for name, value in given.items() if value}
        return self._list.page(self._read,
                               request,
                               base=lambda: _rows(frozenset(parameters)),
                               shape=tuple(sorted(parameters)),
                               parameters=parameters)


def _rows(given: frozenset[str]) -> Select[Any]:
    conditions: dict[str, ColumnElement[bool]] = {
        'positions': as_text(_L.position) == func.any(bindparam('positions', type_=ARRAY(Text))),
        'levels': _LEVEL == func.any(bindparam('levels', type_=ARRAY(Integer))),
        'q': func.strpos(_L.search, bindparam('q', type_=Text)) > 0,
    }
    stamp = as_text(_L.id) + literal(' ') + as_text(_L.version)
    columns: list[ColumnElement[Any]] = [as_text(_WHOLE).label('row'), stamp.label('stamp')]
    return select(*columns).where(*(conditions[name] for name in sorted(given)))

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import (ColumnElement, Select, Text, bindparam, case, cast, func, literal_column,
                        null, select, tuple_)
from sqlalchemy.dialects.postgresql import JSON, aggregate_order_by
from sqlalchemy.sql.functions import coalesce

from talelio_backend.app_account.data.orm import user_table
from talelio_backend.app_activity.data.filters import check_declared_names, narrowed, relevance
from talelio_backend.app_activity.data.orm import activity_table, chain_table
from talelio_backend.app_activity.data.stored_rows import COLUMNS, stored_row
from talelio_backend.app_activity.domain.chain import Row
from talelio_backend.app_activity.domain.errors import ActivityNotFound
from talelio_backend.app_activity.services.queries import ActivityFilter
from talelio_backend.shared.data.database import ReadDatabase
from talelio_backend.shared.data.listing import SqlList, SqlSort
from talelio_backend.shared.data.orm import Id
from talelio_backend.shared.data.sql import as_text, json_object, rfc3339
from talelio_backend.shared.services.listing import CursorCodec, Document, Page, PageRequest

NEWEST = 10
_C = activity_table.c
_actor = user_table.alias('actor')
_S = chain_table.c


def _name(id_: ColumnElement[Any]) -> ColumnElement[Any]:
    # Looked up for the rows of the page alone, behind the sort.
    return select(user_table.c.username).where(user_table.c.id == id_).scalar_subquery()


def _person(id_: ColumnElement[Any]) -> ColumnElement[Any]:
    return case((id_.is_not(None), json_object(id=id_, username=_name(id_))),
                else_=cast(null(), JSON))


def _row() -> ColumnElement[Any]:
    target = json_object(type=_C.target_type, id=_C.target_id, label=_C.target_label)
    return json_object(id=_C.id,
                       seq=_C.seq,
                       created_at=rfc3339(_C.created_at),
                       area=_C.area,
                       action=_C.action,
                       text=_C.text,
                       actor=_person(_C.actor_id),
                       impersonator=_person(_C.impersonator_id),
                       target=case((_C.target_type.is_not(None), target), else_=cast(null(),
                                                                                     JSON)),
                       changes=_C.changes,
                       request_id=_C.request_id)


def _sorts(*, nobody: str) -> list[SqlSort]:
    name = coalesce(func.lower(_actor.c.username), literal_column(f"'{nobody}'", Text),
                    type_=Text).collate('C')
    return [
        SqlSort(id='created_at', label='Time', key=_C.created_at),
        SqlSort(id='actor', label='Actor', key=name),
        SqlSort(id='action', label='Action', key=cast(_C.action, Text)),
    ]


class SqlActivityQueries:
    """See the port ``ActivityQueries``."""

    def __init__(self, read: ReadDatabase, *, cursors: CursorCodec) -> None:
        self._read = read
        relevant = SqlSort(id='relevance', label='Relevance', key=relevance())
        # Whoever has no name comes last, in both directions; a username begins with a letter or
        # a digit.
        self._lists = {
            (down, found):
            SqlList(name='activity',
                    default='relevance_desc' if found else 'created_at_desc',
                    tie=_C.id,
                    cursors=cursors,
                    sorts=[*_sorts(nobody='' if down else '~'), *([relevant] if found else [])])
            for down in (True, False)
            for found in (True, False)
        }
        body = as_text(_row()).label('body')
        self._row = select(body).where(_C.id == bindparam('id', type_=Id))
        newest = select(_row().label('row'), _C.created_at,
                        _C.id).order_by(_C.created_at.desc(), _C.id.desc()).limit(NEWEST)
        ten = newest.subquery('newest')
        rows = func.json_agg(
            aggregate_order_by(ten.c.row, ten.c.created_at.desc(), ten.c.id.desc()))
        none: ColumnElement[Any] = literal_column("'[]'::json")
        self._newest = select(as_text(json_object(activity=coalesce(rows, none))))
        self._chain = _chain()

    def page(self, wanted: ActivityFilter, request: PageRequest) -> Page:
        check_declared_names(wanted)
        narrow = narrowed(wanted)
        listed = self._lists[not (request.sort or '').endswith('_asc'), 'q' in narrow.values]
        if request.options_only:
            return listed.options_page(request)
        row = as_text(_row())
        # The name is a key of that order alone, and costs every other one nothing.
        by_name = (request.sort or '').startswith('actor_')
        rows = activity_table.outerjoin(_actor, _actor.c.id == _C.actor_id)

        def base() -> Select[Any]:
            return select(row.label('row'),
                          func.md5(row).label('stamp')).select_from(
                              rows if by_name else activity_table).where(*narrow.conditions())

        return listed.page(self._read,
                           request,
                           base=base,
                           shape=narrow.shape,
                           parameters=narrow.values)

    def newest(self) -> Document:
        body = self._read.one(self._newest)[0]
        return Document(body=body, validator=body)

    def row(self, activity_id: UUID) -> Document:
        found = self._read.one(self._row, {'id': activity_id})
        if found is None:
            raise ActivityNotFound()
        return Document(body=found.body, validator=found.body)

    def chain(self) -> Document:
        body = self._read.one(self._chain)[0]
        return Document(body=body, validator=body)


def _chain() -> Select[Any]:
    ends = select(func.min(_C.seq).label('first'), func.max(_C.seq).label('last')).subquery('ends')
    waiting = select(func.count()).select_from(activity_table).where(  # pylint: disable=not-callable
        _C.seq.is_(None)).scalar_subquery()
    known = chain_table.c.id.is_not(None)
    # From the ends, for there are no gaps; whether that is so, the verification says.
    sealed = coalesce(ends.c.last - ends.c.first + 1, 0)
    figures = json_object(sealed=sealed,
                          unsealed=waiting,
                          first_seq=ends.c.first,
                          head_seq=case((known, _S.head_seq)),
                          head=case((known, _S.head)),
                          verified_at=rfc3339(_S.verified_at),
                          ok=_S.ok)
    return select(as_text(figures)).select_from(ends.outerjoin(chain_table, chain_table.c.id == 1))


class SqlExportRows:
    """See the port ``ExportRows``."""

    def __init__(self, read: ReadDatabase) -> None:
        self._read = read

    def check(self, wanted: ActivityFilter) -> None:
        check_declared_names(wanted)

    def parts(self, wanted: ActivityFilter, *, at_most: int) -> Iterator[Sequence[Row]]:
        narrow = narrowed(wanted)
        every = select(*COLUMNS, *_names()).where(*narrow.conditions()).limit(at_most)
        sealed, seq = every.order_by(_C.seq), 0
        while rows := self._rows(sealed.where(_C.seq > seq), narrow.values):
            yield rows
            seq = rows[-1].seq or seq
        # Some of what waits may get its place at any moment: those behind the last one above.
        waiting = every.where(_C.seq.is_(None) | (_C.seq > seq)).order_by(_C.created_at, _C.id)
        rows = self._rows(waiting, narrow.values)
        while rows:
            yield rows
            last = tuple_(rows[-1].created_at, UUID(rows[-1].content['id']))
            rows = self._rows(waiting.where(tuple_(_C.created_at, _C.id) > last), narrow.values)

    def _rows(self, statement: Select[Any], values: Mapping[str, Any]) -> Sequence[Row]:
        found = self._read.all(statement, values)
        return [
            stored_row(row, actor=row.actor_name, impersonator=row.impersonator_name)
            for row in found
        ]


def _names() -> list[ColumnElement[Any]]:
    return [
        _name(_C.actor_id).label('actor_name'),
        _name(_C.impersonator_id).label('impersonator_name')
    ]

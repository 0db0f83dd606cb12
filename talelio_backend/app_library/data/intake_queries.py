from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, func, literal_column, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from talelio_backend.app_library.data.intake_orm import import_problem_table, import_table
from talelio_backend.app_library.domain.intake_errors import ImportNotFound
from talelio_backend.shared.data.database import ReadDatabase
from talelio_backend.shared.data.listing import SqlList, SqlSort
from talelio_backend.shared.data.orm import Id
from talelio_backend.shared.data.sql import as_text, json_object, rfc3339
from talelio_backend.shared.services.listing import CursorCodec, Document, Page, PageRequest

FIRST_PROBLEMS = 100
_I, _P = import_table.c, import_problem_table.c


def _problem(problem: Any) -> ColumnElement[Any]:
    return json_object(row=problem.row,
                       pointer=problem.pointer,
                       code=problem.code,
                       detail=problem.detail)


def _first_problems() -> ColumnElement[Any]:
    first = select(import_problem_table).where(_P.import_id == _I.id).order_by(
        _P.row, _P.place).limit(FIRST_PROBLEMS).correlate(import_table).subquery('first')
    listed = func.json_agg(aggregate_order_by(_problem(first.c), first.c.row, first.c.place))
    none: ColumnElement[Any] = literal_column("'[]'::json")
    return select(func.coalesce(listed, none)).select_from(first).scalar_subquery()


def _import() -> ColumnElement[Any]:
    return json_object(id=_I.id,
                       format=_I.format,
                       dry_run=_I.dry_run,
                       duplicates=_I.duplicates,
                       state=_I.state,
                       total=_I.total,
                       processed=_I.processed,
                       created=_I.created,
                       updated=_I.updated,
                       skipped=_I.skipped,
                       failed=_I.failed,
                       problems=_first_problems(),
                       problems_total=_I.problems_total,
                       created_at=rfc3339(_I.created_at),
                       finished_at=rfc3339(_I.finished_at))


class SqlImportQueries:
    """See the port ``ImportQueries``."""

    def __init__(self, read: ReadDatabase, *, cursors: CursorCodec) -> None:
        self._read = read
        self._imports = SqlList(name='library_imports',
                                default='created_at_desc',
                                tie=_I.id,
                                cursors=cursors,
                                sorts=(SqlSort(id='created_at', label='Recency',
                                               key=_I.created_at), ))
        self._problems = SqlList(name='library_import_problems',
                                 default='row_asc',
                                 tie=_P.place,
                                 cursors=cursors,
                                 sorts=(SqlSort(id='row', label='Row', key=_P.row), ))
        body = as_text(_import())
        self._listed = select(body.label('row'), func.md5(body).label('stamp'))
        self._one = select(body.label('body')).where(_I.id == bindparam('import_id', type_=Id))
        problem = as_text(_problem(_P))
        self._problem = select(problem.label('row'),
                               func.md5(problem).label('stamp')).where(
                                   _P.import_id == bindparam('import_id', type_=Id))

    def imports(self, request: PageRequest) -> Page:
        if request.options_only:
            return self._imports.options_page(request)
        return self._imports.page(self._read, request, base=lambda: self._listed)

    def one(self, import_id: UUID) -> Document:
        row = self._read.one(self._one, {'import_id': import_id})
        if row is None:
            raise ImportNotFound()
        return Document(body=row.body, validator=row.body)

    def problems(self, import_id: UUID, request: PageRequest) -> Page:
        if self._read.one(select(_I.id).where(_I.id == import_id)) is None:
            raise ImportNotFound()
        if request.options_only:
            return self._problems.options_page(request)
        return self._problems.page(self._read,
                                   request,
                                   base=lambda: self._problem,
                                   parameters={'import_id': import_id})

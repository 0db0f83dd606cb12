from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Text, bindparam, func, select
from sqlalchemy.sql.functions import concat

from talelio_backend.app_account.data.orm import user_table
from talelio_backend.app_project.data.orm import project_table
from talelio_backend.app_project.domain.errors import ProjectNotFound
from talelio_backend.shared.data.database import ReadDatabase
from talelio_backend.shared.data.listing import SqlList, SqlSort
from talelio_backend.shared.data.orm import Id
from talelio_backend.shared.data.prepared import Prepared
from talelio_backend.shared.data.sql import as_text, fingerprint, json_object, rfc3339
from talelio_backend.shared.domain.errors import UserNotFound
from talelio_backend.shared.services.listing import CursorCodec, Document, Page, PageRequest


def _members() -> dict[str, ColumnElement[Any]]:
    """The members of a project in the order of the API."""
    shown = project_table.c
    return {
        'id': shown.id,
        'user_id': shown.owner_id,
        'title': shown.title,
        'body': shown.body,
        'html': shown.html,
        'links': shown.links,
        'cover_image': shown.cover_image,
        'repository_url': shown.repository_url,
        'demo_url': shown.demo_url,
        'position': shown.position,
        'version': shown.version,
        'created_at': rfc3339(shown.created_at),
        'updated_at': rfc3339(shown.updated_at),
    }


def _user() -> ColumnElement[Any]:
    shown = user_table.c
    return json_object(id=shown.id,
                       username=shown.username,
                       display_name=shown.display_name,
                       location=shown.location,
                       avatar_url=shown.avatar_url)


def _is_named() -> ColumnElement[bool]:
    return func.lower(user_table.c.username) == func.lower(bindparam('username', type_=Text))


# Places and a newer renderer change a project without a new version.
_STAMP = concat(project_table.c.id, ' ', project_table.c.version, ' ', project_table.c.position,
                ' ', project_table.c.renderer, ' ', project_table.c.html_hash)
_OWNER_ID = select(user_table.c.id).where(_is_named()).scalar_subquery()
_NAMED_USER = select(as_text(_user())).where(_is_named()).scalar_subquery()


def _one(*columns: ColumnElement[Any]) -> Select[Any]:
    joined = project_table.join(user_table, user_table.c.id == project_table.c.owner_id)
    stamp = concat(_STAMP, ' ', _user())
    return select(project_table.c.version, stamp.label('stamp'),
                  *columns).select_from(joined).where(
                      project_table.c.id == bindparam('project_id', type_=Id))


def _rows() -> Select[Any]:
    columns: list[ColumnElement[Any]] = [
        as_text(json_object(**_members())).label('row'),
        _STAMP.label('stamp'),
    ]
    return select(*columns).where(project_table.c.owner_id == _OWNER_ID)


class SqlProjectQueries:
    """See the port ``ProjectQueries``. Statements are built once and kept."""

    def __init__(self, read: ReadDatabase, *, cursors: CursorCodec) -> None:
        self._read = read
        shown = project_table.c
        whole = _one(as_text(json_object(**_members(), user=_user())).label('body'))
        self._shape = fingerprint(whole)
        self._read_by_all = Prepared(whole)
        self._read_by_owner = Prepared(_one(as_text(json_object(**_members())).label('body')))
        self._validator = Prepared(_one())
        self._list = SqlList(name='projects',
                             default='position_asc',
                             tie=shown.id,
                             cursors=cursors,
                             sorts=[
                                 SqlSort(id='position', label='Position', key=shown.position),
                                 SqlSort(id='created_at', label='Recency', key=shown.created_at),
                                 SqlSort(id='title', label='Title', key=shown.title),
                             ])

    def document(self, project_id: UUID) -> Document:
        return self._found(self._read_by_all, project_id)

    def own_document(self, project_id: UUID) -> Document:
        return self._found(self._read_by_owner, project_id)

    def document_validator(self, project_id: UUID) -> Document | None:
        row = self._read.one(self._validator, {'project_id': project_id})
        if row is None:
            return None
        return Document(body='', validator=f'{self._shape} {row.stamp}', version=row.version)

    def _found(self, statement: Prepared, project_id: UUID) -> Document:
        row = self._read.one(statement, {'project_id': project_id})
        if row is None:
            raise ProjectNotFound()
        return Document(body=row.body, validator=f'{self._shape} {row.stamp}', version=row.version)

    def of_user(self, username: str, request: PageRequest) -> Page:
        if request.options_only:
            return self._list.options_page(request)
        page = self._list.page(self._read,
                               request,
                               base=_rows,
                               parameters={'username': username},
                               members={'user': _NAMED_USER},
                               steady=True)
        if page.members[0][1] is None:
            raise UserNotFound()
        return page

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import (ColumnElement, FromClause, Select, Text, bindparam, case, exists, func,
                        literal_column, select)
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by
from sqlalchemy.orm import Session

from talelio_backend.app_account.data.orm import account_table, user_table
from talelio_backend.app_contact.data.orm import message_table, reply_table, type_table
from talelio_backend.app_contact.domain.errors import MessageNotFound, MessageTypeNotFound
from talelio_backend.app_contact.domain.message import Status
from talelio_backend.app_contact.services.ports import Recipient, SentMessage
from talelio_backend.app_contact.services.queries import MessageFilter
from talelio_backend.shared.data.database import ReadDatabase
from talelio_backend.shared.data.listing import SqlList, SqlSort
from talelio_backend.shared.data.orm import Id, Time
from talelio_backend.shared.data.search_text import search_text
from talelio_backend.shared.data.sql import as_text, json_object, rfc3339
from talelio_backend.shared.domain.access import Level
from talelio_backend.shared.services.listing import CursorCodec, Document, Page, PageRequest

_T, _M, _R = type_table.c, message_table.c, reply_table.c
_U, _A = user_table.c, account_table.c
_author = user_table.alias('author')
_COUNT = select(func.count()).select_from(message_table).where(  # pylint: disable=not-callable
    _M.type_id == _T.id).scalar_subquery()
_PLACE = case({
    status.value: place
    for place, status in enumerate(Status)
},
              value=as_text(_M.status))


def _type_row(*, counted: bool) -> ColumnElement[Any]:
    more = {'messages_count': _COUNT} if counted else {}
    return json_object(id=_T.id, name=_T.name, created_at=rfc3339(_T.created_at), **more)


def _reply_row() -> ColumnElement[Any]:
    author = json_object(id=_author.c.id, username=_author.c.username)
    return json_object(id=_R.id, body=_R.body, author=author, created_at=rfc3339(_R.created_at))


def _replies() -> ColumnElement[Any]:
    rows = func.json_agg(aggregate_order_by(_reply_row(), _R.created_at, _R.id))
    found = select(func.coalesce(rows, literal_column("'[]'::json")))
    joined = reply_table.join(_author, _author.c.id == _R.author_id)
    return found.select_from(joined).where(_R.message_id == _M.id).scalar_subquery()


def _message_row(*, whole: bool) -> ColumnElement[Any]:
    count = select(func.count()).select_from(reply_table)  # pylint: disable=not-callable
    # Whose account is deleted has no address any more, and a tombstone's name.
    sender = json_object(id=_U.id, username=_U.username, email=_A.email)
    return json_object(id=_M.id,
                       type=json_object(id=_T.id, name=_T.name),
                       title=_M.title,
                       body=_M.body,
                       status=_M.status,
                       sender=sender,
                       **({
                           'replies': _replies()
                       } if whole else {}),
                       replies_count=count.where(_R.message_id == _M.id).scalar_subquery(),
                       version=_M.version,
                       created_at=rfc3339(_M.created_at),
                       updated_at=rfc3339(_M.updated_at))


def _joined() -> FromClause:
    return message_table.join(type_table, _T.id == _M.type_id).join(
        user_table, _U.id == _M.sender_id).outerjoin(account_table, _A.id == _M.sender_id)


_TYPE_SORTS = (
    SqlSort(id='name', label='Name', key=_T.name),
    SqlSort(id='created_at', label='Recency', key=_T.created_at),
    SqlSort(id='messages_count', label='Messages', key=_COUNT, level=Level.ADMIN),
)
_MESSAGE_SORTS = (
    SqlSort(id='created_at', label='Recency', key=_M.created_at),
    SqlSort(id='title', label='Title', key=_M.title),
    SqlSort(id='type', label='Type', key=_T.name),
    SqlSort(id='sender', label='Sender', key=_U.username),
    SqlSort(id='status', label='Status', key=_PLACE),
)


class SqlContactQueries:
    """See the port ``ContactQueries``."""

    def __init__(self, read: ReadDatabase, *, cursors: CursorCodec) -> None:
        self._read = read
        self._types = SqlList(name='contact_types',
                              default='name_asc',
                              tie=_T.id,
                              cursors=cursors,
                              sorts=_TYPE_SORTS)
        self._messages = SqlList(name='contact_messages',
                                 default='created_at_desc',
                                 tie=_M.id,
                                 cursors=cursors,
                                 sorts=_MESSAGE_SORTS)
        of_type, of_message = _T.id == bindparam('id', type_=Id), _M.id == bindparam('id',
                                                                                     type_=Id)
        self._type = {
            counted: select(as_text(_type_row(counted=counted)).label('body')).where(of_type)
            for counted in (False, True)
        }
        self._message = select(
            as_text(_message_row(whole=True)).label('body'), _M.version,
            _M.sender_id).select_from(_joined()).where(of_message)
        self._reply = select(as_text(_reply_row()).label('body')).select_from(
            reply_table.join(
                _author, _author.c.id == _R.author_id)).where(_R.id == bindparam('id', type_=Id))

    def types(self, request: PageRequest) -> Page:
        if request.options_only:
            return self._types.options_page(request)
        counted = request.level >= Level.ADMIN
        row = as_text(_type_row(counted=counted))
        return self._types.page(self._read,
                                request,
                                base=lambda: select(row.label('row'),
                                                    func.md5(row).label('stamp')),
                                shape=counted)

    def type(self, type_id: UUID, *, counted: bool) -> Document:
        row = self._read.one(self._type[counted], {'id': type_id})
        if row is None:
            raise MessageTypeNotFound()
        return Document(body=row.body, validator=row.body)

    def messages(self, wanted: MessageFilter, request: PageRequest) -> Page:
        given: dict[str, Any] = {
            'types': list(wanted.types),
            'statuses': [status.value for status in wanted.statuses],
            'q': search_text(wanted.q.strip()) if wanted.q else '',
            'since': wanted.since,
            'before': wanted.before,
        }
        return self._page(request, {name: value for name, value in given.items() if value})

    def sent_by(self, sender_id: UUID, request: PageRequest) -> Page:
        return self._page(request, {'sender_id': sender_id})

    def _page(self, request: PageRequest, parameters: dict[str, Any]) -> Page:
        if request.options_only:
            return self._messages.options_page(request)
        return self._messages.page(self._read,
                                   request,
                                   base=lambda: _listed(frozenset(parameters)),
                                   shape=tuple(sorted(parameters)),
                                   parameters=parameters)

    def message(self, message_id: UUID, *, sender_id: UUID | None = None) -> Document:
        row = self._read.one(self._message, {'id': message_id})
        if row is None or sender_id not in (None, row.sender_id):
            raise MessageNotFound()
        return Document(body=row.body, validator=row.body, version=row.version)

    def reply(self, reply_id: UUID) -> Document:
        row = self._read.one(self._reply, {'id': reply_id})
        if row is None:
            raise MessageNotFound()
        return Document(body=row.body, validator=row.body)


def _listed(given: frozenset[str]) -> Select[Any]:
    wanted = bindparam('q', type_=Text)
    conditions: dict[str, ColumnElement[bool]] = {
        'types': _M.type_id == func.any(bindparam('types', type_=ARRAY(Id))),
        'statuses': as_text(_M.status) == func.any(bindparam('statuses', type_=ARRAY(Text))),
        'q':
        (func.strpos(_M.search, wanted) > 0) | (func.strpos(func.lower(_U.username), wanted) > 0),
        'since': _M.created_at >= bindparam('since', type_=Time),
        'before': _M.created_at < bindparam('before', type_=Time),
        'sender_id': _M.sender_id == bindparam('sender_id', type_=Id),
    }
    row = as_text(_message_row(whole=False))
    columns: list[ColumnElement[Any]] = [row.label('row'), func.md5(row).label('stamp')]
    return select(*columns).select_from(_joined()).where(*(conditions[name]
                                                           for name in sorted(given)))


class SqlPeople:
    """See the port ``People``."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def administrators(self) -> Sequence[UUID]:
        return self._session.scalars(
            select(_A.id).where(_A.level == Level.ADMIN, _A.verified_at.is_not(None),
                                _A.blocked_at.is_(None)).order_by(_A.id)).all()

    def has_account(self, user_id: UUID) -> bool:
        return bool(self._session.scalar(select(exists().where(_A.id == user_id))))


class SqlCorrespondence:
    """See the port ``Correspondence``."""

    def __init__(self, read: ReadDatabase) -> None:
        self._read = read

    def message(self, message_id: UUID) -> SentMessage | None:
        columns: list[ColumnElement[Any]] = [
            _T.name.label('type'), _M.title, _M.body,
            _U.username.label('sender'),
            _A.email.label('sender_email')
        ]
        row = self._read.one(select(*columns).select_from(_joined()).where(_M.id == message_id))
        return None if row is None else SentMessage(type=row.type,
                                                    title=row.title,
                                                    body=row.body,
                                                    sender=row.sender,
                                                    sender_email=row.sender_email)

    def reply(self, reply_id: UUID) -> str | None:
        row = self._read.one(select(_R.body).where(_R.id == reply_id))
        return None if row is None else row.body

    def recipient(self, user_id: UUID) -> Recipient | None:
        row = self._read.one(select(_A.email, _A.language).where(_A.id == user_id))
        return None if row is None else Recipient(email=row.email, language=row.language)

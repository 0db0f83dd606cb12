from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, Select, Text, Uuid, bindparam, case
from sqlalchemy import cast as sql_cast
from sqlalchemy import extract, func, literal_column, or_, select

from talelio_backend.app_account.data.orm import (LAST_SEEN_KEY, VERIFIED_KEY, account_table,
                                                  session_table, user_table)
from talelio_backend.app_account.domain.errors import AccountNotFound
from talelio_backend.app_account.domain.names import could_be_username, fold
from talelio_backend.app_account.services.queries import UserFilter
from talelio_backend.shared.data.database import ReadDatabase
from talelio_backend.shared.data.listing import SqlList, SqlSort
from talelio_backend.shared.data.orm import Time
from talelio_backend.shared.data.prepared import Prepared
from talelio_backend.shared.data.search_text import search_text
from talelio_backend.shared.data.sql import as_text, json_object, rfc3339
from talelio_backend.shared.domain.access import Level
from talelio_backend.shared.domain.errors import UserNotFound
from talelio_backend.shared.services.clock import Clock
from talelio_backend.shared.services.listing import CursorCodec, Document, Page, PageRequest

_A, _U, _S = account_table.c, user_table.c, session_table.c
_OWN, _OWNER = session_table.alias('own'), user_table.alias('owner')
_FALSE: ColumnElement[bool] = literal_column('false')
_NULL: ColumnElement[None] = literal_column('null')
_BOTH = user_table.join(account_table)

_ACCOUNT: dict[str, ColumnElement[Any]] = {
    'id': _U.id,
    'email': _A.email,
    'verified': _A.verified_at.is_not(None),
    'verified_at': rfc3339(_A.verified_at),
    'level': case((_A.level == Level.ADMIN, 'admin'), else_='member'),
    'blocked': _A.blocked_at.is_not(None),
    'language': _A.language,
    'has_password': _A.password_hash.is_not(None),
    'totp_enabled': _FALSE,
    'created_at': rfc3339(_U.created_at),
    'updated_at': rfc3339(_A.updated_at),
}
_USER: dict[str, ColumnElement[Any]] = {
    'id': _U.id,
    'username': _U.username,
    'display_name': _U.display_name,
    'location': _U.location,
    'bio': _U.bio,
    'avatar_url': _U.avatar_url,
    'created_at': rfc3339(_U.created_at),
}
_PERSONAL: dict[str, ColumnElement[Any]] = {
    'first_name': _A.first_name,
    'last_name': _A.last_name,
    'birth_date': _A.birth_date,
    'country': _A.country,
    'city': _A.city,
}
_ROW = json_object(**_ACCOUNT | _USER | _PERSONAL | {'last_seen_at': rfc3339(_A.last_seen_at)})
# Who acts as the account in the present session, if somebody does.
_ASSUMED_BY = select(json_object(id=_OWNER.c.id, username=_OWNER.c.username)).select_from(
    session_table.join(_OWN, _OWN.c.id == _S.assumed_from).join(
        _OWNER, _OWNER.c.id == _OWN.c.account_id)).where(
            _S.id == sql_cast(bindparam('session_id', type_=Text), Uuid)).scalar_subquery()
_ME = json_object(**_ACCOUNT | _USER | _PERSONAL | {
    'session_id': bindparam('session_id', type_=Text),
    'assumed_by': _ASSUMED_BY
})
# As the domain counts it: the moment of the last change in microseconds.
_VERSION = sql_cast(extract('epoch', _A.updated_at) * 1_000_000, BigInteger)
_BY_NAME = func.lower(_U.username) == bindparam('name', type_=Text)

_SELECT_ME = Prepared(
    select(as_text(_ME).label('body'), _VERSION.label('version')).select_from(_BOTH).where(
        _U.id == bindparam('account_id', type_=Uuid)))
# From the user alone: a tombstone, whose account is gone, is shown too.
_SELECT_USER = Prepared(
    select(as_text(json_object(**_USER)).label('body'), _NULL.label('version')).where(_BY_NAME))
_SELECT_ROW = Prepared(
    select(as_text(_ROW).label('body'),
           _VERSION.label('version')).select_from(_BOTH).where(_BY_NAME))
_SELECT_ID = Prepared(select(_A.id.label('id')).select_from(_BOTH).where(_BY_NAME))


class SqlAccountQueries:

    def __init__(self, *, read: ReadDatabase, cursors: CursorCodec, clock: Clock) -> None:
        self._read = read
        self._clock = clock
        # One list, tied by the id of the table that the sort's key is of: only so one index
        # bears both, and a page far down the list costs what the first one costs.
        self._by_user, self._by_account = (SqlList(name='users',
                                                   sorts=_USER_SORTS,
                                                   default='created_at_desc',
                                                   tie=tie,
                                                   cursors=cursors) for tie in (_U.id, _A.id))
        self._sessions = SqlList(name='sessions',
                                 sorts=_SESSION_SORTS,
                                 default='last_used_at_desc',
                                 tie=_S.id,
                                 cursors=cursors)

    def me(self, *, account_id: UUID, session_id: UUID | None) -> Document:
        row = self._read.one(_SELECT_ME, {
            'account_id': account_id,
            'session_id': str(session_id) if session_id else None
        })
        if row is None:
            raise AccountNotFound()
        return Document(body=row.body, validator=row.body, version=row.version)

    def user(self, username: str) -> Document:
        return self._by_name(_SELECT_USER, username)

    def user_row(self, username: str) -> Document:
        return self._by_name(_SELECT_ROW, username)

    def account_id(self, username: str) -> UUID:
        account_id: UUID = self._named(_SELECT_ID, username).id
        return account_id

    def _by_name(self, statement: Prepared, username: str) -> Document:
        row = self._named(statement, username)
        return Document(body=row.body, validator=row.body, version=row.version)

    def _named(self, statement: Prepared, username: str) -> Any:
        if not could_be_username(username):
            raise UserNotFound()
        row = self._read.one(statement, {'name': fold(username)})
        if row is None:
            raise UserNotFound()
        return row

    def users(self, wanted: UserFilter, request: PageRequest) -> Page:
        if request.options_only:
            return self._by_user.options_page(request)
        given: dict[str, Any] = {
            'q': search_text(wanted.q.strip()) if wanted.q else None,
            'user_level': wanted.level,
            'since': wanted.since,
            'before': wanted.before,
        }
        parameters = {name: value for name, value in given.items() if value is not None}
        shape = (*sorted(parameters), ('verified', wanted.verified), ('blocked', wanted.blocked))
        of_user = (request.sort or 'created_at').startswith(('created_at', 'username'))
        users = self._by_user if of_user else self._by_account
        return users.page(self._read,
                          request,
                          base=lambda: _select_users(wanted, frozenset(parameters)),
                          shape=shape,
                          parameters=parameters)

    def sessions(self, *, account_id: UUID, current: UUID | None, request: PageRequest) -> Page:
        if request.options_only:
            return self._sessions.options_page(request)
        return self._sessions.page(self._read,
                                   request,
                                   base=lambda: _select_sessions(self._clock),
                                   parameters={
                                       'account_id': account_id,
                                       'current': current
                                   })


def _select_users(wanted: UserFilter, given: frozenset[str]) -> Select[Any]:
    conditions: dict[str, ColumnElement[bool]] = {
        'q': func.strpos(_A.search, bindparam('q', type_=Text)) > 0,
        'user_level': _A.level == bindparam('user_level', type_=_A.level.type),
        'since': _U.created_at >= bindparam('since', type_=Time),
        'before': _U.created_at < bindparam('before', type_=Time),
    }
    where = [conditions[name] for name in given]
    if wanted.verified is not None:
        where.append(_A.verified_at.is_not(None) if wanted.verified else _A.verified_at.is_(None))
    if wanted.blocked is not None:
        where.append(_A.blocked_at.is_not(None) if wanted.blocked else _A.blocked_at.is_(None))
    stamp = as_text(_A.id) + as_text(_A.updated_at) + as_text(LAST_SEEN_KEY)
    return select(_ROW.label('row'), stamp.label('stamp')).select_from(_BOTH).where(*where)


def _select_sessions(clock: Clock) -> Select[Any]:
    # Read from the clock at each execution and no part of what a cursor is bound to.
    now = bindparam('now', callable_=clock.now, type_=Time)
    row = json_object(id=_S.id,
                      device=_S.device,
                      ip=_S.ip,
                      created_at=rfc3339(_S.created_at),
                      last_used_at=rfc3339(_S.last_used_at),
                      expires_at=rfc3339(_S.expires_at),
                      current=func.coalesce(_S.id == bindparam('current', type_=Uuid), _FALSE),
                      kind=case((_S.assumed_from.is_(None), literal_column("'login'")),
                                else_=literal_column("'assumed'")))
    # An assumed session lives no longer than the one that it stands on.
    over = select(_OWN.c.id).where(
        _OWN.c.id == _S.assumed_from,
        or_(_OWN.c.ended_at.is_not(None), _OWN.c.refresh_ended_at.is_not(None))).exists()
    return select(row.label('row'),
                  (as_text(_S.id) + as_text(_S.last_used_at)).label('stamp')).where(
                      _S.account_id == bindparam('account_id', type_=Uuid), _S.ended_at.is_(None),
                      _S.refresh_ended_at.is_(None), _S.expires_at > now, ~over)


_USER_SORTS = (
    SqlSort(id='created_at', label='Recency', key=_U.created_at),
    SqlSort(id='email', label='E-mail', key=func.lower(_A.email, type_=_A.email.type)),
    SqlSort(id='username', label='Username', key=func.lower(_U.username, type_=_U.username.type)),
    SqlSort(id='verified_at', label='Verified', key=VERIFIED_KEY),
    SqlSort(id='level', label='Access level', key=_A.level),
    SqlSort(id='last_seen_at', label='Last seen', key=LAST_SEEN_KEY),
)
_SESSION_SORTS = (
    SqlSort(id='last_used_at', label='Last used', key=_S.last_used_at),
    SqlSort(id='created_at', label='Recency', key=_S.created_at),
)

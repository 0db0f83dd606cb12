from typing import Any

from sqlalchemy import ColumnElement, Select, Text, bindparam, func, select

from talelio_backend.app_account.data.orm import user_table
from talelio_backend.app_article.data import statements
from talelio_backend.app_article.data.article_list import (build_list, is_steady, of_all_authors,
                                                           of_one_author, shape_of, values_of)
from talelio_backend.app_article.data.columns import stamp, summary_members
from talelio_backend.app_article.data.orm import article_table
from talelio_backend.app_article.data.tag_list import TagList
from talelio_backend.app_article.domain.errors import ArticleNotFound
from talelio_backend.app_article.services.queries import ArticleFilters, ArticleMoved
from talelio_backend.shared.data.database import ReadDatabase
from talelio_backend.shared.data.prepared import Prepared
from talelio_backend.shared.data.sql import as_text, fingerprint, json_object
from talelio_backend.shared.domain.errors import NotYours, UserNotFound
from talelio_backend.shared.services.authentication import Caller
from talelio_backend.shared.services.listing import CursorCodec, Document, Page, PageRequest


class SqlArticleQueries:
    """See the port ``ArticleQueries``. Statements are built once and kept."""

    def __init__(self, read: ReadDatabase, *, client_url: str, cursors: CursorCodec) -> None:
        self._read = read
        self._bound = {'articles_url': client_url.rstrip('/') + '/articles/'}
        document = statements.document(_AUTHOR_OF_ROW, with_text=True)
        self._document = Prepared(document)
        self._shape = fingerprint(document)
        self._validator = Prepared(statements.document(_AUTHOR_OF_ROW, with_text=False))
        self._author_list = build_list('author_articles', cursors)
        self._public_list = build_list('articles', cursors)
        self._all_tags = TagList('tags', cursors)
        self._author_tags = TagList('author_tags', cursors, owner=_id_of('author'))

    def document(self, slug: str, caller: Caller) -> Document:
        row = self._read.one(self._document, _reader(slug, caller) | self._bound)
        if row is None:
            raise ArticleNotFound()
        if row.slug != slug:
            raise ArticleMoved(row.slug)
        adjacent = f'{{"next":{row.newer or "null"},"prev":{row.older or "null"}}}'
        body = (f'{{"meta":{{"adjacent_articles":{adjacent}}},"article":{row.article},'
                f'"user":{row.author}}}')
        return Document(body=body, validator=self._validated(row), version=row.version)

    def document_validator(self, slug: str, caller: Caller) -> Document | None:
        row = self._read.one(self._validator, _reader(slug, caller))
        return None if row is None or row.slug != slug else self._without_body(row)

    def present_validator(self, slug: str, caller: Caller) -> Document | None:
        row = self._read.one(self._validator, _reader(slug, caller))
        return None if row is None else self._without_body(row)

    def _without_body(self, row: Any) -> Document:
        return Document(body='', validator=self._validated(row), version=row.version)

    def _validated(self, row: Any) -> str:
        """What the document depends on: the release, the settings, and everything in it."""
        return '\n'.join((self._shape, self._bound['articles_url'], row.stamp, str(row.newer),
                          str(row.older), row.author))

    def of_author(self, username: str, filters: ArticleFilters, caller: Caller,
                  request: PageRequest) -> Page:
        if request.options_only:
            return self._author_list.options_page(request)
        if filters.status != 'published':
            self._check_own(username, caller)
        page = self._author_list.page(self._read,
                                      request,
                                      base=lambda: _of_author(filters),
                                      shape=shape_of(filters),
                                      parameters=values_of(filters) | self._bound
                                      | {'username': username},
                                      members={'user': _NAMED_USER},
                                      steady=is_steady(filters))
        if page.members[0][1] is None:
            raise UserNotFound()
        return page

    def _check_own(self, username: str, caller: Caller) -> None:
        own_id = caller.member_id
        author_id = self._author_id(username)
        if author_id is None:
            raise UserNotFound()
        if author_id != own_id and not caller.is_admin:
            raise NotYours()

    def of_everybody(self, filters: ArticleFilters, request: PageRequest) -> Page:
        if request.options_only:
            return self._public_list.options_page(request)
        return self._public_list.page(self._read,
                                      request,
                                      base=lambda: _of_everybody(filters),
                                      shape=shape_of(filters),
                                      parameters=values_of(filters) | self._bound,
                                      steady=is_steady(filters))

    def tags(self, author: str | None, request: PageRequest) -> Page:
        if author is None:
            return self._all_tags.page(self._read, request, {})
        return self._author_tags.page(self._read, request, {'author': author})

    def _author_id(self, username: str) -> Any:
        row = self._read.one(_AUTHOR_ID, {'username': username})
        return None if row is None else row.id


def _reader(slug: str, caller: Caller) -> dict[str, Any]:
    return {'slug': slug, 'reader_id': caller.account_id, 'is_admin': caller.is_admin}


def _id_of(parameter: str) -> ColumnElement[Any]:
    """The id of the person whose username is bound as ``parameter``; NULL for nobody's."""
    return select(user_table.c.id).where(_is_named(parameter)).scalar_subquery()


def _is_named(parameter: str) -> ColumnElement[bool]:
    return func.lower(user_table.c.username) == func.lower(bindparam(parameter, type_=Text))


def _user() -> ColumnElement[Any]:
    shown = user_table.c
    return json_object(id=shown.id,
                       username=shown.username,
                       display_name=shown.display_name,
                       location=shown.location,
                       avatar_url=shown.avatar_url)


_AUTHOR_ID = select(user_table.c.id).where(_is_named('username'))
_AUTHOR_OF_ROW = select(_user()).where(
    user_table.c.id == article_table.c.owner_id).correlate(article_table).scalar_subquery()
_NAMED_USER = select(as_text(_user())).where(_is_named('username')).scalar_subquery()


def _of_author(filters: ArticleFilters) -> Select[Any]:
    base = _rows(json_object(**summary_members()), stamp())
    return of_one_author(base, filters, _id_of('username'))


def _of_everybody(filters: ArticleFilters) -> Select[Any]:
    row = json_object(**summary_members(), user=_user())
    base = _rows(row, stamp(_user())).join(user_table, user_table.c.id == article_table.c.owner_id)
    if filters.author is not None:
        return of_one_author(base, filters, _id_of('author'))
    return of_all_authors(base, filters)


def _rows(row: ColumnElement[Any], its_stamp: ColumnElement[str]) -> Select[Any]:
    columns: list[ColumnElement[Any]] = [as_text(row).label('row'), its_stamp.label('stamp')]
    return select(*columns)

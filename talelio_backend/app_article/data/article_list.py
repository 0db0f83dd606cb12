from collections.abc import Hashable
from typing import Any

from sqlalchemy import ColumnElement, DateTime, Select, Text, bindparam, exists

from talelio_backend.app_article.data.orm import article_table, tag_table
from talelio_backend.app_article.domain.article import Status
from talelio_backend.app_article.domain.tags import tag_slug
from talelio_backend.app_article.services.queries import ArticleFilters
from talelio_backend.shared.data.listing import SqlList, SqlSort
from talelio_backend.shared.services.listing import CursorCodec


def build_list(name: str, cursors: CursorCodec) -> SqlList:
    shown = article_table.c
    return SqlList(name=name,
                   default='published_at_desc',
                   tie=shown.id,
                   cursors=cursors,
                   sorts=[
                       SqlSort(id='published_at', label='Publication', key=shown.listed_at),
                       SqlSort(id='title', label='Title', key=shown.title),
                       SqlSort(id='updated_at', label='Last change', key=shown.updated_at),
                       SqlSort(id='reading_minutes',
                               label='Reading time',
                               key=shown.reading_minutes),
                   ])


def of_one_author(base: Select[Any], filters: ArticleFilters,
                  owner_id: ColumnElement[Any]) -> Select[Any]:
    """``base`` with the conditions of ``filters``; their values are bound, see ``values_of``."""
    base = base.where(article_table.c.owner_id == owner_id)
    if filters.status != 'all':
        base = base.where(article_table.c.status == Status(filters.status))
    return _filtered(base, filters)


def of_all_authors(base: Select[Any], filters: ArticleFilters) -> Select[Any]:
    """The published articles in ``base`` with the other conditions of ``filters``."""
    return _filtered(base.where(article_table.c.is_public), filters)


def _filtered(base: Select[Any], filters: ArticleFilters) -> Select[Any]:
    shown = article_table.c
    # Of a published article both are one, and the lists' indexes hold this one.
    moment = shown.listed_at if filters.status == 'published' else shown.published_at
    for number in range(len(filters.tags)):
        base = base.where(exists().where(
            tag_table.c.article_id == shown.id, tag_table.c.slug == bindparam(f'tag_{number}',
                                                                              type_=Text)))
    if filters.since is not None:
        base = base.where(moment >= bindparam('since', type_=DateTime(timezone=True)))
    if filters.before is not None:
        base = base.where(moment < bindparam('before', type_=DateTime(timezone=True)))
    return base


def shape_of(filters: ArticleFilters) -> Hashable:
    """What tells the statements of two filters apart."""
    return (filters.status, len(filters.tags), filters.since is None, filters.before
            is None, filters.author is None)


def is_steady(filters: ArticleFilters) -> bool:
    """Whether one plan is good for all values: not with tags, of which some are on everything and
    others on a single article, nor with spans of time."""
    return (filters.status == 'published' and not filters.tags and filters.since is None
            and filters.before is None)


def values_of(filters: ArticleFilters) -> dict[str, Any]:
    values: dict[str, Any] = {
        f'tag_{number}': tag_slug(tag)
        for number, tag in enumerate(filters.tags)
    }
    for name in ('since', 'before', 'author'):
        value = getattr(filters, name)
        if value is not None:
            values[name] = value
    return values

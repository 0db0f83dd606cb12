"""The statement behind a single article."""

from typing import Any

from sqlalchemy import Boolean, ColumnElement, Select, Text, bindparam, or_, select, tuple_

from talelio_backend.app_article.data.columns import article_members, stamp
from talelio_backend.app_article.data.orm import article_table, slug_table
from talelio_backend.app_article.domain.article import Status
from talelio_backend.shared.data.orm import Id
from talelio_backend.shared.data.sql import as_text, json_object


def document(author: ColumnElement[Any], *, with_text: bool) -> Select[Any]:
    """An article by a present or former slug, as far as the reader may know of it, in pieces of
    JSON text; without ``with_text`` what its ETag is made of, and no text is read.

    ``author`` is a scalar subquery that follows ``owner_id``. Scalar subqueries, because a join
    of five costs the planner more than the whole statement costs to run.
    """
    seen = or_(article_table.c.status == Status.PUBLISHED,
               article_table.c.owner_id == bindparam('reader_id', type_=Id),
               bindparam('is_admin', type_=Boolean))
    columns: list[ColumnElement[Any]] = [
        article_table.c.slug, article_table.c.version,
        stamp().label('stamp'),
        as_text(_neighbour(following=True)).label('newer'),
        as_text(_neighbour(following=False)).label('older'),
        as_text(author).label('author')
    ]
    if with_text:
        columns.append(as_text(json_object(**article_members())).label('article'))
    return select(*columns).select_from(
        slug_table.join(article_table, article_table.c.id == slug_table.c.article_id)).where(
            slug_table.c.slug == bindparam('slug', type_=Text), seen)


def _neighbour(*, following: bool) -> ColumnElement[Any]:
    """The published article of the same author next to this one: one probe of the index."""
    other = article_table.alias('newer' if following else 'older')
    here = tuple_(article_table.c.published_at, article_table.c.id)
    there = tuple_(other.c.listed_at, other.c.id)
    order = [other.c.listed_at, other.c.id]
    return select(json_object(title=other.c.title, slug=other.c.slug)).where(
        other.c.owner_id == article_table.c.owner_id, other.c.status == Status.PUBLISHED,
        there > here if following else there < here).order_by(
            *(order if following else [column.desc() for column in order]
              )).limit(1).correlate(article_table).scalar_subquery()

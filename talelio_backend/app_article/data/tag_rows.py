"""Keeps ``article_tag`` in step with the tags of articles, in the flush that writes these."""

from typing import Any

from sqlalchemy import Connection, delete, event, insert, inspect

from talelio_backend.app_article.data.orm import tag_table
from talelio_backend.app_article.domain.article import Article, Status
from talelio_backend.app_article.domain.tags import tag_slug


@event.listens_for(Article, 'after_insert')
def _insert(_mapper: Any, connection: Connection, article: Article) -> None:
    rows = [{
        'article_id': article.id,
        'slug': tag_slug(tag),
        'tag': tag,
        'position': position,
        'owner_id': article.owner_id,
        'published': article.status is Status.PUBLISHED,
    } for position, tag in enumerate(article.tags)]
    if rows:
        connection.execute(insert(tag_table), rows)


@event.listens_for(Article, 'after_update')
def _replace(mapper: Any, connection: Connection, article: Article) -> None:
    attributes = inspect(article).attrs
    if attributes.tags.history.has_changes() or attributes.status.history.has_changes():
        connection.execute(delete(tag_table).where(tag_table.c.article_id == article.id))
        _insert(mapper, connection, article)

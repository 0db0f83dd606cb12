"""What is shown of an article, as expressions over its table."""

from typing import Any

from sqlalchemy import ColumnElement, Text, bindparam, func, literal_column, null
from sqlalchemy.sql.functions import concat

from talelio_backend.app_article.data.orm import article_table
from talelio_backend.shared.data.sql import rfc3339

# The unit separator: no text of ours may hold it.
_SEPARATOR = literal_column("E'\\x1f'", Text)
_TEXT_ALONE = ('body', 'html', 'table_of_contents')


def article_members() -> dict[str, ColumnElement[Any]]:
    """The members of an article in the order of the API. Binds ``articles_url``."""
    shown = article_table.c
    return {
        'id': shown.id,
        'title': shown.title,
        'slug': shown.slug,
        'url': bindparam('articles_url', type_=Text) + shown.slug,
        'status': shown.status,
        'body': shown.body,
        'html': shown.html,
        'table_of_contents': shown.table_of_contents,
        'meta_description': func.coalesce(func.nullif(shown.meta_description, ''), shown.excerpt),
        'featured_image': shown.featured_image,
        'tags': func.to_json(shown.tags),
        'word_count': shown.word_count,
        'reading_minutes': shown.reading_minutes,
        'version': shown.version,
        'created_at': rfc3339(shown.created_at),
        'updated_at': rfc3339(shown.updated_at),
        'published_at': rfc3339(shown.published_at),
        'publish_at': null(),
    }


def summary_members() -> dict[str, ColumnElement[Any]]:
    """An article without its text."""
    return {name: column for name, column in article_members().items() if name not in _TEXT_ALONE}


def stamp(*more: ColumnElement[Any]) -> ColumnElement[str]:
    """Text that changes with an article: the renderer changes it without a new version."""
    shown = article_table.c
    parts: list[Any] = [shown.id, shown.version, shown.renderer, shown.html_hash]
    separated = [part for column in (*parts, *more) for part in (column, _SEPARATOR)]
    return concat(*separated)

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import String, bindparam, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from talelio_backend.app_article.data.orm import article_table, slug_table
from talelio_backend.app_article.domain.article import Article

_named = (select(Article).where(article_table.c.id == select(slug_table.c.article_id).where(
    slug_table.c.slug == bindparam('slug')).scalar_subquery()).with_for_update())
_claim = insert(slug_table).on_conflict_do_nothing()
_owner = select(slug_table.c.article_id).where(slug_table.c.slug == bindparam('slug', String))
_taken = select(slug_table.c.slug).where(slug_table.c.slug.in_(bindparam('slugs', expanding=True)),
                                         slug_table.c.article_id != bindparam('article_id'))


class SqlArticleRepository:

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, article: Article) -> None:
        self._session.add(article)

    def named(self, slug: str) -> Article | None:
        return self._session.scalars(_named, {'slug': slug}).one_or_none()

    def with_id(self, article_id: UUID) -> Article | None:
        return self._session.get(Article, article_id, with_for_update=True)

    def remove(self, article: Article) -> None:
        self._session.delete(article)


class SqlSlugs:
    """``ON CONFLICT DO NOTHING`` is an insert under a savepoint in one round trip: it waits for
    whoever is inserting the same key and leaves the transaction whole when that was committed."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def claim(self, slug: str, article_id: UUID) -> bool:
        values = {'slug': slug, 'article_id': article_id}
        if self._session.connection().execute(_claim, values).rowcount:
            return True
        return self._session.scalar(_owner, {'slug': slug}) == article_id

    def taken(self, slugs: Collection[str], article_id: UUID) -> set[str]:
        found = self._session.scalars(_taken, {'slugs': list(slugs), 'article_id': article_id})
        return set(found)

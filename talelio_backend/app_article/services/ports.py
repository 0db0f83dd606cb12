from collections.abc import Collection
from typing import Protocol
from uuid import UUID

from talelio_backend.app_article.domain.article import Article
from talelio_backend.shared.services.unit_of_work import UnitOfWork


class ArticleRepository(Protocol):

    def add(self, article: Article) -> None:
        """Stores a new article."""
        ...

    def named(self, slug: str) -> Article | None:
        """The article whose present or former slug this is, locked until the transaction ends, so
        that two editors come one after the other."""
        ...

    def with_id(self, article_id: UUID) -> Article | None:
        """Locked like ``named``."""
        ...

    def remove(self, article: Article) -> None:
        """Removes an article with all its slugs, which are free again."""
        ...


class Slugs(Protocol):
    """Who has which slug, present and former ones of all articles."""

    def claim(self, slug: str, article_id: UUID) -> bool:
        """Whether the slug is the article's now: it was free or its own. Waits for a transaction
        that claims the same one, and then knows whether that was committed."""
        ...

    def taken(self, slugs: Collection[str], article_id: UUID) -> set[str]:
        """Those of ``slugs`` that other articles have."""
        ...


class ArticleUnitOfWork(UnitOfWork, Protocol):

    @property
    def articles(self) -> ArticleRepository:
        ...

    @property
    def slugs(self) -> Slugs:
        ...

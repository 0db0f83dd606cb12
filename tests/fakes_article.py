"""The ports of articles without I/O."""

from collections.abc import Collection
from uuid import UUID

from talelio_backend.app_article.domain.article import Article
from talelio_backend.shared.domain.events import Event
from talelio_backend.shared.services.markdown import RenderedMarkdown
from tests.fakes import FakeUnitOfWork


class WordRenderer:
    """One paragraph of the source; every word that begins with ``http`` is a link."""

    def __init__(self, version: int = 1) -> None:
        self.version = version
        self.rendered: list[str] = []

    def render(self, source: str) -> RenderedMarkdown:
        self.rendered.append(source)
        words = source.split()
        return RenderedMarkdown(html=f'<p>{source}</p>',
                                table_of_contents='',
                                text=' '.join(words),
                                word_count=len(words),
                                reading_minutes=max(1,
                                                    len(words) // 200),
                                links=tuple(word for word in words if word.startswith('http')),
                                version=self.version)


class InMemoryArticles:

    def __init__(self, articles: dict[UUID, Article], slugs: dict[str, UUID]) -> None:
        self._articles = articles
        self._slugs = slugs
        self.removed: list[Article] = []

    def add(self, article: Article) -> None:
        self._articles[article.id] = article

    def named(self, slug: str) -> Article | None:
        article_id = self._slugs.get(slug)
        return None if article_id is None else self._articles[article_id]

    def with_id(self, article_id: UUID) -> Article | None:
        return self._articles.get(article_id)

    def remove(self, article: Article) -> None:
        del self._articles[article.id]
        for slug in [slug for slug, owner in self._slugs.items() if owner == article.id]:
            del self._slugs[slug]
        self.removed.append(article)


class InMemorySlugs:
    """``contested`` are slugs that somebody else takes in the moment in which they are claimed."""

    def __init__(self, slugs: dict[str, UUID]) -> None:
        self._slugs = slugs
        self.contested: set[str] = set()
        self.look_ups = 0

    def claim(self, slug: str, article_id: UUID) -> bool:
        if slug in self.contested:
            return False
        return self._slugs.setdefault(slug, article_id) == article_id

    def taken(self, slugs: Collection[str], article_id: UUID) -> set[str]:
        self.look_ups += 1
        return {slug for slug in slugs if self._slugs.get(slug, article_id) != article_id}


class FakeArticleUnitOfWork(FakeUnitOfWork):

    def __init__(self) -> None:
        self.stored: dict[UUID, Article] = {}
        self.owners: dict[str, UUID] = {}
        super().__init__(self.stored, self.owners)
        self.articles = InMemoryArticles(self.stored, self.owners)
        self.slugs = InMemorySlugs(self.owners)

    def commit(self) -> None:
        leaving: list[Event] = [
            event for article in self.articles.removed for event in article.collect_events()
        ]
        super().commit()
        self.events += leaving

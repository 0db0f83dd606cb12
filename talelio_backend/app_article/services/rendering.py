from collections.abc import Callable, Iterator
from typing import Protocol
from uuid import UUID

from talelio_backend.app_article.domain.article import Rendering, Text
from talelio_backend.app_article.services.ports import ArticleUnitOfWork
from talelio_backend.shared.domain.text import excerpt, normalize_newlines
from talelio_backend.shared.services.markdown import MarkdownRenderer


def render(markdown: MarkdownRenderer, source: str) -> Text:
    """A body with unified line ends and what it becomes. Costly: call it before a transaction."""
    body = normalize_newlines(source)
    rendered = markdown.render(body)
    return Text(body=body,
                rendering=Rendering(html=rendered.html,
                                    table_of_contents=rendered.table_of_contents,
                                    excerpt=excerpt(rendered.text),
                                    word_count=rendered.word_count,
                                    reading_minutes=rendered.reading_minutes,
                                    links=rendered.links,
                                    renderer=rendered.version))


class Sources(Protocol):
    """The bodies to be rendered, read outside of any unit of work."""

    def older_than(self, renderer: int | None) -> Iterator[tuple[UUID, str]]:
        """Ids and bodies of the articles that an older renderer made, or with None of all,
        a few at a time."""
        ...


class RenderingService:
    """Makes stored HTML anew when the renderer has changed."""

    def __init__(self, *, open_uow: Callable[[], ArticleUnitOfWork], sources: Sources,
                 markdown: MarkdownRenderer) -> None:
        self._open_uow = open_uow
        self._sources = sources
        self._markdown = markdown

    def render(self, *, all_articles: bool) -> int:
        """Renders what an older renderer made, or everything; answers how many articles."""
        wanted = None if all_articles else self._markdown.version
        count = 0
        for article_id, body in self._sources.older_than(wanted):
            count += self._render_one(article_id, body)
        return count

    def _render_one(self, article_id: UUID, body: str) -> bool:
        text = render(self._markdown, body)
        with self._open_uow() as uow:
            article = uow.articles.with_id(article_id)
            if article is None:
                return False
            taken = article.render_anew(text)
            uow.commit()
        return taken

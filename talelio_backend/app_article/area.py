from typing import Protocol

from talelio_backend.app_article.commands import article_commands
from talelio_backend.app_article.data.orm import article_table
from talelio_backend.app_article.data.queries import SqlArticleQueries
from talelio_backend.app_article.data.unit_of_work import SqlArticleUnitOfWork
from talelio_backend.app_article.domain.events import (ArticleDeleted, ArticleDrafted,
                                                       ArticlePublished, ArticleRendered,
                                                       ArticleUnpublished, ArticleUpdated)
from talelio_backend.app_article.presentation.resources import (ArticleResource, ArticlesResource,
                                                                AuthorArticlesResource,
                                                                PublishResource, TagsResource,
                                                                UnpublishResource)
from talelio_backend.app_article.services.ports import ArticleUnitOfWork
from talelio_backend.app_article.services.publishing import PublishingService
from talelio_backend.shared.area import Area, Kernel, Route
from talelio_backend.shared.data.markdown_sources import SqlSources
from talelio_backend.shared.services.stored_html import StoredHtml


class ArticleSettings(Protocol):

    @property
    def client_url(self) -> str:
        """Where readers read, without a slash at its end."""
        ...


def plug(kernel: Kernel, settings: ArticleSettings) -> Area:

    def open_uow() -> ArticleUnitOfWork:
        return SqlArticleUnitOfWork(kernel.transactions)

    queries = SqlArticleQueries(kernel.read,
                                client_url=settings.client_url,
                                cursors=kernel.cursors)
    publishing = PublishingService(open_uow=open_uow, markdown=kernel.markdown, clock=kernel.clock)
    reading = {'articles': queries}
    both = {'publishing': publishing, 'articles': queries}
    return Area(
        name='article',
        events=(ArticlePublished, ArticleDrafted, ArticleUpdated, ArticleUnpublished,
                ArticleRendered, ArticleDeleted),
        stored_html=StoredHtml(things='articles',
                               sources=SqlSources(kernel.read, article_table),
                               markdown=kernel.markdown,
                               render_one=publishing.render_anew),
        commands=(article_commands(kernel.stored_html), ),
        routes=(
            Route(rule='/v1/articles', resource=ArticlesResource, arguments=both),
            Route(rule='/v1/articles/<slug>', resource=ArticleResource, arguments=both),
            Route(rule='/v1/articles/<slug>/publish', resource=PublishResource, arguments=both),
            Route(rule='/v1/articles/<slug>/unpublish', resource=UnpublishResource,
                  arguments=both),
            Route(rule='/v1/users/<username>/articles',
                  resource=AuthorArticlesResource,
                  arguments=reading),
            Route(rule='/v1/tags', resource=TagsResource, arguments=reading),
        ),
    )

from sqlalchemy.orm import Session

from talelio_backend.app_article.data import tag_rows  # pylint: disable=unused-import  # listens
from talelio_backend.app_article.data.article_repository import SqlArticleRepository, SqlSlugs
from talelio_backend.shared.data.unit_of_work import SqlUnitOfWork


class SqlArticleUnitOfWork(SqlUnitOfWork):
    """No constraint of an article is a refusal: slugs are claimed before they are used."""

    articles: SqlArticleRepository
    slugs: SqlSlugs

    def attach(self, session: Session) -> None:
        self.articles = SqlArticleRepository(session)
        self.slugs = SqlSlugs(session)

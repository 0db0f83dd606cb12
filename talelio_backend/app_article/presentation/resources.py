from collections.abc import Callable
from urllib.parse import quote

from talelio_backend.app_article.domain.errors import (AlreadyDraft, AlreadyPublished,
                                                       ArticleNotFound, SlugTaken)
from talelio_backend.app_article.presentation import schemas
from talelio_backend.app_article.services.publishing import PublishingService
from talelio_backend.app_article.services.queries import ArticleMoved, ArticleQueries
from talelio_backend.shared.domain.access import Level
from talelio_backend.shared.domain.errors import NotYours, UserNotFound
from talelio_backend.shared.presentation.answers import (Answer, document, moved, no_content,
                                                         unless_known)
from talelio_backend.shared.presentation.api import Resource
from talelio_backend.shared.presentation.conditional import naming_the_present
from talelio_backend.shared.presentation.endpoint import Call, endpoint
from talelio_backend.shared.presentation.lists import list_answer
from talelio_backend.shared.services.authentication import CredentialsRequired


def _address(slug: str) -> str:
    return f'/v1/articles/{quote(slug)}'


class ArticlesResource(Resource):

    def __init__(self, publishing: PublishingService, articles: ArticleQueries) -> None:
        self._publishing = publishing
        self._articles = articles

    @endpoint(access=Level.MEMBER,
              summary='Write an article',
              status=201,
              response=schemas.ArticleDocumentView,
              errors=(SlugTaken, ))
    def post(self, call: Call, body: schemas.NewArticleBody) -> Answer:
        slug = self._publishing.create(author_id=call.caller.member_id, new=body.new_article())
        return document(self._articles.document(slug, call.caller), location=_address(slug))

    @endpoint(access=Level.LOGGED_OUT, summary='Published articles', response=schemas.ArticlesView)
    def get(self, call: Call, query: schemas.PublicArticlesQuery) -> Answer:
        request = query.page_request(call.caller.level)
        return list_answer('articles', self._articles.of_everybody(query.filters(), request),
                           request)


class AuthorArticlesResource(Resource):

    def __init__(self, articles: ArticleQueries) -> None:
        self._articles = articles

    @endpoint(access=Level.LOGGED_OUT,
              summary='The articles of one person',
              response=schemas.AuthorArticlesView,
              errors=(UserNotFound, CredentialsRequired, NotYours))
    def get(self, username: str, call: Call, query: schemas.AuthorArticlesQuery) -> Answer:
        request = query.page_request(call.caller.level)
        page = self._articles.of_author(username, query.filters(), call.caller, request)
        return list_answer('articles', page, request)


class TagsResource(Resource):

    def __init__(self, articles: ArticleQueries) -> None:
        self._articles = articles

    @endpoint(access=Level.LOGGED_OUT,
              summary='Tags of published articles',
              response=schemas.TagsView)
    def get(self, call: Call, query: schemas.TagsQuery) -> Answer:
        request = query.page_request(call.caller.level)
        return list_answer('tags', self._articles.tags(query.author, request), request)


class _OneArticle(Resource):

    def __init__(self, publishing: PublishingService, articles: ArticleQueries) -> None:
        self._publishing = publishing
        self._articles = articles

    def _changed(self, slug: str, call: Call, change: Callable[[], str]) -> Answer:
        """Makes a change that answers the present slug, and shows what became of the article."""
        with naming_the_present(lambda: self._articles.present_validator(slug, call.caller)):
            present = change()
        return document(self._articles.document(present, call.caller))


class ArticleResource(_OneArticle):

    @endpoint(access=Level.LOGGED_OUT,
              summary='Read an article',
              response=schemas.ArticleDocumentView,
              errors=(ArticleNotFound, ),
              other_statuses={301: 'The article has another slug now, see `Location`.'})
    def get(self, slug: str, call: Call) -> Answer:
        try:
            return unless_known(lambda: self._articles.document_validator(slug, call.caller),
                                lambda: self._articles.document(slug, call.caller))
        except ArticleMoved as there:
            return moved(_address(there.slug))

    @endpoint(access=Level.MEMBER,
              summary='Change an article',
              response=schemas.ArticleDocumentView,
              if_match='required',
              errors=(ArticleNotFound, SlugTaken))
    def patch(self, slug: str, call: Call, body: schemas.ArticlePatchBody) -> Answer:
        return self._changed(
            slug, call, lambda: self._publishing.edit(slug=slug,
                                                      caller=call.caller,
                                                      changes=body.article_changes(),
                                                      expected_version=call.expected_version))

    @endpoint(access=Level.MEMBER,
              summary='Delete an article',
              status=204,
              if_match='accepted',
              errors=(ArticleNotFound, ))
    def delete(self, slug: str, call: Call) -> Answer:
        with naming_the_present(lambda: self._articles.present_validator(slug, call.caller)):
            self._publishing.delete(slug=slug,
                                    caller=call.caller,
                                    expected_version=call.expected_version)
        return no_content()


class PublishResource(_OneArticle):

    @endpoint(access=Level.MEMBER,
              summary='Publish an article',
              response=schemas.ArticleDocumentView,
              if_match='accepted',
              body_optional=True,
              errors=(ArticleNotFound, AlreadyPublished))
    # The body is checked to say nothing.
    def post(self, slug: str, call: Call, body: schemas.PublishBody) -> Answer:  # pylint: disable=unused-argument
        return self._changed(
            slug, call, lambda: self._publishing.publish(
                slug=slug, caller=call.caller, expected_version=call.expected_version))


class UnpublishResource(_OneArticle):

    @endpoint(access=Level.MEMBER,
              summary='Make a published article a draft again',
              response=schemas.ArticleDocumentView,
              if_match='accepted',
              errors=(ArticleNotFound, AlreadyDraft))
    def post(self, slug: str, call: Call) -> Answer:
        return self._changed(
            slug, call, lambda: self._publishing.unpublish(
                slug=slug, caller=call.caller, expected_version=call.expected_version))

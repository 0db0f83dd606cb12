from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from talelio_backend.app_article.domain.article import Status
from talelio_backend.app_article.domain.slug import is_slug
from talelio_backend.app_article.domain.tags import first_duplicate
from talelio_backend.app_article.services.publishing import ArticleChanges, NewArticle
from talelio_backend.app_article.services.queries import ArticleFilters, Wanted
from talelio_backend.shared.presentation.lists import ListQuery, ListView
from talelio_backend.shared.presentation.schemas import (BlankIsNone, Body, Line, LongText,
                                                         PatchBody, Time, View)
from talelio_backend.shared.presentation.web_address import WebAddress


def _slug(value: str) -> str:
    if not is_slug(value):
        raise PydanticCustomError('wrong_form', 'letters and digits, small, joined by hyphens')
    return value


def _tags(values: list[str]) -> list[str]:
    duplicate = first_duplicate(tuple(values))
    if duplicate is not None:
        raise PydanticCustomError('duplicate', 'the tag {tag} is there already',
                                  {'tag': duplicate})
    return values


Title = Annotated[Line, Field(min_length=1, max_length=200)]
BodyText = Annotated[LongText, Field(min_length=1, max_length=500_000)]
Description = Annotated[Line, Field(max_length=500)]
Tag = Annotated[Line, Field(min_length=1, max_length=40)]
Tags = Annotated[list[Tag], Field(max_length=10), AfterValidator(_tags)]
# Each number of tags is a statement of its own, and statements are kept: hence a bound.
TagFilter = Annotated[list[Annotated[str, Field(min_length=1, max_length=80)]],
                      Field(max_length=10)]
Slug = Annotated[str, Field(min_length=1, max_length=80), AfterValidator(_slug)]


class NewArticleBody(Body):
    title: Title
    body: BodyText
    meta_description: Description | None = None
    featured_image: Annotated[WebAddress | None, BlankIsNone] = None
    tags: Tags = []
    status: Literal['draft', 'published'] = 'published'
    slug: Slug | None = None

    def new_article(self) -> NewArticle:
        return NewArticle(title=self.title,
                          body=self.body,
                          meta_description=self.meta_description or '',
                          featured_image=self.featured_image or '',
                          tags=tuple(self.tags),
                          status=Status(self.status),
                          slug=self.slug)


class ArticlePatchBody(PatchBody):
    """``new_slug`` derives the slug from the title anew, ``slug`` names one: not both."""

    title: Title = ''
    body: BodyText = ''
    meta_description: Description | None = None
    featured_image: Annotated[WebAddress | None, BlankIsNone] = None
    tags: Tags = []
    slug: Slug = ''
    new_slug: bool = False

    @model_validator(mode='after')
    def _one_slug(self) -> Self:
        if self.new_slug and 'slug' in self.model_fields_set:
            raise PydanticCustomError('contradiction', 'give either slug or new_slug')
        return self

    def article_changes(self) -> ArticleChanges:
        sent = self.changes()
        for name in ('meta_description', 'featured_image'):
            if name in sent:
                sent[name] = sent[name] or ''
        if 'tags' in sent:
            sent['tags'] = tuple(self.tags)
        return ArticleChanges(**sent)


class PublishBody(Body):
    """Nothing can be said yet: an article is published now."""


class PublicArticlesQuery(ListQuery):
    tag: TagFilter = []
    since: Time | None = None
    before: Time | None = None
    author: Annotated[str | None, Field(max_length=80)] = None

    def filters(self) -> ArticleFilters:
        return ArticleFilters(tags=_distinct(self.tag),
                              since=self.since,
                              before=self.before,
                              author=self.author)


class AuthorArticlesQuery(ListQuery):
    status: Wanted = 'published'
    tag: TagFilter = []
    since: Time | None = None
    before: Time | None = None

    def filters(self) -> ArticleFilters:
        return ArticleFilters(status=self.status,
                              tags=_distinct(self.tag),
                              since=self.since,
                              before=self.before)


class TagsQuery(ListQuery):
    author: Annotated[str | None, Field(max_length=80)] = None


def _distinct(tags: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(tags))


class AuthorView(View):
    id: UUID
    username: str
    display_name: str | None
    location: str
    avatar_url: str | None


class SummaryView(View):
    """An article without its text."""

    id: UUID
    title: str
    slug: str
    url: str
    status: Literal['draft', 'published']
    meta_description: str
    featured_image: str
    tags: list[str]
    word_count: int
    reading_minutes: int
    version: int
    created_at: Time
    updated_at: Time
    published_at: Time | None
    publish_at: Time | None


class ArticleView(SummaryView):
    body: str
    html: str
    table_of_contents: str


class NeighbourView(View):
    title: str
    slug: str


class AdjacentView(View):
    next: NeighbourView | None
    prev: NeighbourView | None


class MetaView(View):
    adjacent_articles: AdjacentView


class ArticleDocumentView(View):
    meta: MetaView
    article: ArticleView
    user: AuthorView


class AuthoredSummaryView(SummaryView):
    user: AuthorView


class ArticlesView(ListView):
    articles: list[AuthoredSummaryView]


class AuthorArticlesView(ListView):
    user: AuthorView
    articles: list[SummaryView]


class TagView(View):
    tag: str
    slug: str
    articles_count: int


class TagsView(ListView):
    tags: list[TagView]

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from talelio_backend.app_article.domain.article import Article, Edit, Status
from talelio_backend.app_article.domain.errors import ArticleNotFound, SlugTaken
from talelio_backend.app_article.domain.slug import slugify
from talelio_backend.app_article.services.numbering import claim_free
from talelio_backend.app_article.services.ports import ArticleUnitOfWork
from talelio_backend.app_article.services.rendering import render
from talelio_backend.shared.domain.errors import NotYours
from talelio_backend.shared.domain.ids import new_id
from talelio_backend.shared.services.authentication import Caller
from talelio_backend.shared.services.clock import Clock
from talelio_backend.shared.services.markdown import MarkdownRenderer


@dataclass(frozen=True, kw_only=True)
class NewArticle:
    title: str
    body: str
    meta_description: str = ''
    featured_image: str = ''
    tags: tuple[str, ...] = ()
    status: Status = Status.PUBLISHED
    slug: str | None = None


@dataclass(frozen=True, kw_only=True)
class ArticleChanges:
    """What a request changes; None leaves a field as it is, ``new_slug`` derives one anew."""

    title: str | None = None
    body: str | None = None
    meta_description: str | None = None
    featured_image: str | None = None
    tags: tuple[str, ...] | None = None
    slug: str | None = None
    new_slug: bool = False


class PublishingService:
    """What authors do with their articles. What changes one answers its present slug.

    ``slug`` as an argument may be a former one. Where ``expected_version`` is given and is not the
    present one, VersionMismatch is raised. Who may not know of an article gets ArticleNotFound,
    who may read it but not change it NotYours.
    """

    def __init__(self, *, open_uow: Callable[[], ArticleUnitOfWork], markdown: MarkdownRenderer,
                 clock: Clock) -> None:
        self._open_uow = open_uow
        self._markdown = markdown
        self._clock = clock

    def create(self, *, author_id: UUID, new: NewArticle) -> str:
        """Without a slug the title gives one, numbered when it is taken.

        Raises Invalid (equal tags), SlugTaken for a slug that was asked for, Busy.
        """
        text = render(self._markdown, new.body)
        article_id = new_id()
        with self._open_uow() as uow:
            slug = _claim(uow, article_id, new.slug, new.title)
            uow.articles.add(
                Article.create(article_id=article_id,
                               owner_id=author_id,
                               slug=slug,
                               title=new.title,
                               text=text,
                               meta_description=new.meta_description,
                               featured_image=new.featured_image,
                               tags=new.tags,
                               status=new.status,
                               now=self._clock.now()))
            uow.commit()
        return slug

    def edit(self, *, slug: str, caller: Caller, changes: ArticleChanges,
             expected_version: int | None) -> str:
        """Raises ArticleNotFound, NotYours, VersionMismatch, Invalid, SlugTaken, Busy."""
        text = None if changes.body is None else render(self._markdown, changes.body)
        with self._open_uow() as uow:
            article = _author_s(uow, slug, caller, expected_version)
            present = article.slug
            if changes.slug is not None or changes.new_slug:
                present = _claim(uow, article.id, changes.slug, changes.title or article.title)
            edit = Edit(title=changes.title,
                        text=text,
                        meta_description=changes.meta_description,
                        featured_image=changes.featured_image,
                        tags=changes.tags,
                        slug=present)
            article.edit(edit, now=self._clock.now())
            uow.commit()
        return present

    def publish(self, *, slug: str, caller: Caller, expected_version: int | None) -> str:
        """Raises ArticleNotFound, NotYours, VersionMismatch, AlreadyPublished."""
        with self._open_uow() as uow:
            article = _author_s(uow, slug, caller, expected_version)
            article.publish(now=self._clock.now())
            uow.commit()
        return article.slug

    def unpublish(self, *, slug: str, caller: Caller, expected_version: int | None) -> str:
        """Raises ArticleNotFound, NotYours, VersionMismatch, AlreadyDraft."""
        with self._open_uow() as uow:
            article = _author_s(uow, slug, caller, expected_version)
            article.unpublish(now=self._clock.now())
            uow.commit()
        return article.slug

    def delete(self, *, slug: str, caller: Caller, expected_version: int | None) -> None:
        """Raises ArticleNotFound, NotYours, VersionMismatch."""
        with self._open_uow() as uow:
            article = _author_s(uow, slug, caller, expected_version)
            article.delete()
            uow.articles.remove(article)
            uow.commit()

    def render_anew(self, article_id: UUID, body: str) -> bool:
        """Whether the HTML is of ``body`` now: not where the article is gone or has another."""
        text = render(self._markdown, body)
        with self._open_uow() as uow:
            article = uow.articles.with_id(article_id)
            taken = article is not None and article.render_anew(text)
            uow.commit()
        return taken


def _author_s(uow: ArticleUnitOfWork, slug: str, caller: Caller,
              expected_version: int | None) -> Article:
    article = uow.articles.named(slug)
    if article is None:
        raise ArticleNotFound()
    if article.owner_id != caller.account_id and not caller.is_admin:
        raise NotYours() if article.status is Status.PUBLISHED else ArticleNotFound()
    article.expect(expected_version)
    return article


def _claim(uow: ArticleUnitOfWork, article_id: UUID, wanted: str | None, title: str) -> str:
    if wanted is None:
        return claim_free(uow.slugs, slugify(title), article_id)
    if not uow.slugs.claim(wanted, article_id):
        raise SlugTaken(slug=wanted)
    return wanted

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Self
from uuid import UUID

from talelio_backend.app_article.domain.errors import AlreadyDraft, AlreadyPublished
from talelio_backend.app_article.domain.events import (ArticleDeleted, ArticleDrafted,
                                                       ArticleEvent, ArticlePublished,
                                                       ArticleRendered, ArticleUnpublished,
                                                       ArticleUpdated)
from talelio_backend.app_article.domain.tags import first_duplicate
from talelio_backend.shared.domain.aggregate import Aggregate
from talelio_backend.shared.domain.errors import Fault, Invalid, VersionMismatch
from talelio_backend.shared.domain.events import changes_between


class Status(StrEnum):
    DRAFT = 'draft'
    PUBLISHED = 'published'


@dataclass(frozen=True)
class Rendering:
    """What a body became: sanitised HTML and what was read off it. ``excerpt`` stands in for a
    missing meta description; ``renderer`` is the version of what made this."""

    html: str
    table_of_contents: str
    excerpt: str
    word_count: int
    reading_minutes: int
    links: tuple[str, ...]
    renderer: int


@dataclass(frozen=True, kw_only=True)
class Text:
    """A body and its rendering: one never changes without the other."""

    body: str
    rendering: Rendering


@dataclass(frozen=True, kw_only=True)
class Edit:
    """What an edit sets; None leaves a field as it is. ``''`` clears ``meta_description`` and
    ``featured_image``."""

    title: str | None = None
    text: Text | None = None
    meta_description: str | None = None
    featured_image: str | None = None
    tags: tuple[str, ...] | None = None
    slug: str | None = None


# What an edit may change, and what the activity log shows of it.
_EDITABLE = ('title', 'body', 'meta_description', 'featured_image', 'tags', 'slug')


@dataclass(kw_only=True, eq=False)
class Article(Aggregate):
    """A text of one author. ``published_at`` is its first publication and survives unpublishing;
    ``listed_at`` is its place in lists: the publication, or for a draft the last change."""

    owner_id: UUID
    slug: str
    status: Status
    title: str
    body: str
    rendering: Rendering
    meta_description: str
    featured_image: str
    tags: tuple[str, ...]
    version: int
    created_at: datetime
    updated_at: datetime
    published_at: datetime | None
    listed_at: datetime

    @classmethod
    def create(cls, *, article_id: UUID, owner_id: UUID, slug: str, title: str, text: Text,
               meta_description: str, featured_image: str, tags: tuple[str, ...], status: Status,
               now: datetime) -> Self:
        """Raises Invalid when two tags are equal."""
        _check_tags(tags)
        published = status is Status.PUBLISHED
        article = cls(id=article_id,
                      owner_id=owner_id,
                      slug=slug,
                      status=status,
                      title=title,
                      body=text.body,
                      rendering=text.rendering,
                      meta_description=meta_description,
                      featured_image=featured_image,
                      tags=tags,
                      version=1,
                      created_at=now,
                      updated_at=now,
                      published_at=now if published else None,
                      listed_at=now)
        article._tell(ArticlePublished if published else ArticleDrafted, former_links=())
        return article

    @property
    def named_addresses(self) -> tuple[str, ...]:
        """Every address that the article names."""
        image = (self.featured_image, ) if self.featured_image else ()
        return tuple(dict.fromkeys((*self.rendering.links, *image)))

    def expect(self, version: int | None) -> None:
        """Raises VersionMismatch unless ``version`` is the present one or None."""
        if version is not None and version != self.version:
            raise VersionMismatch(version=self.version)

    def edit(self, edit: Edit, *, now: datetime) -> None:
        """An edit that changes nothing keeps the version and is no event. Raises Invalid when two
        tags are equal."""
        before, former_links = self._shown(), self.named_addresses
        if edit.tags is not None:
            _check_tags(edit.tags)
            self.tags = edit.tags
        if edit.text is not None and edit.text.body != self.body:
            self.body, self.rendering = edit.text.body, edit.text.rendering
        for name in ('title', 'meta_description', 'featured_image', 'slug'):
            value = getattr(edit, name)
            if value is not None:
                setattr(self, name, value)
        changed = changes_between(before, self._shown())
        if changed:
            self._touch(now)
            self._tell(ArticleUpdated, former_links=former_links, changed=changed)

    def publish(self, *, now: datetime) -> None:
        """Raises AlreadyPublished."""
        if self.status is Status.PUBLISHED:
            raise AlreadyPublished()
        self.status = Status.PUBLISHED
        self.published_at = self.published_at or now
        self._touch(now)
        self._tell(ArticlePublished, former_links=self.named_addresses)

    def unpublish(self, *, now: datetime) -> None:
        """Raises AlreadyDraft."""
        if self.status is Status.DRAFT:
            raise AlreadyDraft()
        self.status = Status.DRAFT
        self._touch(now)
        self._tell(ArticleUnpublished, former_links=self.named_addresses)

    def delete(self) -> None:
        self.record(
            ArticleDeleted(article_id=self.id,
                           owner_id=self.owner_id,
                           title=self.title,
                           links=(),
                           former_links=self.named_addresses))

    def render_anew(self, text: Text) -> bool:
        """Takes a newer rendering, unless the body it was made of was edited meanwhile. Not an
        edit: the version stays, so that nobody's If-Match is spoiled."""
        fits = text.body == self.body
        if fits:
            former_links = self.named_addresses
            self.rendering = text.rendering
            if self.named_addresses != former_links:
                self._tell(ArticleRendered, former_links=former_links)
        return fits

    def _touch(self, now: datetime) -> None:
        self.version += 1
        self.updated_at = now
        published = self.status is Status.PUBLISHED and self.published_at
        self.listed_at = published or now

    def _shown(self) -> dict[str, Any]:
        return {name: _plain(getattr(self, name)) for name in _EDITABLE}

    def _tell(self, event_class: type[ArticleEvent], *, former_links: tuple[str, ...],
              **details: Any) -> None:
        self.record(
            event_class(article_id=self.id,
                        owner_id=self.owner_id,
                        title=self.title,
                        links=self.named_addresses,
                        former_links=former_links,
                        **details))


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _check_tags(tags: tuple[str, ...]) -> None:
    if first_duplicate(tags) is not None:
        raise Invalid(Fault('/tags', 'duplicate', 'two tags have the same slug'))

from dataclasses import dataclass
from uuid import UUID

from talelio_backend.shared.domain.events import ChangedEvent, Event, Target


@dataclass(frozen=True, kw_only=True)
class ArticleEvent(Event):
    """An event about one article. ``links`` is every address that its text and its featured image
    name after the event, ``former_links`` what they named before: whoever keeps track of
    references replaces what it knew."""

    article_id: UUID
    owner_id: UUID
    title: str
    links: tuple[str, ...]
    former_links: tuple[str, ...]

    @property
    def target(self) -> Target:
        return Target('article', self.article_id, self.title)


@dataclass(frozen=True, kw_only=True)
class ArticlePublished(ArticleEvent):
    action = 'article_published'
    activity = 'Published “{title}”'


@dataclass(frozen=True, kw_only=True)
class ArticleDrafted(ArticleEvent):
    action = 'article_drafted'
    activity = 'Drafted “{title}”'


@dataclass(frozen=True, kw_only=True)
class ArticleUpdated(ArticleEvent, ChangedEvent):
    action = 'article_updated'
    activity = 'Changed “{title}”'


@dataclass(frozen=True, kw_only=True)
class ArticleUnpublished(ArticleEvent):
    action = 'article_unpublished'
    activity = 'Made “{title}” a draft again'


@dataclass(frozen=True, kw_only=True)
class ArticleRendered(ArticleEvent):
    """A newer renderer finds other addresses in the same text. Nobody did this."""

    action = None
    activity = None


@dataclass(frozen=True, kw_only=True)
class ArticleDeleted(ArticleEvent):
    """Nothing refers to anything any more: ``links`` is empty."""

    action = 'article_deleted'
    activity = 'Deleted “{title}”'

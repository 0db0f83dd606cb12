from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from talelio_backend.shared.services.authentication import Caller
from talelio_backend.shared.services.listing import Document, Page, PageRequest

Wanted = Literal['draft', 'published', 'all']


class ArticleMoved(Exception):
    """The article is there, under another slug. Not a refusal: the way to it."""

    def __init__(self, slug: str) -> None:
        super().__init__(slug)
        self.slug = slug


@dataclass(frozen=True, kw_only=True)
class ArticleFilters:
    """``tags`` as typed, all of them; ``since`` inclusive, ``before`` exclusive, both on the
    publication. ``author`` is a username."""

    status: Wanted = 'published'
    tags: tuple[str, ...] = ()
    since: datetime | None = None
    before: datetime | None = None
    author: str | None = None


class ArticleQueries(Protocol):
    """What is read of articles, as JSON made by the database: one statement an answer.

    The ``validator`` methods answer what an ETag is made of, without reading a body.
    """

    def document(self, slug: str, caller: Caller) -> Document:
        """Raises ArticleNotFound, also for a draft of somebody else; ArticleMoved."""
        ...

    def document_validator(self, slug: str, caller: Caller) -> Document | None:
        """None where ``document`` would raise."""
        ...

    def present_validator(self, slug: str, caller: Caller) -> Document | None:
        """That of the article which has or had the slug; None where it is not to be seen."""
        ...

    def of_author(self, username: str, filters: ArticleFilters, caller: Caller,
                  request: PageRequest) -> Page:
        """The articles of one person, with the member ``user``. Raises UserNotFound, BadQuery,
        and for drafts CredentialsRequired and NotYours."""
        ...

    def of_everybody(self, filters: ArticleFilters, request: PageRequest) -> Page:
        """The published articles of all authors, each with its ``user``. Raises BadQuery."""
        ...

    def tags(self, author: str | None, request: PageRequest) -> Page:
        """The tags of published articles, with their number. Raises BadQuery."""
        ...

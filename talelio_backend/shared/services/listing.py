from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from talelio_backend.shared.domain.access import Level
from talelio_backend.shared.domain.errors import RuleBroken

DEFAULT_LIMIT = 20
HIGHEST_LIMIT = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class SortOption:
    """One way to order a list; ``level`` is the lowest access level that may use it."""

    id: str
    label: str
    level: Level = Level.LOGGED_OUT


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRequest:
    """Which part of a list is wanted: by ``cursor`` (keyset, no count) or by ``page`` (counted).

    ``sort`` is ``<id>_asc``, ``<id>_desc`` or None for the list's default. ``level`` is the
    caller's, for the sort options that not everybody may use. ``known`` tells whether the caller
    has the page of that validator already; None where there is nothing to compare.
    """

    sort: str | None = None
    limit: int = DEFAULT_LIMIT
    cursor: str | None = None
    page: int | None = None
    options_only: bool = False
    level: Level = Level.EVERYONE
    known: Callable[[str], bool] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page as JSON text, made by the database. ``members`` are further members of the list
    document, as JSON text by name (``user``); ``total`` is counted only with ``page``.
    ``validator`` is what the ETag is made of, None where nothing shorter than the page itself
    will do; an ``unchanged`` page is the one that the caller has, its rows were not read."""

    rows: str
    sort: str
    sort_options: tuple[SortOption, ...]
    next: str | None = None
    total: int | None = None
    members: tuple[tuple[str, str], ...] = ()
    validator: str | None = None
    unchanged: bool = False


class BadQuery(RuleBroken):
    """A query parameter that cannot be served; the presentation answers 400."""

    code = 'bad_request'
    title = 'The parameter {parameter} cannot be used: {reason}.'


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A representation made by the database: JSON text and what its ETag is made of.
    ``version`` is that of the aggregate, for If-Match, where it has one."""

    body: str
    validator: str
    version: int | None = None


class CursorCodec(Protocol):

    def seal(self, values: list[str | None]) -> str:
        ...

    def open(self, cursor: str) -> list[str | None]:
        """Raises BadQuery for a cursor that was not sealed here."""
        ...

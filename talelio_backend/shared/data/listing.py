import hashlib
import json
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Select
from sqlalchemy.types import NullType

from talelio_backend.shared.data.database import ReadDatabase
from talelio_backend.shared.data.list_statements import (Ordering, Paging, Statements,
                                                         build_statements)
from talelio_backend.shared.services.listing import (DEFAULT_LIMIT, BadQuery, CursorCodec, Page,
                                                     PageRequest, SortOption)

MOST_KEPT = 200


@dataclass(frozen=True, kw_only=True)
class SqlSort(SortOption):
    """A sort option and the column behind it, never NULL (coalesce it), with an index on
    (column, id). ``tie`` is that id where it is another column than the list's: an index spans
    no two tables. ``falling`` is the key of the descending order where it is another: empty
    values come last in both directions, so they are coalesced to the highest value in ``key``
    and to the lowest in ``falling``, each with an index of its own."""

    key: ColumnElement[Any]
    tie: ColumnElement[Any] | None = None
    falling: ColumnElement[Any] | None = None

    def keys(self) -> tuple[ColumnElement[Any], ...]:
        return (self.key, ) if self.falling is None else (self.key, self.falling)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One question to a list: the statements that answer it and the values that they bind.
    ``identity`` tells apart lists, orders and filters."""

    request: PageRequest
    ordering: Ordering
    options: tuple[SortOption, ...]
    identity: str
    statements: Statements
    values: Mapping[str, Any]
    members: Sequence[str] = field(default_factory=tuple)

    def validator(self, row: Any) -> str:
        """What the page depends on, from the columns that ``rows`` and ``validator`` share."""
        return json.dumps([
            self.statements.text, self.identity, [option.id for option in self.options], row.stamp,
            row.last_key, row.last_tie, [value for _, value in self.members_of(row)]
        ])

    def members_of(self, row: Any) -> tuple[tuple[str, str], ...]:
        return tuple((name, getattr(row, f'member_{name}')) for name in self.members)

    def page(self, row: Any, **more: Any) -> Page:
        return Page(rows=f'[{row.rows or ""}]',
                    sort=self.ordering.name,
                    sort_options=self.options,
                    members=self.members_of(row),
                    **more)


class SqlList:
    """A list: its sort options in one place, both ways of paging, one statement a page.

    ``base`` (see ``page``) selects the columns ``row`` (the JSON text of a row) and, where one is
    cheaper to make than the row itself, ``stamp`` (text that changes whenever the row does), and
    filters with bind parameters.
    """

    def __init__(self, *, name: str, sorts: Sequence[SqlSort], default: str,
                 tie: ColumnElement[Any], cursors: CursorCodec) -> None:
        for sort in sorts:
            if any(isinstance(key.type, NullType) for key in sort.keys()):
                # Told when the list is made, and not to the first who asks for a second page.
                raise TypeError(f'{name}: the key of {sort.id} needs a type')
        self._name = name
        self._sorts = {sort.id: sort for sort in sorts}
        self._default = default
        self._tie = tie
        self._cursors = cursors
        self._kept: dict[tuple[Hashable, str, Paging], Statements] = {}

    def options(self, request: PageRequest) -> tuple[SortOption, ...]:
        return tuple(sort for sort in self._sorts.values() if sort.level <= request.level)

    def options_page(self, request: PageRequest, *, default: str | None = None) -> Page:
        """The page of ``sort_options=only``: touches no rows."""
        return Page(rows='', sort=default or self._default, sort_options=self.options(request))

    def page(self,
             read: ReadDatabase,
             request: PageRequest,
             *,
             base: Callable[[], Select[Any]],
             shape: Hashable = (),
             parameters: Mapping[str, Any] | None = None,
             passing: Mapping[str, Any] | None = None,
             members: Mapping[str, ColumnElement[Any]] | None = None,
             default: str | None = None,
             steady: bool = False) -> Page:
        """One page. ``shape`` names the combination of filters that ``base`` builds;
        ``passing`` are bound like ``parameters`` and may change between two pages of one list,
        like the time; ``members`` are scalar subqueries of JSON text that become members of the
        document.
        ``steady`` says that the best plan does not depend on the parameters' values: pages of
        the usual length are then planned once on each connection.

        Where the caller names a page that it has, its stamps alone are read first. Raises
        BadQuery for an unknown sort option or a cursor that does not fit this list.
        """
        ordering = self._ordering(request, default)
        identity = self._identity(ordering, parameters)
        paging = Paging(after=request.cursor is not None,
                        numbered=request.page is not None,
                        steady=steady and request.page is None and request.limit == DEFAULT_LIMIT)
        kept_as = (shape, ordering.name, paging)
        if kept_as not in self._kept:
            self._make_room()
            self._kept[kept_as] = build_statements(base(), ordering, paging, members or {})
        asked = Asked(request=request,
                      ordering=ordering,
                      options=self.options(request),
                      identity=identity,
                      statements=self._kept[kept_as],
                      values={
                          **self._values(request, identity, parameters),
                          **(passing or {})
                      },
                      members=tuple(members or {}))
        return self._counted(read, asked) if request.page else self._keyset(read, asked)

    def _make_room(self) -> None:
        # Filters combine to more statements than memory should hold; those that connections have
        # planned are few, and stay.
        if len(self._kept) >= MOST_KEPT:
            self._kept = {key: kept for key, kept in self._kept.items() if key[2].steady}

    def _counted(self, read: ReadDatabase, asked: Asked) -> Page:
        row = read.all(asked.statements.rows, asked.values)[0]
        return asked.page(row, total=read.all(asked.statements.total, asked.values)[0][0])

    def _keyset(self, read: ReadDatabase, asked: Asked) -> Page:
        known = asked.request.known
        if known is not None:
            stamps = read.all(asked.statements.validator, asked.values)[0]
            seen = asked.validator(stamps)
            if known(seen):
                return Page(rows='',
                            sort=asked.ordering.name,
                            sort_options=asked.options,
                            members=asked.members_of(stamps),
                            validator=seen,
                            unchanged=True)
        row = read.all(asked.statements.rows, asked.values)[0]
        following = None
        if row.fetched > asked.request.limit:
            following = self._cursors.seal([asked.identity, row.last_key, row.last_tie])
        return asked.page(row, next=following, validator=asked.validator(row))

    def _ordering(self, request: PageRequest, default: str | None) -> Ordering:
        name = (default or self._default) if request.sort is None else request.sort
        option, _, direction = name.rpartition('_')
        sort = self._sorts.get(option)
        if sort is None or direction not in ('asc', 'desc') or sort.level > request.level:
            raise BadQuery(parameter='sort', reason='it is not one of sort_options')
        tie = self._tie if sort.tie is None else sort.tie
        descending = direction == 'desc'
        key = sort.keys()[-1 if descending else 0]
        return Ordering(name=name, key=key, tie=tie, descending=descending)

    def _identity(self, ordering: Ordering, parameters: Mapping[str, Any] | None) -> str:
        return _digest(
            json.dumps([self._name, ordering.name, parameters or {}], default=str, sort_keys=True))

    def _values(self, request: PageRequest, identity: str,
                parameters: Mapping[str, Any] | None) -> dict[str, Any]:
        values = dict(parameters or {})
        values['list_limit'] = request.limit
        if request.page is not None:
            values['list_offset'] = (request.page - 1) * request.limit
        if request.cursor is not None:
            sealed = self._cursors.open(request.cursor)
            if len(sealed) != 3 or sealed[0] != identity:
                raise BadQuery(parameter='cursor', reason='it belongs to another list')
            values['after_key'], values['after_tie'] = sealed[1], sealed[2]
        return values


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()

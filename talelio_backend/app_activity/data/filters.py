"""The filters of the activity: which conditions a question needs, and what they bind."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import REAL, ColumnElement, Text, and_, bindparam, cast, false, func
from sqlalchemy.dialects.postgresql import ARRAY, TSQUERY

from talelio_backend.app_activity.data.orm import activity_table
from talelio_backend.app_activity.domain.catalogue import catalogue
from talelio_backend.app_activity.services.queries import ActivityFilter
from talelio_backend.shared.data.orm import Id, Time
from talelio_backend.shared.data.search_vector import search_query
from talelio_backend.shared.services.listing import BadQuery

_C = activity_table.c
# So many words of a question may be the name of the actor; what follows is text.
_NAMES = 8


@dataclass(frozen=True, kw_only=True)
class Narrowed:
    """``shape`` names the combination of filters, ``values`` are what it binds."""

    shape: Hashable
    values: dict[str, Any]
    conditions: Callable[[], list[ColumnElement[bool]]]


@dataclass(kw_only=True)
class _Gathered:
    makers: dict[str, Callable[[], ColumnElement[bool]]] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)

    def add(self, name: str, make: Callable[[], ColumnElement[bool]], **values: Any) -> None:
        self.makers[name] = make
        self.values |= values


def check_declared_names(wanted: ActivityFilter) -> None:
    """Raises BadQuery for an area or an action that no event declares."""
    if not wanted.areas and not wanted.actions:
        return
    known = catalogue()
    if set(wanted.areas) - {one.area for one in known}:
        raise BadQuery(parameter='area', reason='there is no such area')
    if set(wanted.actions) - {one.action for one in known}:
        raise BadQuery(parameter='action', reason='there is no such action')


def narrowed(wanted: ActivityFilter) -> Narrowed:
    gathered = _Gathered()
    _add_people(gathered, wanted)
    for column, chosen in (('action', wanted.actions), ('area', wanted.areas),
                           ('target_type', wanted.target_types)):
        _add_choice(gathered, column, [*dict.fromkeys(chosen)])
    for column, value in (('target_id', wanted.target_id), ('request_id', wanted.request_id)):
        _add_choice(gathered, column, [] if value is None else [value])
    if wanted.since is not None:
        gathered.add('since',
                     lambda: _C.created_at >= bindparam('since', type_=Time),
                     since=wanted.since)
    if wanted.before is not None:
        gathered.add('before',
                     lambda: _C.created_at < bindparam('before', type_=Time),
                     before=wanted.before)
    if wanted.q and wanted.q.strip():
        _add_words(gathered, wanted.q)
    return Narrowed(shape=tuple(sorted(gathered.makers)),
                    values=gathered.values,
                    conditions=lambda: [make() for make in gathered.makers.values()])


def relevance() -> ColumnElement[Any]:
    """How well a row answers ``q``."""
    return func.ts_rank(_C.search, cast(bindparam('q', type_=Text), TSQUERY), type_=REAL)


def _add_people(gathered: _Gathered, wanted: ActivityFilter) -> None:
    if wanted.actor == 'none':
        gathered.add('no_actor', lambda: _C.actor_id.is_(None))
    elif wanted.actor is not None:
        gathered.add('actor',
                     lambda: _C.actor_id == bindparam('actor', type_=Id),
                     actor=wanted.actor)
    if wanted.impersonator == 'any':
        gathered.add('any_impersonator', lambda: _C.impersonator_id.is_not(None))
    elif wanted.impersonator is not None:
        gathered.add('impersonator',
                     lambda: _C.impersonator_id == bindparam('impersonator', type_=Id),
                     impersonator=wanted.impersonator)


def _add_choice(gathered: _Gathered, column: str, chosen: list[str]) -> None:
    # Rows of one value lie in the order of the list in the index; of several they do not.
    if len(chosen) == 1:
        gathered.add(column, lambda: _C[column] == bindparam(column, type_=Text),
                     **{column: chosen[0]})
    elif chosen:
        gathered.add(f'{column}s',
                     lambda: _C[column] == func.any(bindparam(column, type_=ARRAY(Text))),
                     **{column: chosen})


def _add_words(gathered: _Gathered, text: str) -> None:
    words = [word for word in dict.fromkeys(text.split()) if search_query(word)]
    names, rest = words[:_NAMES], ' '.join(words[_NAMES:])
    values: dict[str, Any] = {'q': search_query(text) or ''}
    for number, word in enumerate(names):
        values[f'word_{number}'] = search_query(word)
        values[f'name_{number}'] = word
    if rest:
        values['rest'] = search_query(rest)

    def make() -> ColumnElement[bool]:
        if not names:
            return false()  # nothing that could be a word
        found = [_said_or_named(number) for number in range(len(names))]
        return and_(*found, *([_holds('rest')] if rest else []))

    gathered.add(f'q{len(names)}{bool(rest)}', make, **values)


def _holds(name: str) -> ColumnElement[bool]:
    return _C.search.bool_op('@@')(cast(bindparam(name, type_=Text), TSQUERY))


def _said_or_named(number: int) -> ColumnElement[bool]:
    # A function whose answer the planner asks for beforehand, to know how many rows these are.
    named = func.activity_actors(bindparam(f'name_{number}', type_=Text), type_=ARRAY(Id))
    return _holds(f'word_{number}') | (_C.actor_id == func.any(named))

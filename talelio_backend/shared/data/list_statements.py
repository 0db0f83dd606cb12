"""The SQL behind a list: the statements of one combination of filters, order and way of paging."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (BindParameter, ColumnElement, Integer, Select, Text, bindparam, cast, func,
                        literal_column, select, tuple_)

from talelio_backend.shared.data.prepared import Prepared
from talelio_backend.shared.data.sql import fingerprint
from talelio_backend.shared.services.listing import DEFAULT_LIMIT


@dataclass(frozen=True, kw_only=True)
class Ordering:
    """``tie`` makes of rows with one key an order."""

    name: str
    key: ColumnElement[Any]
    tie: ColumnElement[Any]
    descending: bool


@dataclass(frozen=True, kw_only=True)
class Paging:
    """``after``: behind a cursor. ``numbered``: by number. ``steady``: of the usual length, and
    with a plan that is good for all values."""

    after: bool
    numbered: bool
    steady: bool


@dataclass(frozen=True, kw_only=True)
class Statements:
    """Built once and kept: building costs more than running them. ``text`` is a digest of
    ``rows``: another release may make another document of the same rows."""

    rows: Select[Any] | Prepared
    validator: Select[Any] | Prepared
    total: Select[Any]
    text: str


def build_statements(base: Select[Any], ordering: Ordering, paging: Paging,
                     members: Mapping[str, ColumnElement[Any]]) -> Statements:
    """Binds ``list_limit``, ``list_offset``, ``after_key`` and ``after_tie`` as ``paging`` needs
    them, and what ``base`` binds."""
    wanted = _wanted(paging)
    fetched = _fetched(base, ordering, paging, wanted).subquery('fetched')
    page = select(fetched, func.row_number().over().label('place')).subquery('page')
    last = page.c.place == wanted
    comma = literal_column("','", Text)
    row = cast(page.c.row, Text)
    stamp = page.c.stamp if 'stamp' in page.c else row
    ends: list[ColumnElement[Any]] = [
        func.md5(func.string_agg(stamp, comma)).label('stamp'),
        func.max(page.c.key).filter(last).label('last_key'),
        func.max(page.c.tie).filter(last).label('last_tie'),
        *(member.label(f'member_{name}') for name, member in members.items())
    ]
    texts = func.string_agg(row, comma).filter(page.c.place <= wanted)
    rows = select(texts.label('rows'), _count().label('fetched'), *ends).select_from(page)
    validator = select(*ends).select_from(page)
    counted: Select[Any] = base.with_only_columns(literal_column('1'), maintain_column_froms=True)
    return Statements(rows=Prepared(rows) if paging.steady else rows,
                      validator=Prepared(validator) if paging.steady else validator,
                      total=select(_count()).select_from(counted.order_by(None).subquery()),
                      text=fingerprint(rows))


def _wanted(paging: Paging) -> BindParameter[int]:
    # A plan for any length would be one for many rows; so a kept plan knows its length.
    if paging.steady:
        return bindparam('list_limit', DEFAULT_LIMIT, Integer)
    return bindparam('list_limit', type_=Integer)


def _fetched(base: Select[Any], ordering: Ordering, paging: Paging,
             wanted: BindParameter[int]) -> Select[Any]:
    """The rows of the page and the one after them."""
    key, tie = ordering.key, ordering.tie
    keyed = base.add_columns(cast(key, Text).label('key'), cast(tie, Text).label('tie'))
    if ordering.descending:
        keyed = keyed.order_by(key.desc(), tie.desc())
    else:
        keyed = keyed.order_by(key.asc(), tie.asc())
    if paging.after:
        here = tuple_(key, tie)
        after = tuple_(cast(bindparam('after_key', type_=Text), key.type),
                       cast(bindparam('after_tie', type_=Text), tie.type))
        keyed = keyed.where(here < after if ordering.descending else here > after)
    if paging.numbered:
        keyed = keyed.offset(bindparam('list_offset', type_=Integer))
    return keyed.limit(wanted + 1)


def _count() -> ColumnElement[int]:
    return func.count()  # pylint: disable=not-callable

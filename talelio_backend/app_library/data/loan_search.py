"""Loans that are found by what stands in their title, in their member's name, or at the beginning
of their barcode, all without regard to case."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import (ColumnElement, CompoundSelect, Select, String, Text, bindparam, cast,
                        exists, func, literal_column, select, union_all)
from sqlalchemy.dialects.postgresql import TSQUERY

from talelio_backend.app_account.data.orm import user_table
from talelio_backend.app_library.data.book_index import fold_key, title_query
from talelio_backend.app_library.data.catalogue_orm import book_table, copy_table
from talelio_backend.app_library.data.circulation_orm import loan_table

# Below that, so many titles are found that loans are rather looked at in their order.
_SHORTEST = 3
_NEEDLE = bindparam('needle', type_=Text)
_BARCODE = bindparam('barcode', type_=String)
_L, _B, _C = loan_table.c, book_table.c, copy_table.c
_found = loan_table.alias('found')


def searched(q: str | None) -> dict[str, Any]:
    """What ``is_found`` binds; nothing where nothing is searched."""
    needle = fold_key((q or '').strip())
    if not needle:
        return {}
    values = {'needle': needle, 'barcode': (q or '').strip().upper()}
    return values if len(needle) < _SHORTEST else values | {'grams': title_query(needle)}


def is_found(values: Mapping[str, Any]) -> ColumnElement[bool]:
    return _is_one_of_few() if 'grams' in values else _is_named()


def _is_named() -> ColumnElement[bool]:
    of_copy = exists().where(_C.id == _L.copy_id, _begins())
    return _in(_L.title_key) | _in(_L.member_key) | of_copy.correlate(loan_table)


def _is_one_of_few() -> ColumnElement[bool]:
    """By arrays of ids: each step is an index scan, whatever the planner believes of the next."""
    books = select(_B.id).where(
        _B.title_grams.op('@@')(cast(bindparam('grams', type_=Text), TSQUERY)), _in(_B.title_key))
    members = select(user_table.c.id).where(_in(func.lower(user_table.c.username)))
    copies = select(_C.id).where(_begins())
    of_each = [(_found.c.book_id, books), (_found.c.member_id, members),
               (_found.c.copy_id, copies)]
    return _L.id == _any_of(
        union_all(*(select(_found.c.id).where(column == _any_of(ids)) for column, ids in of_each)))


def _any_of(ids: Select[Any] | CompoundSelect[Any]) -> ColumnElement[Any]:
    return func.any(func.array(ids.scalar_subquery()))


def _in(column: ColumnElement[Any]) -> ColumnElement[bool]:
    return func.strpos(column, _NEEDLE) > 0


def _begins() -> ColumnElement[bool]:
    """As a range of the index: a barcode has no tilde."""
    end = _BARCODE.op('||')(literal_column("'~'", String))
    return (_C.barcode >= _BARCODE) & (_C.barcode < end)

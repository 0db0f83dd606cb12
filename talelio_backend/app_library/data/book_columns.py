"""A book as the API shows it, as expressions over its table, its figures and its category."""

from typing import Any

from sqlalchemy import ColumnElement, FromClause, bindparam, func, literal_column, null, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from talelio_backend.app_library.data.book_json import Covers
from talelio_backend.app_library.data.catalogue_orm import (author_table, book_figures_table,
                                                            book_table, category_table,
                                                            contribution_table)
from talelio_backend.app_library.data.circulation_orm import (favourite_table, hold_table,
                                                              loan_table)
from talelio_backend.app_library.data.isbn_columns import isbn10
from talelio_backend.shared.data.orm import Id
from talelio_backend.shared.data.sql import json_object, rfc3339

_B, _F, _C = book_table.c, book_figures_table.c, category_table.c
_A, _P = author_table.c, contribution_table.c
_SPACE: ColumnElement[Any] = literal_column("' '")
_NONE: ColumnElement[Any] = literal_column("'[]'::json")
# In the words of the index of open holds.
_HOLD_IS_OPEN: ColumnElement[bool] = literal_column(
    "library_hold.state IN ('waiting', 'suspended', 'ready')")

FULL_NAME = func.concat_ws(_SPACE, _A.given_name, _A.family_name)


def whole_book_from() -> FromClause:
    """What ``whole_book`` is selected from."""
    return book_table.join(book_figures_table,
                           _F.book_id == _B.id).join(category_table, _C.id == _B.category_id)


def whole_book(covers: Covers, *, marked: bool) -> ColumnElement[Any]:
    """The book in the row as JSON. With ``marked`` it binds ``reader_id``, whose marks are
    shown."""
    return json_object(id=_B.id,
                       title=_B.title,
                       subtitle=_B.subtitle,
                       authors=_authors(),
                       category=json_object(id=_C.id,
                                            name=_C.name,
                                            active=_C.deactivated_at.is_(None)),
                       item_type=_B.item_type,
                       description=_B.description,
                       isbn13=_B.isbn13,
                       isbn10=isbn10(_B.isbn13),
                       publisher=_B.publisher,
                       year=_B.year,
                       language=_B.language,
                       cover=covers.cover(),
                       number_owned=_F.number_owned,
                       available_copies=_F.available_copies,
                       loans_count=_F.loans_count,
                       active_loans_count=_F.active_loans_count,
                       holds_count=_F.holds_count,
                       active=_B.deactivated_at.is_(None),
                       deactivated_at=rfc3339(_B.deactivated_at),
                       **(_marks() if marked else _no_marks()),
                       version=_B.version,
                       created_at=rfc3339(_B.created_at),
                       updated_at=rfc3339(_B.updated_at))


def _authors() -> ColumnElement[Any]:
    shown = json_object(id=_A.id,
                        full_name=FULL_NAME,
                        role=_P.role,
                        active=_A.deactivated_at.is_(None))
    listed = func.json_agg(aggregate_order_by(shown, _P.position))
    return select(func.coalesce(listed, _NONE)).select_from(
        contribution_table.join(author_table, _A.id == _P.author_id)).where(
            _P.book_id == _B.id).correlate(book_table).scalar_subquery()


def _marks() -> dict[str, ColumnElement[Any]]:
    reader = bindparam('reader_id', type_=Id)

    def mark(table: Any, *conditions: ColumnElement[bool]) -> ColumnElement[Any]:
        return select(table.c.id).where(table.c.book_id == _B.id, table.c.member_id == reader,
                                        *conditions).correlate(book_table).scalar_subquery()

    return {
        'my_loan_id': mark(loan_table, loan_table.c.returned_at.is_(None)),
        'my_favourite_id': mark(favourite_table),
        'my_hold_id': mark(hold_table, _HOLD_IS_OPEN),
    }


def _no_marks() -> dict[str, ColumnElement[Any]]:
    return {name: null() for name in ('my_loan_id', 'my_favourite_id', 'my_hold_id')}

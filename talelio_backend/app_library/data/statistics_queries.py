from typing import Any

from sqlalchemy import (CTE, ColumnElement, Text, bindparam, case, cast, func, literal,
                        literal_column, select)
from sqlalchemy.dialects.postgresql import aggregate_order_by

from talelio_backend.app_account.data.orm import account_table
from talelio_backend.app_library.data.catalogue_orm import category_figures_table, category_table
from talelio_backend.app_library.data.circulation_orm import hold_table
from talelio_backend.app_library.data.money_orm import member_figures_table
from talelio_backend.app_library.data.parent_columns import CATEGORY
from talelio_backend.app_library.domain.hold import HoldState
from talelio_backend.shared.data.database import ReadDatabase
from talelio_backend.shared.data.orm import Time
from talelio_backend.shared.data.sql import as_text, json_object
from talelio_backend.shared.services.clock import Clock
from talelio_backend.shared.services.listing import Document

_C, _F = category_table.c, category_figures_table.c
_A, _H, _M = account_table.c, hold_table.c, member_figures_table.c
_COUNT: ColumnElement[int] = func.count()  # pylint: disable=not-callable
_MONEY: ColumnElement[Any] = literal_column("'FM999999990.00'")


class SqlStatisticsQueries:
    """See the port ``StatisticsQueries``. Every book has one category, so that the figures of the
    few categories add up to those of all books: neither books nor loans are counted anew, but for
    the open loans that are late or new."""

    def __init__(self, read: ReadDatabase, *, clock: Clock, currency: str) -> None:
        self._read = read
        self._clock = clock
        self._public, self._dashboard = _public(), _dashboard(currency)

    def public(self) -> Document:
        body = self._read.one(self._public)[0]
        return Document(body=body, validator=body)

    def dashboard(self) -> Document:
        body = self._read.one(self._dashboard, {'now': self._clock.now()})[0]
        return Document(body=body, validator=body)


def _public() -> Any:
    members = select(_COUNT).where(_A.verified_at.is_not(None),
                                   _A.blocked_at.is_(None)).scalar_subquery()
    return select(
        as_text(
            json_object(members=members,
                        titles=_sum_of(_F.books_count),
                        loans=_sum_of(_F.loans_count)))).select_from(category_figures_table)


def _dashboard(currency: str) -> Any:
    rows = _categories()
    shown = json_object(id=rows.c.id,
                        name=rows.c.name,
                        active=rows.c.active,
                        loans_count=rows.c.loans,
                        active_loans_count=rows.c.open,
                        late_loans_count=rows.c.late,
                        new_loans_count=rows.c.new)
    listed = func.json_agg(aggregate_order_by(shown, rows.c.name_key, rows.c.id))
    none: ColumnElement[Any] = literal_column("'[]'::json")
    return select(
        as_text(
            json_object(loans=_sum_of(rows.c.loans),
                        active=_sum_of(rows.c.open),
                        late=_sum_of(rows.c.late),
                        new=_sum_of(rows.c.new),
                        returned=_sum_of(rows.c.loans - rows.c.open),
                        holds_waiting=_holds(HoldState.WAITING),
                        holds_ready=_holds(HoldState.READY),
                        booked_debt=_debt(),
                        currency=literal(currency, Text),
                        categories=func.coalesce(listed, none)))).select_from(rows)


def _categories() -> CTE:
    base, lately = CATEGORY.lately(
        category_table.join(category_figures_table, _F.category_id == _C.id))
    return select(_C.id, _C.name, _C.name_key,
                  _C.deactivated_at.is_(None).label('active'), _F.loans_count.label('loans'),
                  _F.active_loans_count.label('open'),
                  func.coalesce(lately.late, 0).label('late'),
                  func.coalesce(lately.new, 0).label('new')).select_from(base).cte('counted')


def _holds(state: HoldState) -> ColumnElement[Any]:
    # One whose time is over is ready no more, even before the worker comes by.
    in_time = case((_H.ready_until.is_(None), True),
                   else_=_H.ready_until > bindparam('now', type_=Time))
    return select(_COUNT).where(_H.state == state, in_time).scalar_subquery()


def _debt() -> ColumnElement[Any]:
    """What is owed; the credit of others does not lessen it."""
    owed = select(func.coalesce(func.sum(_M.ledger), 0)).where(_M.ledger > 0).scalar_subquery()
    return func.to_char(owed, _MONEY)


def _sum_of(column: ColumnElement[Any]) -> ColumnElement[Any]:
    return cast(func.coalesce(func.sum(column), 0), Text).op('::')(literal_column('json'))

"""A loan as the API shows it, at the moment that is bound as ``now``: expressions over its table
alone, so that a list reads what stands around a loan for the rows of its page only."""

from typing import Any

from sqlalchemy import (ColumnElement, Integer, Text, and_, bindparam, case, cast, exists, func,
                        literal, literal_column, select)
from sqlalchemy.sql.functions import coalesce

from talelio_backend.app_account.data.orm import user_table
from talelio_backend.app_library.data.accrual import days, overdue_at, rent_at
from talelio_backend.app_library.data.book_json import Covers
from talelio_backend.app_library.data.catalogue_orm import book_table, copy_table
from talelio_backend.app_library.data.circulation_orm import EXTENDED, hold_table, loan_table
from talelio_backend.app_library.data.columns import MONEY
from talelio_backend.shared.data.orm import Time
from talelio_backend.shared.data.sql import json_object, rfc3339

_L = loan_table.c
NOW: ColumnElement[Any] = bindparam('now', type_=Time)
IS_OPEN = _L.returned_at.is_(None)
IS_LATE = and_(IS_OPEN, _L.due_at <= NOW)


def loan_json(covers: Covers, *, currency: str) -> ColumnElement[Any]:
    return json_object(id=_L.id,
                       book=_book(covers),
                       copy=_copy(),
                       member=_member(),
                       started_at=rfc3339(_L.started_at),
                       due_at=rfc3339(_L.due_at),
                       extensions=_L.extensions,
                       extended=EXTENDED,
                       returned_at=rfc3339(_L.returned_at),
                       late=IS_LATE,
                       days_late=days(_L.due_at, coalesce(_L.returned_at, NOW)),
                       policy=literal_column('library_loan.policy'),
                       tariff=_L.tariff_id,
                       charge=_charge(currency),
                       can_extend=_can_extend(),
                       version=_L.version)


def _book(covers: Covers) -> ColumnElement[Any]:
    return select(covers.small_book()).select_from(book_table).where(
        book_table.c.id == _L.book_id).correlate(loan_table).scalar_subquery()


def _copy() -> ColumnElement[Any]:
    shown = json_object(id=copy_table.c.id, barcode=copy_table.c.barcode)
    return select(shown).where(
        copy_table.c.id == _L.copy_id).correlate(loan_table).scalar_subquery()


def _member() -> ColumnElement[Any]:
    """NULL once the member's history was forgotten."""
    shown = json_object(id=user_table.c.id, username=user_table.c.username)
    return select(shown).where(
        user_table.c.id == _L.member_id).correlate(loan_table).scalar_subquery()


def _charge(currency: str) -> ColumnElement[Any]:
    """What was frozen at the return, or what it has come to until now."""
    rent = coalesce(_frozen('rent', MONEY), rent_at(NOW), type_=MONEY)
    overdue = coalesce(_frozen('overdue', MONEY), overdue_at(NOW), type_=MONEY)
    return json_object(days=coalesce(_frozen('days', Integer()), days(_L.started_at, NOW)),
                       rent=_amount(rent),
                       overdue=_amount(overdue),
                       total=_amount(rent + overdue),
                       currency=literal(currency, Text),
                       frozen=~IS_OPEN)


def _frozen(name: str, kind: Any) -> ColumnElement[Any]:
    return cast(literal_column(f"(library_loan.charge ->> '{name}')", Text), kind)


def _amount(sum_: ColumnElement[Any]) -> ColumnElement[str]:
    return func.to_char(sum_, literal_column("'FM999999990.00'"), type_=Text)


def _can_extend() -> ColumnElement[bool]:
    """As ``Loan.extend`` decides."""
    hold = hold_table.c
    others_wait = exists().where(hold.book_id == _L.book_id, hold.member_id != _L.member_id,
                                 hold.state == literal_column("'waiting'"))
    more_days = func.make_interval(0, 0, 0, _term('extension_days'))
    return case((~IS_OPEN, False),
                else_=and_(_L.extensions < _term('extensions'), _L.due_at + more_days > NOW,
                           ~others_wait.correlate(loan_table)))


def _term(name: str) -> ColumnElement[int]:
    return cast(literal_column(f"(library_loan.policy ->> '{name}')", Text), Integer)

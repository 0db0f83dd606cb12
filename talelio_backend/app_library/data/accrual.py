"""What open loans have run up and nobody booked yet, as SQL. Prices are those of the functions
``library_*``; what the worker booked of a loan's overdue are the rows that carry its days."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, Text, func, literal_column, select
from sqlalchemy.sql.functions import coalesce

from talelio_backend.app_library.data.circulation_orm import loan_table
from talelio_backend.app_library.data.columns import MONEY
from talelio_backend.app_library.data.money_orm import ledger_table

_L, _E = loan_table.c, ledger_table.c


def amount_text(amount: ColumnElement[Decimal]) -> ColumnElement[str]:
    """An amount as the API writes it; NULL stays NULL."""
    return func.to_char(amount, literal_column("'FM9999999990.00'"), type_=Text)


def days(start: ColumnElement[datetime], until: ColumnElement[datetime]) -> ColumnElement[int]:
    return func.library_days(start, until, type_=Integer)


def rent_at(moment: ColumnElement[datetime]) -> ColumnElement[Decimal]:
    return func.library_rent(_L.rate, days(_L.started_at, moment), type_=MONEY)


def overdue_at(moment: ColumnElement[datetime]) -> ColumnElement[Decimal]:
    return func.library_overdue(_L.policy, days(_L.due_at, moment), type_=MONEY)


def booked_overdue() -> ColumnElement[Decimal]:
    """Of the loan of the row around it: its late days by its present due date. A day that staff
    voided counts as booked, or it would be owed again at once."""
    found = select(coalesce(func.sum(_E.amount), 0,
                            type_=MONEY)).where(_E.loan_id == _L.id, _E.overdue_day >= _L.due_at)
    return found.correlate(loan_table).scalar_subquery()


def accrued(member_id: ColumnElement[UUID],
            moment: ColumnElement[datetime]) -> ColumnElement[Decimal]:
    """Of the loans of ``member_id`` that are open at present."""
    run_up = rent_at(moment) + overdue_at(moment) - booked_overdue()
    found = select(coalesce(func.sum(run_up), 0, type_=MONEY)).where(_L.member_id == member_id,
                                                                     _L.returned_at.is_(None))
    return found.select_from(loan_table).scalar_subquery()

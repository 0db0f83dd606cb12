from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, FromClause, and_, func, literal, literal_column, or_, select
from sqlalchemy.orm import Session

from talelio_backend.app_library.data.catalogue_orm import book_figures_table, book_table
from talelio_backend.app_library.data.circulation_orm import hold_table
from talelio_backend.app_library.domain.hold import OPEN, Hold, HoldState

_H = hold_table.c


def state_is(*states: HoldState, of: FromClause = hold_table) -> ColumnElement[bool]:
    """In words that the partial indexes are found by."""
    names = sorted(state.value for state in states)
    return of.c.state.in_([literal_column(f"'{name}'") for name in names])


def is_over(now: ColumnElement[Any]) -> ColumnElement[bool]:
    """Ready for longer than the copy is kept."""
    return and_(state_is(HoldState.READY), _H.ready_until <= now)


class SqlHoldRepository:
    """See the port ``HoldRepository``. Holds change under the lock on their title alone."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, hold: Hold) -> None:
        self._session.add(hold)

    def get(self, hold_id: UUID) -> Hold | None:
        return self._session.get(Hold, hold_id)

    def locked(self, hold_id: UUID) -> Hold | None:
        return self._session.get(Hold, hold_id, populate_existing=True)

    def open_of_title(self, book_id: UUID) -> Sequence[Hold]:
        found = select(Hold).where(_H.book_id == book_id, state_is(*OPEN))
        ordered = found.order_by(_H.placed_at, _H.id)
        return self._session.scalars(ordered, execution_options={'populate_existing': True}).all()

    def open_of_member(self, member_id: UUID) -> Sequence[Hold]:
        found = select(Hold).where(_H.member_id == member_id, state_is(*OPEN))
        return self._session.scalars(found.order_by(_H.placed_at, _H.id)).all()

    def count_open(self, member_id: UUID, *, item_type: str | None, now: datetime) -> int:
        count = select(func.count()).where(  # pylint: disable=not-callable
            _H.member_id == member_id, state_is(*OPEN), ~is_over(literal(now)))
        if item_type is not None:
            of_type = select(book_table.c.id).where(book_table.c.id == _H.book_id,
                                                    book_table.c.item_type == item_type)
            count = count.where(of_type.exists())
        return self._session.scalar(count) or 0

    def titles_to_settle(self, now: datetime, count: int, *, after: UUID | None) -> Sequence[UUID]:
        free = select(book_figures_table.c.book_id).where(
            book_figures_table.c.book_id == _H.book_id, book_figures_table.c.available_copies > 0)
        due = or_(
            state_is(HoldState.SUSPENDED) & (_H.suspended_until <= now), is_over(literal(now)),
            state_is(HoldState.WAITING) & free.exists())
        books = select(_H.book_id).distinct().where(state_is(*OPEN), due)
        if after is not None:
            books = books.where(_H.book_id > after)
        return self._session.scalars(books.order_by(_H.book_id).limit(count)).all()

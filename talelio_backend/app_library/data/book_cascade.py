from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, case, func, literal, select, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from talelio_backend.app_account.data.orm import user_table
from talelio_backend.app_library.data.catalogue_orm import (book_table, contribution_table,
                                                            copy_table)
from talelio_backend.app_library.data.circulation_orm import hold_table
from talelio_backend.app_library.data.hold_repository import is_over, state_is
from talelio_backend.app_library.domain.author import Author
from talelio_backend.app_library.domain.book import Book
from talelio_backend.app_library.domain.category import Category
from talelio_backend.app_library.domain.circulation_events import HoldCancelled, HoldExpired
from talelio_backend.app_library.domain.copy import Status
from talelio_backend.app_library.domain.events import BookDeactivated
from talelio_backend.app_library.domain.hold import OPEN, HoldState
from talelio_backend.shared.data.orm import Id
from talelio_backend.shared.domain.aggregate import Aggregate

_B, _C, _H = book_table.c, copy_table.c, hold_table.c


class SqlBookCascade:
    """See the port ``BookCascade``. A category may have a hundred thousand books: each table is
    changed by one statement, and no book becomes an object. What happened to them is told by the
    aggregate that it happened to first."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def of_category(self, category_id: UUID, *, now: datetime) -> None:
        category = self._session.get_one(Category, category_id)
        self._deactivate(_B.category_id == category_id, teller=category, now=now)

    def of_author(self, author_id: UUID, *, now: datetime) -> None:
        author = self._session.get_one(Author, author_id)
        theirs = select(
            contribution_table.c.book_id).where(contribution_table.c.author_id == author_id)
        self._deactivate(_B.id.in_(theirs), teller=author, now=now)

    def of_book(self, book: Book, *, now: datetime) -> None:
        self._release({book.id: book.title}, teller=book, now=now)

    def _deactivate(self, of_parent: ColumnElement[bool], *, teller: Aggregate,
                    now: datetime) -> None:
        # In one order, as whoever locks several titles does.
        active = select(_B.id).where(of_parent, _B.deactivated_at.is_(None)).order_by(
            _B.id).with_for_update(key_share=True).cte('active')
        changed = update(book_table).where(_B.id == active.c.id).values(deactivated_at=now,
                                                                        updated_at=now,
                                                                        version=_B.version + 1)
        rows = self._session.execute(changed.returning(_B.id, _B.title))
        titles = dict(sorted((row.id, row.title) for row in rows))
        for book_id, title in titles.items():
            teller.record(BookDeactivated(book_id=book_id, title=title))
        if titles:
            self._release(titles, teller=teller, now=now)

    def _release(self, titles: dict[UUID, str], *, teller: Aggregate, now: datetime) -> None:
        """Copies that are kept are free, open holds are closed, and their members are told."""
        self._session.execute(
            update(copy_table).where(_among(_C.book_id, titles),
                                     _C.status == Status.ON_HOLD_SHELF).values(
                                         status=Status.AVAILABLE, updated_at=now))
        over = is_over(literal(now))
        closed = update(hold_table).where(
            _among(_H.book_id, titles), state_is(*OPEN),
            user_table.c.id == _H.member_id).values(state=case(
                (over, literal(HoldState.EXPIRED, _H.state.type)),
                else_=literal(HoldState.CANCELLED, _H.state.type)),
                                                    reason=case((over, 'not_collected'),
                                                                else_='book_inactive'),
                                                    closed_at=now,
                                                    suspended_until=None)
        rows = self._session.execute(
            closed.returning(_H.id, _H.book_id, _H.member_id, _H.placed_at, _H.state,
                             user_table.c.username))
        for row in sorted(rows, key=lambda row: (row.book_id, row.placed_at, row.id)):
            teller.record(_event(row, titles[row.book_id]))


def _among(column: ColumnElement[Any], books: Collection[UUID]) -> ColumnElement[bool]:
    # An array is one parameter, however many there are.
    return column == func.any(literal(list(books), ARRAY(Id)))


def _event(row: Any, title: str) -> HoldCancelled | HoldExpired:
    about = {'hold_id': row.id, 'book_id': row.book_id, 'member_id': row.member_id, 'title': title}
    if row.state is HoldState.EXPIRED:
        return HoldExpired(**about)
    return HoldCancelled(**about, borrower=row.username, reason='book_inactive')

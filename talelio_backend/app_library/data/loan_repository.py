from uuid import UUID

from sqlalchemy import ColumnElement, Select, String, bindparam, func, select
from sqlalchemy.orm import Session

from talelio_backend.app_library.data.catalogue_orm import copy_table
from talelio_backend.app_library.data.circulation_orm import loan_table
from talelio_backend.app_library.domain.loan import Loan
from talelio_backend.shared.data.orm import Id

_L = loan_table.c
_open = _L.returned_at.is_(None)
_of_member = _L.member_id == bindparam('member_id', type_=Id)
_locked = select(Loan).where(_L.id == bindparam('loan_id', type_=Id)).with_for_update(
    key_share=True).execution_options(populate_existing=True)
_of_copy = select(Loan).join(copy_table, copy_table.c.id == _L.copy_id).where(
    copy_table.c.barcode == bindparam('barcode', type_=String), _open)
_of_title = select(Loan).where(_L.book_id == bindparam('book_id', type_=Id), _of_member, _open)


def _counted(*more: ColumnElement[bool]) -> Select[int]:
    number: ColumnElement[int] = func.count()  # pylint: disable=not-callable
    return select(number).select_from(loan_table).where(_of_member, _open, *more)


_count = _counted()
_count_of_type = _counted(_L.item_type == bindparam('item_type', type_=String))


class SqlLoanRepository:
    """See the port ``LoanRepository``."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, loan: Loan) -> None:
        self._session.add(loan)

    def get(self, loan_id: UUID) -> Loan | None:
        return self._session.get(Loan, loan_id)

    def locked(self, loan_id: UUID) -> Loan | None:
        return self._session.scalars(_locked, {'loan_id': loan_id}).one_or_none()

    def open_of_copy(self, barcode: str) -> Loan | None:
        return self._session.scalars(_of_copy, {'barcode': barcode}).one_or_none()

    def open_of(self, *, book_id: UUID, member_id: UUID) -> Loan | None:
        found = self._session.scalars(_of_title, {'book_id': book_id, 'member_id': member_id})
        return found.one_or_none()

    def count_open(self, member_id: UUID, *, item_type: str | None) -> int:
        counted = _count if item_type is None else _count_of_type
        return self._session.scalar(counted, {'member_id': member_id, 'item_type': item_type}) or 0

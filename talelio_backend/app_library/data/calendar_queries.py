from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import bindparam, func, select

from talelio_backend.app_account.data.orm import account_table
from talelio_backend.app_library.data.catalogue_orm import book_table
from talelio_backend.app_library.data.circulation_orm import loan_table, member_table
from talelio_backend.app_library.services.calendar_ports import Due
from talelio_backend.shared.data.database import ReadDatabase
from talelio_backend.shared.data.orm import Id

_L, _B, _M, _A = loan_table.c, book_table.c, member_table.c, account_table.c
_member = bindparam('member_id', type_=Id)
# Who has not used the library yet has an address too, and no row.
_turn = select(func.coalesce(_M.calendar_turn, 0).label('turn')).select_from(
    account_table.outerjoin(member_table, _M.id == _A.id)).where(_A.id == _member,
                                                                 _A.blocked_at.is_(None))
_due = select(_L.id, _L.book_id, _B.title, _L.started_at, _L.due_at,
              _L.version).select_from(loan_table.join(book_table, _B.id == _L.book_id)).where(
                  _L.member_id == _member, _L.returned_at.is_(None)).order_by(_L.due_at, _L.id)


class SqlCalendarQueries:
    """See the port ``CalendarQueries``."""

    def __init__(self, read: ReadDatabase) -> None:
        self._read = read

    def turn(self, member_id: UUID) -> int | None:
        row = self._read.one(_turn, {'member_id': member_id})
        return None if row is None else row.turn

    def due(self, member_id: UUID) -> Sequence[Due]:
        return [
            Due(loan_id=row.id,
                book_id=row.book_id,
                title=row.title,
                started_at=row.started_at,
                due_at=row.due_at,
                version=row.version) for row in self._read.all(_due, {'member_id': member_id})
        ]

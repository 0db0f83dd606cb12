"""Who had which book is forgotten: at once where a member asks for it, else after a while."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from talelio_backend.app_library.domain.member import Member
from talelio_backend.app_library.domain.money_errors import BalanceDue, MemberNotFound
from talelio_backend.app_library.services.money_ports import MoneyUnitOfWork
from talelio_backend.shared.services.clock import Clock

FORGET_HISTORY = 'library.forget_history'
_AT_ONCE = 200


class HistoryService:
    """``usual_days`` is how long returned loans are remembered of members who say nothing, 0 for
    ever."""

    def __init__(self, *, open_uow: Callable[[], MoneyUnitOfWork], clock: Clock,
                 usual_days: int) -> None:
        self._open_uow = open_uow
        self._clock = clock
        self._usual_days = usual_days

    def forget(self, *, member_id: UUID) -> int:
        """Unlinks the member's returned loans, and answers how many. What they cost stays, and
        what is counted of them. Raises MemberNotFound, BalanceDue."""
        with self._open_uow() as uow:
            member = uow.members.locked(member_id, now=self._clock.now())
            if member is None:
                raise MemberNotFound()
            owed = uow.ledger.booked(member_id)
            if owed > 0:
                raise BalanceDue(ledger=str(owed))
            forgotten = _forget(uow, member, returned_before=None)
            uow.commit()
        return forgotten

    def forget_old(self) -> None:
        """Likewise for every member who owes nothing, what is older than they want it kept."""
        last = None
        while members := self._to_forget(last):
            for member_id in members:
                self._forget_old(member_id)
            last = members[-1]

    def _to_forget(self, after: UUID | None) -> list[UUID]:
        with self._open_uow() as uow:
            return list(
                uow.member_loans.members_to_forget(self._clock.now(),
                                                   _AT_ONCE,
                                                   usual_days=self._usual_days,
                                                   after=after))

    def _forget_old(self, member_id: UUID) -> None:
        with self._open_uow() as uow:
            now = self._clock.now()
            member = uow.members.locked(member_id, now=now)
            days = (member.history_days if member else None) or self._usual_days
            if member is None or not days or uow.ledger.booked(member_id) > 0:
                return
            _forget(uow, member, returned_before=now - timedelta(days=days))
            uow.commit()


def _forget(uow: MoneyUnitOfWork, member: Member, *, returned_before: datetime | None) -> int:
    number = uow.member_loans.forget(member.id, returned_before=returned_before)
    if number:
        member.forget(number, username=uow.members.username(member.id) or '')
    return number

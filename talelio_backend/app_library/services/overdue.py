"""What loans that are late cost, day by day, without anybody's request."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from talelio_backend.app_library.domain.ledger import Account, Entry, Kind, Reason
from talelio_backend.app_library.domain.loan import Loan
from talelio_backend.app_library.domain.pricing import DAY
from talelio_backend.app_library.services.money_ports import MoneyUnitOfWork
from talelio_backend.shared.services.clock import Clock

BOOK_OVERDUE = 'library.book_overdue'
# Members that are looked up together; each is booked in a transaction of its own.
_AT_ONCE = 200


class OverdueService:

    def __init__(self, *, open_uow: Callable[[], MoneyUnitOfWork], clock: Clock,
                 currency: str) -> None:
        self._open_uow = open_uow
        self._clock = clock
        self._currency = currency

    def book(self) -> None:
        """Books every late day that has begun, once: one entry for each loan and day that costs
        something. Whether and however often this runs, what members owe is the same."""
        last = None
        while members := self._to_book(last):
            for member_id in members:
                self._book(member_id)
            last = members[-1]

    def _to_book(self, after: UUID | None) -> list[UUID]:
        with self._open_uow() as uow:
            return list(uow.member_loans.members_to_book(self._clock.now(), _AT_ONCE, after=after))

    def _book(self, member_id: UUID) -> None:
        with self._open_uow() as uow:
            uow.members.locked(member_id, now=self._clock.now())
            now = self._clock.now()
            account = Account(member_id=member_id,
                              username=uow.members.username(member_id) or '',
                              currency=self._currency,
                              actor_id=None)
            for loan in uow.member_loans.late(member_id, now):
                _book_days(uow, loan, account, now)
            uow.commit()


def _book_days(uow: MoneyUnitOfWork, loan: Loan, account: Account, now: datetime) -> None:
    booked = {day.begun for day in uow.ledger.overdue_of(loan.id)}
    for number in range(1, loan.days_late_at(now) + 1):
        begun = loan.due_at + (number - 1) * DAY
        amount = loan.terms.overdue(number) - loan.terms.overdue(number - 1)
        if amount > 0 and begun not in booked:
            uow.ledger.add(
                Entry.book(account,
                           kind=Kind.CHARGE,
                           reason=Reason.OVERDUE,
                           amount=amount,
                           loan_id=loan.id,
                           effective_at=begun,
                           overdue_day=begun,
                           now=now))

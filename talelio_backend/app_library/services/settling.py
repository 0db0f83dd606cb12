"""What a change of a loan leaves in the ledger. Whoever calls has locked the member and the title,
and changed the loan."""

from collections.abc import Iterable
from datetime import datetime

from talelio_backend.app_library.domain.ledger import Account, Entry, Kind, Reason
from talelio_backend.app_library.domain.loan import Charge, Loan
from talelio_backend.app_library.domain.money import ZERO
from talelio_backend.app_library.services.ports import DeskUnitOfWork, OverdueDay


def settle_return(uow: DeskUnitOfWork, *, loan: Loan, charge: Charge, account: Account,
                  now: datetime) -> None:
    """Books what an ended loan costs and is not booked yet: its rent, and the rest of its overdue
    charge. Voids the late days that were booked and do not count: those after a return that is
    told late, or all of them where the overdue charge was waived."""
    assert loan.returned_at is not None
    days = uow.ledger.overdue_of(loan.id) if loan.due_at < now else ()
    _void(uow, days, beyond=loan.returned_at if charge.overdue else None, account=account, now=now)
    # A day that staff voided is done with: it is not booked a second time.
    booked = sum((day.entry.amount for day in days if loan.due_at <= day.begun < loan.returned_at),
                 ZERO)
    for reason, amount in ((Reason.RENT, charge.rent), (Reason.OVERDUE, charge.overdue - booked)):
        if amount > 0:
            uow.ledger.add(
                Entry.book(account,
                           kind=Kind.CHARGE,
                           reason=reason,
                           amount=amount,
                           loan_id=loan.id,
                           effective_at=loan.returned_at,
                           now=now))


def void_overdue(uow: DeskUnitOfWork, *, loan: Loan, beyond: datetime | None, account: Account,
                 now: datetime) -> None:
    """Undoes the late days of a loan that were booked and begin at ``beyond`` or later; None: all
    of them, as after an extension."""
    _void(uow, uow.ledger.overdue_of(loan.id), beyond=beyond, account=account, now=now)


def _void(uow: DeskUnitOfWork, days: Iterable[OverdueDay], *, beyond: datetime | None,
          account: Account, now: datetime) -> None:
    for day in days:
        if not day.voided and (beyond is None or day.begun >= beyond):
            uow.ledger.add(day.entry.undo(account, now=now))

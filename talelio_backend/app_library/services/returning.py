from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from talelio_backend.app_library.domain.copy import Condition, Copy
from talelio_backend.app_library.domain.errors import AlreadyReturned, CopyNotFound, NotOnLoan
from talelio_backend.app_library.domain.ledger import Entry, Kind, Reason
from talelio_backend.app_library.domain.loan import Loan
from talelio_backend.app_library.services import queueing, settling
from talelio_backend.app_library.services.desk import OpenLoan, lock, look_up
from talelio_backend.app_library.services.ports import DeskUnitOfWork
from talelio_backend.shared.domain.errors import Fault, Invalid
from talelio_backend.shared.services.authentication import Caller
from talelio_backend.shared.services.clock import Clock


@dataclass(frozen=True, kw_only=True)
class Handed:
    """What the staff notes of a copy that is handed in. ``returned_at`` None: now; ``condition``
    None: as it was."""

    returned_at: datetime | None = None
    condition: Condition | None = None
    waive_overdue: bool = False


@dataclass(frozen=True, kw_only=True)
class Returned:
    """``hold_id``: whom the copy waits for now."""

    loan_id: UUID
    hold_id: UUID | None


AS_IT_IS = Handed()


class ReturningService:
    """How loans go on and end. A loan of somebody else is LoanNotFound to a member; one that has
    ended is AlreadyReturned to everybody."""

    def __init__(self, *, open_uow: Callable[[], DeskUnitOfWork], clock: Clock,
                 currency: str) -> None:
        self._open_uow = open_uow
        self._clock = clock
        self._currency = currency

    def give_back(self,
                  *,
                  loan_id: UUID,
                  caller: Caller,
                  handed: Handed = AS_IT_IS,
                  expected_version: int | None = None) -> None:
        """Closes the loan, books its charge, and hands the copy to the queue or the shelf.

        Raises LoanNotFound, Invalid (returned before it began, or in the future),
        AlreadyReturned, VersionMismatch.
        """
        with self._open_uow() as uow:
            loan = look_up(uow, loan_id, caller)
            self._check_moment(handed.returned_at, loan)
            self._return(uow, self._lock(uow, loan, caller, expected_version), handed)
            uow.commit()

    def give_back_copy(self, *, barcode: str, caller: Caller) -> Returned:
        """The desk's fast return. Raises CopyNotFound, NotOnLoan."""
        with self._open_uow() as uow:
            loan = uow.loans.open_of_copy(barcode)
            if loan is None:
                raise NotOnLoan() if uow.titles.of_barcode(barcode) else CopyNotFound()
            try:
                hold_id = self._return(uow, self._lock(uow, loan, caller, None), AS_IT_IS)
            except AlreadyReturned as error:  # at this moment, by somebody else
                raise NotOnLoan() from error
            uow.commit()
        return Returned(loan_id=loan.id, hold_id=hold_id)

    def extend(self,
               *,
               loan_id: UUID,
               caller: Caller,
               expected_version: int | None = None) -> None:
        """Raises LoanNotFound, AlreadyReturned, VersionMismatch, ExtensionLimit, HoldWaiting,
        ExtensionTooLate."""
        with self._open_uow() as uow:
            desk = self._lock(uow, look_up(uow, loan_id, caller), caller, expected_version)
            desk.loan.extend(desk.borrowed,
                             others_wait=desk.queue.others_wait(desk.account.member_id),
                             now=desk.now)
            settling.void_overdue(uow,
                                  loan=desk.loan,
                                  beyond=None,
                                  account=desk.account,
                                  now=desk.now)
            uow.commit()

    def lose(self,
             *,
             loan_id: UUID,
             caller: Caller,
             charge: Decimal | None,
             expected_version: int | None = None) -> None:
        """Closes the loan without its copy; ``charge`` is what the member owes for that, beside
        what the loan costs. Raises LoanNotFound, AlreadyReturned, VersionMismatch."""
        with self._open_uow() as uow:
            desk = self._lock(uow, look_up(uow, loan_id, caller), caller, expected_version)
            final = desk.loan.lose(desk.borrowed, at=_not_before(desk.loan, desk.now))
            settling.settle_return(uow,
                                   loan=desk.loan,
                                   charge=final,
                                   account=desk.account,
                                   now=desk.now)
            if charge is not None:
                uow.ledger.add(
                    Entry.book(desk.account,
                               kind=Kind.CHARGE,
                               reason=Reason.LOST,
                               amount=charge,
                               loan_id=desk.loan.id,
                               now=desk.now))
            _copy_of(uow, desk.loan).lose(now=desk.now)
            uow.commit()

    def _return(self, uow: DeskUnitOfWork, desk: OpenLoan, handed: Handed) -> UUID | None:
        charge = desk.loan.end(desk.borrowed,
                               at=handed.returned_at or _not_before(desk.loan, desk.now),
                               waive_overdue=handed.waive_overdue)
        settling.settle_return(uow,
                               loan=desk.loan,
                               charge=charge,
                               account=desk.account,
                               now=desk.now)
        copy = _copy_of(uow, desk.loan)
        if handed.condition is not None:
            copy.edit({'condition': handed.condition}, title=desk.title.name, now=desk.now)
        desk.queue.take_back(copy, now=desk.now)
        ready = queueing.advance(uow, desk.title, desk.queue, now=desk.now)
        return next((hold.id for hold in ready if hold.copy_id == copy.id), None)

    def _lock(self, uow: DeskUnitOfWork, loan: Loan, caller: Caller,
              expected_version: int | None) -> OpenLoan:
        return lock(uow,
                    loan,
                    caller=caller,
                    expected_version=expected_version,
                    currency=self._currency,
                    clock=self._clock)

    def _check_moment(self, returned_at: datetime | None, loan: Loan) -> None:
        if returned_at is not None and not loan.started_at <= returned_at <= self._clock.now():
            raise Invalid(
                Fault('/returned_at', 'out_of_range', 'between the start of the loan and now'))


def _copy_of(uow: DeskUnitOfWork, loan: Loan) -> Copy:
    copy = uow.copies.with_id(loan.copy_id)
    if copy is None:
        raise CopyNotFound()
    return copy


def _not_before(loan: Loan, now: datetime) -> datetime:
    """Clocks of two machines may differ; a loan ends after it began all the same."""
    return max(now, loan.started_at)

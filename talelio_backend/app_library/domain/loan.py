from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Self
from uuid import UUID

from talelio_backend.app_library.domain.circulation_events import (BookBorrowed, LoanExtended,
                                                                   LoanLost, LoanReturned)
from talelio_backend.app_library.domain.errors import (AlreadyReturned, ExtensionLimit,
                                                       ExtensionTooLate, HoldWaiting)
from talelio_backend.app_library.domain.money import ZERO, money
from talelio_backend.app_library.domain.pricing import Rate, started_days
from talelio_backend.app_library.domain.terms import Terms
from talelio_backend.shared.domain.aggregate import Aggregate
from talelio_backend.shared.domain.errors import VersionMismatch
from talelio_backend.shared.domain.ids import new_id


@dataclass(frozen=True, kw_only=True)
class Charge:
    """What a loan costs up to some moment."""

    days: int
    rent: Decimal
    overdue: Decimal

    @property
    def total(self) -> Decimal:
        return self.rent + self.overdue

    def as_json(self) -> dict[str, Any]:
        return {
            'days': self.days,
            'rent': str(money(self.rent)),
            'overdue': str(money(self.overdue)),
            'total': str(money(self.total)),
        }


@dataclass(frozen=True, kw_only=True)
class Borrowed:
    """The title that a loan is about, as its texts call it, and who has it. ``borrower`` is the
    member's name where somebody of the staff acts for them, else None."""

    book_id: UUID
    title: str
    borrower: str | None = None


@dataclass(frozen=True, kw_only=True)
class Tariffed:
    """The tariff that was in force when a loan began, and its rate for the type of the book."""

    tariff_id: str
    rate: Rate


@dataclass(kw_only=True, eq=False)
class Loan(Aggregate):
    """One copy with one member, from ``started_at`` until it is returned. Terms and price are
    copies of what held at its start. ``frozen`` is the charge since the return."""

    book_id: UUID
    copy_id: UUID
    member_id: UUID | None  # None once the member's history was forgotten
    item_type: str
    started_at: datetime
    due_at: datetime
    extensions: int
    returned_at: datetime | None
    terms: Terms
    tariff_id: str | None
    rate: Rate | None
    frozen: Charge | None = field(default=None)
    version: int

    @classmethod
    def begin(cls, *, borrowed: Borrowed, item_type: str, copy_id: UUID, member_id: UUID,
              terms: Terms, tariffed: Tariffed | None, start: datetime) -> Self:
        """``tariffed`` None: nothing is asked for the time."""
        loan = cls(id=new_id(),
                   book_id=borrowed.book_id,
                   copy_id=copy_id,
                   member_id=member_id,
                   item_type=item_type,
                   started_at=start,
                   due_at=terms.due_after(start),
                   extensions=0,
                   returned_at=None,
                   terms=terms,
                   tariff_id=tariffed.tariff_id if tariffed else None,
                   rate=tariffed.rate if tariffed else None,
                   version=1)
        loan.record(BookBorrowed(loan_id=loan.id, due_at=loan.due_at, **loan._told(borrowed)))
        return loan

    def expect(self, version: int | None) -> None:
        """Raises VersionMismatch unless this is the present version; None expects any."""
        if version is not None and version != self.version:
            raise VersionMismatch(version=self.version)

    def charge_at(self, moment: datetime) -> Charge:
        """What the loan costs up to ``moment``, or its return if that was earlier."""
        if self.frozen is not None:
            return self.frozen
        days = started_days(self.started_at, moment)
        return Charge(days=days,
                      rent=self.rate.price(days).charge if self.rate else ZERO,
                      overdue=self.terms.overdue(self.days_late_at(moment)))

    def days_late_at(self, moment: datetime) -> int:
        return started_days(self.due_at, moment)

    def is_late_at(self, moment: datetime) -> bool:
        return self.returned_at is None and self.due_at <= moment

    def extend(self, borrowed: Borrowed, *, others_wait: bool, now: datetime) -> None:
        """``others_wait``: another member's hold on the title is waiting. Raises AlreadyReturned,
        ExtensionLimit, HoldWaiting, ExtensionTooLate, in this order."""
        self._expect_open()
        if self.extensions >= self.terms.extensions:
            raise ExtensionLimit(limit=self.terms.extensions)
        if others_wait:
            raise HoldWaiting()
        due_at = self.terms.extended(self.due_at)
        if due_at <= now:
            raise ExtensionTooLate()
        self.due_at = due_at
        self.extensions += 1
        self.version += 1
        self.record(LoanExtended(loan_id=self.id, due_at=due_at, **self._told(borrowed)))

    def end(self, borrowed: Borrowed, *, at: datetime, waive_overdue: bool = False) -> Charge:
        """The copy is back; the charge is final. Raises AlreadyReturned."""
        charge = self._close(at, waive_overdue=waive_overdue)
        self.record(LoanReturned(loan_id=self.id, returned_at=at, **self._told(borrowed)))
        return charge

    def lose(self, borrowed: Borrowed, *, at: datetime) -> Charge:
        """The copy does not come back; the charge is final. Raises AlreadyReturned."""
        charge = self._close(at, waive_overdue=False)
        self.record(LoanLost(loan_id=self.id, **self._told(borrowed)))
        return charge

    def _close(self, at: datetime, *, waive_overdue: bool) -> Charge:
        self._expect_open()
        charge = self.charge_at(at)
        if waive_overdue:
            charge = Charge(days=charge.days, rent=charge.rent, overdue=ZERO)
        self.returned_at = at
        self.frozen = charge
        self.version += 1
        return charge

    def _expect_open(self) -> None:
        if self.returned_at is not None:
            raise AlreadyReturned()

    @staticmethod
    def _told(borrowed: Borrowed) -> dict[str, Any]:
        return {
            'book_id': borrowed.book_id,
            'title': borrowed.title,
            'borrower': borrowed.borrower
        }

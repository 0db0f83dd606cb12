from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Self
from uuid import UUID

from talelio_backend.app_library.domain.money_errors import (NotVoidable, RefundExceedsCredit,
                                                             WaiverExceedsDebt)
from talelio_backend.app_library.domain.money_events import (LedgerCharged, LedgerEvent,
                                                             LedgerPaid, LedgerRefunded,
                                                             LedgerVoided, LedgerWaived)
from talelio_backend.shared.domain.aggregate import Aggregate
from talelio_backend.shared.domain.ids import new_id


class Kind(Enum):
    CHARGE = 'charge'
    PAYMENT = 'payment'
    WAIVER = 'waiver'
    REFUND = 'refund'
    VOID = 'void'


class Reason(Enum):
    """What a charge is for. Rent and overdue are booked by returns and by the worker."""

    RENT = 'rent'
    OVERDUE = 'overdue'
    LOST = 'lost'
    DAMAGE = 'damage'
    OTHER = 'other'


_EVENTS: dict[Kind, type[LedgerEvent]] = {
    Kind.CHARGE: LedgerCharged,
    Kind.PAYMENT: LedgerPaid,
    Kind.WAIVER: LedgerWaived,
    Kind.REFUND: LedgerRefunded,
    Kind.VOID: LedgerVoided,
}
_OWED_MORE = frozenset({Kind.CHARGE, Kind.REFUND})


@dataclass(frozen=True, kw_only=True)
class Account:
    """Whose entries are made, in which currency, by whom. ``actor_id`` None: the worker."""

    member_id: UUID
    username: str
    currency: str
    actor_id: UUID | None


@dataclass(kw_only=True, eq=False)
class Entry(Aggregate):
    """One line of the ledger, never changed. ``amount`` is signed by its effect on what the
    member owes. ``overdue_day`` is the moment at which the late day of an overdue charge began;
    whatever undoes that day has it too. ``request_key`` and ``request_fingerprint`` tell the
    request that asked for the entry, where one did: sent again, it asks for nothing new."""

    member_id: UUID
    kind: Kind
    reason: Reason | None
    amount: Decimal
    currency: str
    loan_id: UUID | None
    voids: UUID | None
    overdue_day: datetime | None
    note: str
    actor_id: UUID | None
    effective_at: datetime
    created_at: datetime
    request_key: bytes | None = field(default=None)
    request_fingerprint: str | None = field(default=None)

    @classmethod
    def book(cls,
             account: Account,
             *,
             kind: Kind,
             amount: Decimal,
             now: datetime,
             reason: Reason | None = None,
             loan_id: UUID | None = None,
             note: str = '',
             effective_at: datetime | None = None,
             overdue_day: datetime | None = None) -> Self:
        """``amount`` is positive. Not of a void, see ``void``."""
        signed = amount if kind in _OWED_MORE else -amount
        return cls._made(account,
                         kind=kind,
                         reason=reason,
                         amount=signed,
                         loan_id=loan_id,
                         voids=None,
                         overdue_day=overdue_day,
                         note=note,
                         effective_at=effective_at or now,
                         created_at=now)

    def void(self, account: Account, *, note: str, now: datetime) -> 'Entry':
        """The entry that undoes this one. Raises NotVoidable for a void."""
        if self.kind is Kind.VOID:
            raise NotVoidable()
        return type(self)._made(account,
                                kind=Kind.VOID,
                                reason=self.reason,
                                amount=-self.amount,
                                loan_id=self.loan_id,
                                voids=self.id,
                                overdue_day=None,
                                note=note,
                                effective_at=max(now, self.effective_at),
                                created_at=now)

    def undo(self, account: Account, *, now: datetime) -> 'Entry':
        """A void as of the moment at which the entry took effect: as if it had not been made.
        For what the library booked by itself, and too much of."""
        undone = self.void(account, note='', now=now)
        undone.overdue_day = self.overdue_day
        undone.effective_at = self.effective_at
        return undone

    @classmethod
    def _made(cls, account: Account, *, kind: Kind, reason: Reason | None, amount: Decimal,
              loan_id: UUID | None, voids: UUID | None, overdue_day: datetime | None, note: str,
              effective_at: datetime, created_at: datetime) -> Self:
        entry = cls(id=new_id(),
                    member_id=account.member_id,
                    kind=kind,
                    reason=reason,
                    amount=amount,
                    currency=account.currency,
                    loan_id=loan_id,
                    voids=voids,
                    overdue_day=overdue_day,
                    note=note,
                    actor_id=account.actor_id,
                    effective_at=effective_at,
                    created_at=created_at)
        entry.record(_EVENTS[kind](entry_id=entry.id,
                                   member_id=account.member_id,
                                   username=account.username,
                                   amount=abs(amount),
                                   currency=account.currency,
                                   reason=reason.value if reason else None))
        return entry


def check_waiver(amount: Decimal, *, booked: Decimal) -> None:
    """``booked`` is the sum of the member's entries. Raises WaiverExceedsDebt."""
    if amount > booked:
        raise WaiverExceedsDebt(debt=str(max(booked, Decimal('0.00'))))


def check_refund(amount: Decimal, *, booked: Decimal) -> None:
    """Raises RefundExceedsCredit unless the member is owed as much."""
    if amount > -booked:
        raise RefundExceedsCredit(credit=str(max(-booked, Decimal('0.00'))))

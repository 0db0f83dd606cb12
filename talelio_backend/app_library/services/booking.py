from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from talelio_backend.app_library.domain.errors import UnknownReference
from talelio_backend.app_library.domain.ledger import (Account, Entry, Kind, Reason, check_refund,
                                                       check_waiver)
from talelio_backend.app_library.domain.money_errors import AlreadyVoided, MemberNotFound
from talelio_backend.app_library.services.money_ports import MoneyUnitOfWork
from talelio_backend.shared.services.clock import Clock
from talelio_backend.shared.services.idempotency import IdempotencyKeyReused, RequestKey


@dataclass(frozen=True, kw_only=True)
class Order:
    """What somebody of the staff has booked: a charge, a payment, a waiver or a refund of
    ``amount``, or the void of the entry ``voids``."""

    kind: Kind
    amount: Decimal | None = None
    reason: Reason | None = None
    loan_id: UUID | None = None
    voids: UUID | None = None
    note: str = ''


@dataclass(frozen=True, kw_only=True)
class Booked:
    """``repeated``: the entry was made by an earlier request of the same key."""

    entry_id: UUID
    repeated: bool


class BookingService:
    """The ledger of the members. Entries of one member come one after the other, under the lock
    on the member; none is ever changed."""

    def __init__(self, *, open_uow: Callable[[], MoneyUnitOfWork], clock: Clock,
                 currency: str) -> None:
        self._open_uow = open_uow
        self._clock = clock
        self._currency = currency

    def book(self, *, member_id: UUID, actor_id: UUID, order: Order, key: RequestKey) -> Booked:
        """Once for each key, for ever.

        Raises MemberNotFound, IdempotencyKeyReused, UnknownReference (loan or entry of somebody
        else), WaiverExceedsDebt, RefundExceedsCredit, NotVoidable, AlreadyVoided.
        """
        with self._open_uow() as uow:
            if uow.members.locked(member_id, now=self._clock.now()) is None:
                raise MemberNotFound()
            earlier = uow.ledger.of_request(key.scope)
            if earlier is not None:
                if earlier.request_fingerprint != key.fingerprint:
                    raise IdempotencyKeyReused()
                return Booked(entry_id=earlier.id, repeated=True)
            account = Account(member_id=member_id,
                              username=uow.members.username(member_id) or '',
                              currency=self._currency,
                              actor_id=actor_id)
            entry = _made(uow, order, account, self._clock.now())
            entry.request_key, entry.request_fingerprint = key.scope, key.fingerprint
            uow.ledger.add(entry)
            uow.commit()
        return Booked(entry_id=entry.id, repeated=False)


def _made(uow: MoneyUnitOfWork, order: Order, account: Account, now: datetime) -> Entry:
    if order.voids is not None:
        return _void(uow, order.voids, order.note, account, now)
    assert order.amount is not None
    if order.loan_id is not None and not uow.member_loans.is_of(order.loan_id, account.member_id):
        raise UnknownReference('/loan_id', 'loan of this member')
    if order.kind is Kind.WAIVER:
        check_waiver(order.amount, booked=uow.ledger.booked(account.member_id))
    elif order.kind is Kind.REFUND:
        check_refund(order.amount, booked=uow.ledger.booked(account.member_id))
    return Entry.book(account,
                      kind=order.kind,
                      amount=order.amount,
                      reason=order.reason,
                      loan_id=order.loan_id,
                      note=order.note,
                      now=now)


def _void(uow: MoneyUnitOfWork, entry_id: UUID, note: str, account: Account,
          now: datetime) -> Entry:
    voided = uow.ledger.with_id(entry_id)
    if voided is None or voided.member_id != account.member_id:
        raise UnknownReference('/voids', 'entry of this member')
    entry = voided.void(account, note=note, now=now)
    if uow.ledger.is_voided(entry_id):
        raise AlreadyVoided()
    return entry

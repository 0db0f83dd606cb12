from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from talelio_backend.app_library.domain.errors import (AlreadyBorrowed, BookInactive,
                                                       CreditLimitReached, LoanLimit,
                                                       MemberBlocked, UnknownReference)
from talelio_backend.app_library.domain.loan import Loan, Tariffed
from talelio_backend.app_library.domain.member import Member, Standing
from talelio_backend.app_library.domain.money import money
from talelio_backend.app_library.domain.policy import Policy, resolve
from talelio_backend.app_library.services import queueing
from talelio_backend.app_library.services.desk import borrowed, settled_queue
from talelio_backend.app_library.services.ports import DeskUnitOfWork, Title
from talelio_backend.shared.domain.errors import Fault, Invalid
from talelio_backend.shared.services.authentication import Caller
from talelio_backend.shared.services.clock import Clock

# How long a desk may have been offline.
LONGEST_BACK = timedelta(days=365)


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is asked for at the desk: a title or one copy of it, exactly one of the two.
    ``member_id`` None: by the caller; ``started_at`` None: from now on."""

    book_id: UUID | None = None
    barcode: str | None = None
    member_id: UUID | None = None
    started_at: datetime | None = None


class LendingService:
    """Who may borrow does, until nothing is left."""

    def __init__(self, *, open_uow: Callable[[], DeskUnitOfWork], clock: Clock,
                 credit_limit: Decimal | None) -> None:
        """``credit_limit`` is of members without one of their own; None: they have none."""
        self._open_uow = open_uow
        self._clock = clock
        self._credit_limit = credit_limit

    def borrow(self, *, caller: Caller, wanted: Wanted) -> UUID:
        """The new loan. A member borrows for themselves and from now on: ``member_id`` and
        ``started_at`` are the staff's.

        Raises Invalid (a start in the future or too long ago), UnknownReference, and in this
        order BookInactive, MemberBlocked, AlreadyBorrowed, LoanLimit, CreditLimitReached,
        NoCopyAvailable.
        """
        self._check_start(wanted.started_at)
        whose = wanted.member_id or caller.member_id
        with self._open_uow() as uow:
            book_id = wanted.book_id or _book_of(uow, wanted.barcode)
            member = uow.members.locked(whose, now=self._clock.now())
            standing = uow.members.standing(whose)
            if member is None or standing is None:
                raise UnknownReference('/member_id', 'member')
            title = uow.titles.locked(book_id)
            if title is None:
                raise UnknownReference('/book_id', 'book')
            now = self._clock.now()
            policy = self._allowed(uow, title, member, standing, now)
            queue = settled_queue(uow, title, now=now)
            copy = queue.lend(member_id=whose, barcode=wanted.barcode, now=now)
            start = wanted.started_at or now
            loan = Loan.begin(borrowed=borrowed(title,
                                                standing.username,
                                                whose=whose,
                                                caller=caller),
                              item_type=title.item_type,
                              copy_id=copy.id,
                              member_id=whose,
                              terms=policy.terms,
                              tariffed=_tariffed(uow, policy, title, start),
                              start=start)
            uow.loans.add(loan)
            queueing.advance(uow, title, queue, now=now)
            uow.commit()
        return loan.id

    def _check_start(self, started_at: datetime | None) -> None:
        now = self._clock.now()
        if started_at is not None and not now - LONGEST_BACK <= started_at <= now:
            raise Invalid(
                Fault('/started_at', 'out_of_range',
                      f'a loan began in the last {LONGEST_BACK.days} days'))

    def _allowed(self, uow: DeskUnitOfWork, title: Title, member: Member, standing: Standing,
                 now: datetime) -> Policy:
        """The policy under which the member may have another loan, whatever copies there are."""
        if not title.active:
            raise BookInactive()
        if not standing.may_borrow:
            raise MemberBlocked()
        present = uow.loans.open_of(book_id=title.id, member_id=member.id)
        if present is not None:
            raise AlreadyBorrowed(loan_id=str(present.id))
        policy = resolve(uow.policies.all(), level=standing.level,
                         item_type=title.item_type).policy
        limit = policy.max_open_loans
        if limit is not None and uow.loans.count_open(member.id,
                                                      item_type=policy.item_type) >= limit:
            raise LoanLimit(limit=limit)
        self._check_credit(uow, member, now)
        return policy

    def _check_credit(self, uow: DeskUnitOfWork, member: Member, now: datetime) -> None:
        limit = self._credit_limit if member.credit_limit is None else member.credit_limit
        if limit is None:
            return
        balance = uow.ledger.balance(member.id, at=now)
        if balance > limit:
            raise CreditLimitReached(balance=str(money(balance)), credit_limit=str(money(limit)))


def _book_of(uow: DeskUnitOfWork, barcode: str | None) -> UUID:
    book_id = uow.titles.of_barcode(barcode or '')
    if book_id is None:
        raise UnknownReference('/barcode', 'copy')
    return book_id


def _tariffed(uow: DeskUnitOfWork, policy: Policy, title: Title,
              start: datetime) -> Tariffed | None:
    tariff = uow.tariffs.in_force(start) if policy.rental else None
    if tariff is None:
        return None
    return Tariffed(tariff_id=tariff.id, rate=tariff.rate_of(title.item_type))

"""What every act at the desk begins with: the loan, whoever is concerned, and the title's queue,
locked in their order."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from talelio_backend.app_library.domain.errors import AlreadyReturned, LoanNotFound
from talelio_backend.app_library.domain.ledger import Account
from talelio_backend.app_library.domain.loan import Borrowed, Loan
from talelio_backend.app_library.domain.queue import Queue
from talelio_backend.app_library.services import queueing
from talelio_backend.app_library.services.ports import DeskUnitOfWork, Title
from talelio_backend.shared.services.authentication import Caller
from talelio_backend.shared.services.clock import Clock


@dataclass(frozen=True, kw_only=True)
class OpenLoan:
    """A loan that was open when it was looked up, with all that may change together with it.
    ``now`` is the time since the locks are held: what others did lies before it."""

    loan: Loan
    title: Title
    queue: Queue
    borrowed: Borrowed
    account: Account
    now: datetime


def look_up(uow: DeskUnitOfWork, loan_id: UUID, caller: Caller) -> Loan:
    """A loan that the caller may know of, without a lock. Raises LoanNotFound."""
    loan = uow.loans.get(loan_id)
    if loan is None or not (caller.is_admin or loan.member_id == caller.account_id):
        raise LoanNotFound()
    return loan


def lock(uow: DeskUnitOfWork, loan: Loan, *, caller: Caller, expected_version: int | None,
         currency: str, clock: Clock) -> OpenLoan:
    """Everything that an open loan touches, read anew. Raises AlreadyReturned for a loan that
    has ended before (one that ends meanwhile says so itself), VersionMismatch."""
    if loan.returned_at is not None or loan.member_id is None:
        raise AlreadyReturned()
    member_id = loan.member_id
    uow.members.locked(member_id, now=clock.now())
    title = uow.titles.locked(loan.book_id)
    present = uow.loans.locked(loan.id)
    if title is None or present is None:
        raise LoanNotFound()
    present.expect(expected_version)
    now = clock.now()
    username = uow.members.username(member_id) or ''
    return OpenLoan(loan=present,
                    title=title,
                    queue=settled_queue(uow, title, now=now),
                    borrowed=borrowed(title, username, whose=member_id, caller=caller),
                    account=Account(member_id=member_id,
                                    username=username,
                                    currency=currency,
                                    actor_id=caller.account_id),
                    now=now)


def settled_queue(uow: DeskUnitOfWork, title: Title, *, now: datetime) -> Queue:
    """The queue of a locked title with everybody served who may be: what is free in it is
    nobody's."""
    queue = queueing.open_queue(uow, title, now=now)
    queueing.advance(uow, title, queue, now=now)
    return queue


def borrowed(title: Title, username: str, *, whose: UUID, caller: Caller) -> Borrowed:
    return Borrowed(book_id=title.id,
                    title=title.name,
                    borrower=None if whose == caller.account_id else username)

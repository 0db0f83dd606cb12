from collections.abc import Callable
from datetime import datetime, timedelta

from talelio_backend.app_account.services.ports import AccountUnitOfWork
from talelio_backend.shared.services.clock import Clock

SWEEP = 'accounts.sweep'
BATCH = 500
KEEP_LINKS = timedelta(days=1)
KEEP_SESSIONS = timedelta(days=90)

Step = Callable[[AccountUnitOfWork, datetime], int]


class RetentionService:
    """Removes what nobody needs any more, in small transactions."""

    def __init__(self, *, open_uow: Callable[[], AccountUnitOfWork], clock: Clock,
                 unverified_days: int) -> None:
        self._open_uow = open_uow
        self._clock = clock
        self._keep_unverified = timedelta(days=unverified_days)

    def sweep(self) -> None:
        """Links a day past their expiry, sessions 90 days after their end, and accounts that
        were never verified and own nothing."""
        for step in (self._links, self._sessions, self._accounts):
            while self._run(step) == BATCH:
                pass

    def _run(self, step: Step) -> int:
        with self._open_uow() as uow:
            removed = step(uow, self._clock.now())
            uow.commit()
        return removed

    def _links(self, uow: AccountUnitOfWork, now: datetime) -> int:
        return uow.links.remove_expired_before(now - KEEP_LINKS, BATCH)

    def _sessions(self, uow: AccountUnitOfWork, now: datetime) -> int:
        return uow.sessions.remove_ended_before(now - KEEP_SESSIONS, BATCH)

    def _accounts(self, uow: AccountUnitOfWork, now: datetime) -> int:
        accounts = uow.accounts.unverified_before(now - self._keep_unverified, BATCH)
        for account in accounts:
            account.remove_unverified()
            uow.accounts.remove(account)
        return len(accounts)

from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

from talelio_backend.app_account.domain.account import Account
from talelio_backend.app_account.services.ports import AccountUnitOfWork
from talelio_backend.app_account.services.security_ports import RefreshStore
from talelio_backend.app_account.services.sessions import SessionService
from talelio_backend.shared.domain.access import Level
from talelio_backend.shared.domain.errors import (Fault, Invalid, SessionStoreUnavailable,
                                                  UserNotFound)
from talelio_backend.shared.domain.text import clean_line, has_control_characters
from talelio_backend.shared.services.clock import Clock

REASON_MAX = 500


class AdministrationService:
    """What administrators and operators do to the accounts of others. There is always one
    administrator who is not blocked: the admins' rows are locked before anything is decided."""

    def __init__(self, *, open_uow: Callable[[], AccountUnitOfWork], sessions: SessionService,
                 refresh_store: RefreshStore, clock: Clock) -> None:
        self._open_uow = open_uow
        self._sessions = sessions
        self._refresh_store = refresh_store
        self._clock = clock

    def set_level(self,
                  *,
                  username: str,
                  level: Level,
                  expected_version: int | None = None) -> None:
        """The present level again changes nothing. Who is no administrator any more acts as
        nobody else.

        Raises UserNotFound, VersionMismatch, LastAdmin.
        """
        now = self._clock.now()
        with self._open_uow() as uow:
            admins = uow.accounts.lock_active_admins()
            account = _found(uow, username, expected_version)
            account.change_level(level, other_admins=len(admins - {account.id}), now=now)
            if level is not Level.ADMIN:
                _end_assumed(uow, account, now)
            uow.commit()

    def block(self,
              *,
              username: str,
              reason: str | None = None,
              by: UUID | None = None,
              expected_version: int | None = None) -> None:
        """Blocks an account and ends its right to refresh; access tokens that are out count as
        *everyone* from the next request. ``by`` is the caller's account.

        Raises Invalid, UserNotFound, VersionMismatch, OwnAccount, LastAdmin.
        """
        stated = _checked_reason(reason)
        now = self._clock.now()
        families: Sequence[UUID] = ()
        with self._open_uow() as uow:
            admins = uow.accounts.lock_active_admins()
            account = _found(uow, username, expected_version)
            if not account.blocked:
                account.block(reason=stated,
                              by_owner=account.id == by,
                              other_admins=len(admins - {account.id}),
                              now=now)
                _end_assumed(uow, account, now)
                families = uow.sessions.end_refreshing(account.id, now)
            uow.commit()
        self._forget(families)

    def unblock(self, *, username: str, expected_version: int | None = None) -> None:
        """Unblocking an account that is not blocked changes nothing.

        Raises UserNotFound, VersionMismatch.
        """
        with self._open_uow() as uow:
            _found(uow, username, expected_version).unblock(self._clock.now())
            uow.commit()

    def end_sessions(self, *, username: str, keep: UUID | None = None) -> int:
        """Ends the sessions of an account but ``keep``; gives their number. Raises UserNotFound.
        """
        return self._sessions.end_all(account_id=self._account_id(username), keep=keep)

    def end_session(self, *, username: str, session_id: UUID) -> None:
        """Ends one of the account's live sessions. Raises UserNotFound, SessionNotFound."""
        self._sessions.end(account_id=self._account_id(username), session_id=session_id)

    def end_all_sessions(self) -> None:
        """Makes every token of every account void at once."""
        with self._open_uow() as uow:
            uow.data_epoch.get().advance(self._clock.now())
            uow.commit()

    def _account_id(self, username: str) -> UUID:
        with self._open_uow() as uow:
            return _found(uow, username).id

    def _forget(self, families: Sequence[UUID]) -> None:
        # The sessions may not be refreshed any more, whatever the store still holds of them.
        try:
            self._refresh_store.forget(families)
        except SessionStoreUnavailable:
            pass


def _found(uow: AccountUnitOfWork, username: str, expected_version: int | None = None) -> Account:
    account = uow.accounts.locked_by_username(username)
    if account is None:
        raise UserNotFound()
    account.expect(expected_version)
    return account


def _end_assumed(uow: AccountUnitOfWork, account: Account, now: datetime) -> None:
    for session in uow.sessions.assumed_by(account.id, now):
        session.end(now)


def _checked_reason(reason: str | None) -> str | None:
    text = clean_line(reason or '')
    if len(text) > REASON_MAX:
        raise Invalid(Fault('/reason', 'too_long', f'at most {REASON_MAX} characters'))
    if has_control_characters(text, allow_newlines=True):
        raise Invalid(Fault('/reason', 'control_character', 'control characters are not accepted'))
    return text or None

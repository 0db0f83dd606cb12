from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from talelio_backend.app_account.domain.account import Account
from talelio_backend.app_account.domain.errors import NotAssumed
from talelio_backend.app_account.domain.session import Session
from talelio_backend.app_account.services.ports import AccountUnitOfWork, Devices
from talelio_backend.app_account.services.security_ports import AccessToken, AccessTokens
from talelio_backend.app_account.services.sessions import Visitor
from talelio_backend.shared.domain.access import Level
from talelio_backend.shared.domain.errors import Conflict, NotYours, UserNotFound
from talelio_backend.shared.services.authentication import AccountBlocked
from talelio_backend.shared.services.clock import Clock


class AssumedAccountBlocked(Conflict, AccountBlocked):
    """Nobody acts as somebody who may do nothing. The code of AccountBlocked, which is about the
    caller: here it is the other account that stands in the way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AssumedUser:
    """What an administrator gets: the token with which they act as ``account``."""

    access_token: AccessToken
    account: Account


class AssumingService:
    """Lets an administrator act as a member, for a quarter of an hour and without becoming them:
    nothing renews such a session, every row of the activity names both, and it dies with whatever
    it stands on, see ``SessionAuthenticator``."""

    def __init__(self, *, open_uow: Callable[[], AccountUnitOfWork], access_tokens: AccessTokens,
                 devices: Devices, clock: Clock) -> None:
        self._open_uow = open_uow
        self._access_tokens = access_tokens
        self._devices = devices
        self._clock = clock

    def assume(self, *, username: str, by: UUID, session_id: UUID | None,
               visitor: Visitor) -> AssumedUser:
        """``by`` is the caller's account, ``session_id`` the session in which they ask.

        Raises UserNotFound, NotYours (an administrator, oneself, or the caller's own right is
        gone by now), AssumedAccountBlocked.
        """
        now = self._clock.now()
        with self._open_uow() as uow:
            admins = uow.accounts.lock_active_admins()
            account = uow.accounts.locked_by_username(username)
            if account is None:
                raise UserNotFound()
            own = uow.sessions.get(session_id) if session_id else None
            if by not in admins or own is None or own.is_over(now):
                raise NotYours()
            if account.level is Level.ADMIN or account.id == by:
                raise NotYours()
            if account.blocked:
                raise AssumedAccountBlocked()
            session = Session.assume(account_id=account.id,
                                     username=account.username,
                                     own=own,
                                     device=self._devices.describe(visitor.user_agent),
                                     ip=visitor.ip,
                                     now=now)
            uow.sessions.add(session)
            epoch = uow.data_epoch.get().epoch
            uow.commit()
        token = self._access_tokens.issue(account_id=account.id,
                                          session_id=session.id,
                                          epoch=epoch,
                                          now=now,
                                          until=session.expires_at,
                                          impersonator_id=by)
        return AssumedUser(access_token=token, account=account)

    def leave(self, *, session_id: UUID | None) -> None:
        """Ends the assumed session in which the caller acts. Raises NotAssumed for another."""
        now = self._clock.now()
        with self._open_uow() as uow:
            session = uow.sessions.get(session_id) if session_id else None
            account = uow.accounts.get(session.account_id) if session else None
            if session is None or account is None:
                raise NotAssumed()
            session.leave(username=account.username, now=now)
            uow.commit()

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from talelio_backend.app_account.domain.errors import (InvalidCredentials, RefreshTokenInvalid,
                                                       RefreshTokenMissing, SessionNotFound)
from talelio_backend.app_account.domain.refresh_token import RefreshToken
from talelio_backend.app_account.domain.session import MAX_LIVE_SESSIONS, Lifetimes, Session
from talelio_backend.app_account.services.mails import mail_job
from talelio_backend.app_account.services.ports import AccountUnitOfWork, Devices, SessionUse
from talelio_backend.app_account.services.security_ports import (AccessToken, AccessTokens,
                                                                 RefreshStore, RotationOutcome)
from talelio_backend.shared.domain.errors import SessionStoreUnavailable
from talelio_backend.shared.services.authentication import AccountBlocked
from talelio_backend.shared.services.clock import Clock
from talelio_backend.shared.services.metrics import Counters


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedInSession:
    """What a client gets: the access token for its requests, the refresh token for its cookie,
    with the seconds after which it is worth nothing."""

    access_token: AccessToken
    refresh_token: str = field(repr=False)
    refresh_expires_in: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Where a request comes from."""

    ip: str
    user_agent: str


class SessionService:
    """Begins, continues and ends sessions. Who may begin one is decided elsewhere."""

    def __init__(self, *, open_uow: Callable[[], AccountUnitOfWork], refresh_store: RefreshStore,
                 access_tokens: AccessTokens, devices: Devices, lifetimes: Lifetimes, clock: Clock,
                 counters: Counters) -> None:
        self._open_uow = open_uow
        self._refresh_store = refresh_store
        self._access_tokens = access_tokens
        self._devices = devices
        self._lifetimes = lifetimes
        self._clock = clock
        self._counters = counters

    def begin(self,
              *,
              account_id: UUID,
              epoch: int,
              visitor: Visitor,
              new_hash: str | None = None) -> SignedInSession:
        """A new session of an account whose owner is proven. ``new_hash`` replaces the stored
        one where the parameters of hashing changed.

        Raises SessionStoreUnavailable, InvalidCredentials and AccountBlocked (the account was
        removed or blocked at this very moment).
        """
        now = self._clock.now()
        session = Session.start(account_id=account_id,
                                device=self._devices.describe(visitor.user_agent),
                                ip=visitor.ip,
                                lifetimes=self._lifetimes,
                                now=now)
        # First the token, then the session: a token without a session opens nothing.
        refresh_token = self._refresh_store.begin(session, epoch=epoch)
        with self._open_uow() as uow:
            # One after the other, so that each counts those before it.
            account = uow.accounts.locked(account_id)
            if account is None:
                raise InvalidCredentials()
            if account.blocked:
                raise AccountBlocked()
            surplus = uow.sessions.surplus(account_id, now, keep=MAX_LIVE_SESSIONS - 1)
            for unused in surplus:
                unused.end(now)
            if new_hash is not None:
                account.replace_hash(new_hash)
            uow.sessions.add(session)
            uow.seen(account_id, now)
            uow.commit()
        self._forget(*(unused.id for unused in surplus))
        use = SessionUse(account_id=account_id, epoch=epoch, expires_at=session.expires_at)
        return self._signed_in(use, refresh_token, now)

    def refresh(self, cookie: str | None) -> SignedInSession:
        """Replaces a refresh token and gives a new access token.

        Raises RefreshTokenMissing, RefreshTokenInvalid (after which, for a token that was used
        before, the session is over and its owner is told), SessionStoreUnavailable.
        """
        if not cookie:
            raise RefreshTokenMissing()
        token = RefreshToken.parse(cookie)
        if token is None:
            raise RefreshTokenInvalid()
        now = self._clock.now()
        # The database is asked before the token is spent: were it down afterwards, the client
        # would be left with a spent token that looks stolen when it is shown again.
        with self._open_uow() as uow:
            use = uow.sessions.use(token.family, lifetimes=self._lifetimes, now=now)
            uow.commit()
        if use is None:
            raise RefreshTokenInvalid()
        rotation = self._refresh_store.rotate(token,
                                              lifetimes=self._lifetimes,
                                              epoch=use.epoch,
                                              now=now)
        if rotation.outcome is RotationOutcome.STOLEN:
            self._end_stolen(token.family)
        if rotation.successor is None:
            raise RefreshTokenInvalid()
        return self._signed_in(use, rotation.successor, now)

    def sign_out(self, *, cookie: str | None, session_id: UUID | None) -> None:
        """Ends the sessions of a cookie and of an access token, whichever there is."""
        token = RefreshToken.parse(cookie or '')
        self._sign_out(*{family for family in (token and token.family, session_id) if family})

    def end(self, *, account_id: UUID, session_id: UUID) -> None:
        """Ends one of the account's live sessions. Raises SessionNotFound."""
        now = self._clock.now()
        with self._open_uow() as uow:
            session = uow.sessions.get(session_id)
            if session is None or session.account_id != account_id or session.is_over(now):
                raise SessionNotFound()
            session.end(now)
            uow.commit()
        self._forget(session_id)

    def end_all(self, *, account_id: UUID, keep: UUID | None = None) -> int:
        """Ends the account's sessions but ``keep``; gives their number."""
        now = self._clock.now()
        with self._open_uow() as uow:
            ended = [
                session for session in uow.sessions.live(account_id, now) if session.id != keep
            ]
            for session in ended:
                session.end(now)
            uow.commit()
        self._forget(*(session.id for session in ended))
        return len(ended)

    def _signed_in(self, use: SessionUse, token: RefreshToken, now: datetime) -> SignedInSession:
        access_token = self._access_tokens.issue(account_id=use.account_id,
                                                 session_id=token.family,
                                                 epoch=use.epoch,
                                                 now=now,
                                                 until=use.expires_at)
        left = (use.expires_at - now).total_seconds()
        return SignedInSession(access_token=access_token,
                               refresh_token=token.text,
                               refresh_expires_in=int(left))

    def _sign_out(self, *session_ids: UUID) -> None:
        now = self._clock.now()
        with self._open_uow() as uow:
            for session_id in session_ids:
                session = uow.sessions.get(session_id)
                if session is not None:
                    session.sign_out(now)
            uow.commit()
        self._forget(*session_ids)

    def _end_stolen(self, session_id: UUID) -> None:
        self._counters.count('refresh_token_reuse')
        with self._open_uow() as uow:
            session = uow.sessions.get(session_id)
            account = uow.accounts.get(session.account_id) if session else None
            if session is not None and account is not None:
                session.betray(self._clock.now())
                uow.defer(mail_job('session_theft', account))
                uow.commit()

    def _forget(self, *session_ids: UUID) -> None:
        """Deletes the refresh tokens of sessions that are over. Where the store is down they
        stay until their time runs out; nothing accepts them without a live session."""
        if not session_ids:
            return
        try:
            self._refresh_store.forget(session_ids)
        except SessionStoreUnavailable:
            pass

import hashlib
from datetime import datetime
from uuid import UUID

from talelio_backend.app_account.domain.errors import InvalidCredentials, TooManyAttempts
from talelio_backend.app_account.domain.names import fold
from talelio_backend.app_account.domain.password import PasswordTooLong, prepared
from talelio_backend.app_account.domain.session import KNOWN_ADDRESS_FOR
from talelio_backend.app_account.services.ports import Addresses
from talelio_backend.app_account.services.security_ports import (Attempt, Credentials,
                                                                 CredentialsReader, LoginThrottle,
                                                                 PasswordHasher)
from talelio_backend.app_account.services.sessions import SessionService, SignedInSession, Visitor
from talelio_backend.shared.domain.errors import Invalid
from talelio_backend.shared.services.authentication import AccountBlocked
from talelio_backend.shared.services.clock import Clock
from talelio_backend.shared.services.metrics import Counters


class SignInService:
    """Signing in with a password. An unknown account, one without a password and a wrong password
    are one answer, and cost one hash."""

    def __init__(self, *, credentials: CredentialsReader, addresses: Addresses,
                 throttle: LoginThrottle, hasher: PasswordHasher, sessions: SessionService,
                 clock: Clock, counters: Counters) -> None:
        self._credentials = credentials
        self._addresses = addresses
        self._throttle = throttle
        self._hasher = hasher
        self._sessions = sessions
        self._clock = clock
        self._counters = counters

    def sign_in(self, *, email: str | None, username: str | None, password: str, visitor: Visitor,
                cookie: str | None) -> SignedInSession:
        """A new session for the right password; the session of ``cookie`` ends.

        Raises InvalidCredentials, AccountBlocked (after the right password alone),
        TooManyAttempts, Busy, SessionStoreUnavailable.
        """
        now = self._clock.now()
        name = self._name(email, username)
        found = self._find(name, by_email=email is not None, ip=visitor.ip, now=now)
        attempt = self._begin(_attempt(name, found, visitor), now)
        if not self._is_right(found, password, attempt) or found is None:
            self._count('wrong_password' if found else 'unknown_account')
            raise InvalidCredentials()
        self._throttle.succeeded(attempt)
        if found.blocked:
            self._count('account_blocked')
            raise AccountBlocked()
        if cookie:
            self._sessions.sign_out(cookie=cookie, session_id=None)
        return self._sessions.begin(account_id=found.account_id,
                                    epoch=found.epoch,
                                    visitor=visitor,
                                    new_hash=self._new_hash(found, password))

    def _name(self, email: str | None, username: str | None) -> str:
        if email is None:
            return fold((username or '').strip())
        try:
            return fold(self._addresses.checked(email))
        except Invalid:
            # What cannot be an address belongs to nobody; it is answered like any other.
            return fold(email.strip())

    def _find(self, name: str, *, by_email: bool, ip: str, now: datetime) -> Credentials | None:
        find = self._credentials.by_email if by_email else self._credentials.by_username
        return find(name, ip=ip, known_since=now - KNOWN_ADDRESS_FOR)

    def _begin(self, attempt: Attempt, now: datetime) -> Attempt:
        try:
            return self._throttle.begin(attempt, now)
        except TooManyAttempts:
            self._count('too_many_attempts')
            raise

    def _count(self, reason: str) -> None:
        self._counters.count('login_failures', reason=reason)

    def _is_right(self, found: Credentials | None, password: str, attempt: Attempt) -> bool:
        try:
            typed = prepared(password)
        except PasswordTooLong:
            return False
        try:
            return self._hasher.verify(found.password_hash if found else None, typed)
        except BaseException:
            self._throttle.give_back(attempt)
            raise

    def _new_hash(self, found: Credentials, password: str) -> str | None:
        if found.password_hash is None or not self._hasher.is_outdated(found.password_hash):
            return None
        return self._hasher.hash(prepared(password))


def _attempt(name: str, found: Credentials | None, visitor: Visitor) -> Attempt:
    account = found.account_id if found else _stand_in(name)
    return Attempt(account=account.hex,
                   address=visitor.ip,
                   known_address=found is not None and found.known_address)


def _stand_in(name: str) -> UUID:
    """An id for a name that has no account, so that its failures are counted alike."""
    return UUID(bytes=hashlib.sha256(name.encode(errors='surrogatepass')).digest()[:16])

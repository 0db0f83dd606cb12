"""What signing in needs of the outside, without I/O: hashes, tokens, throttles."""

# pylint: disable=unused-argument  # a fake needs less than its port is given

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from talelio_backend.app_account.domain.account import Account
from talelio_backend.app_account.domain.data_epoch import THE_ONE
from talelio_backend.app_account.domain.errors import TooManyAttempts
from talelio_backend.app_account.domain.link import Link
from talelio_backend.app_account.domain.refresh_token import RefreshToken
from talelio_backend.app_account.domain.session import Lifetimes, Session
from talelio_backend.app_account.services.security_ports import (AccessToken, Attempt, Credentials,
                                                                 Rotation, RotationOutcome)
from talelio_backend.shared.domain.errors import Busy, SessionStoreUnavailable
from tests.fakes_account import FakeAccountUnitOfWork


class PlainHasher:
    """Hashes by writing ``hash:`` in front, and counts."""

    def __init__(self) -> None:
        self.busy = False
        self.worked = 0

    def hash(self, password: str) -> str:
        self._work()
        return f'hash:{password}'

    def verify(self, password_hash: str | None, password: str) -> bool:
        self._work()
        return password_hash in (f'hash:{password}', f'old:{password}')

    def is_outdated(self, password_hash: str) -> bool:
        return password_hash.startswith('old:')

    def _work(self) -> None:
        if self.busy:
            raise Busy()
        self.worked += 1


class CredentialsOf:
    """Reads credentials from a fake unit of work."""

    def __init__(self, uow: FakeAccountUnitOfWork) -> None:
        self._uow = uow

    def by_email(self, email: str, *, ip: str, known_since: datetime) -> Credentials | None:
        return self._credentials(self._uow.accounts.by_email(email), ip, known_since)

    def by_username(self, username: str, *, ip: str, known_since: datetime) -> Credentials | None:
        return self._credentials(self._uow.accounts.by_username(username), ip, known_since)

    def _credentials(self, account: Account | None, ip: str,
                     known_since: datetime) -> Credentials | None:
        if account is None:
            return None
        known = any(session.account_id == account.id and session.ip == ip
                    and session.created_at > known_since
                    for session in self._uow.stored_sessions.values())
        return Credentials(account_id=account.id,
                           password_hash=account.password_hash,
                           blocked=account.blocked,
                           known_address=known,
                           epoch=self._uow.epoch[THE_ONE].epoch)


class CountingThrottle:
    """Refuses from the attempt after ``limit`` failures of one account on."""

    def __init__(self, limit: int = 5) -> None:
        self._limit = limit
        self.failures: dict[str, int] = {}
        self.attempts: list[Attempt] = []

    def begin(self, attempt: Attempt, now: datetime) -> Attempt:
        if self.failures.get(attempt.account, 0) > self._limit:
            raise TooManyAttempts(retry_after=1)
        self.failures[attempt.account] = self.failures.get(attempt.account, 0) + 1
        self.attempts.append(attempt)
        return replace(attempt, penalties=(False, ))

    def succeeded(self, attempt: Attempt) -> None:
        self.failures.pop(attempt.account)

    def give_back(self, attempt: Attempt) -> None:
        self.failures[attempt.account] -= 1


class InMemoryRefreshStore:
    """Knows the present token of each family and its parent; without grace or expiry."""

    def __init__(self) -> None:
        self.present: dict[UUID, RefreshToken] = {}
        self.down = False

    def begin(self, session: Session, *, epoch: int) -> RefreshToken:
        self._check()
        self.present[session.id] = RefreshToken(session.id, secrets.token_urlsafe(32))
        return self.present[session.id]

    def rotate(self, token: RefreshToken, *, lifetimes: Lifetimes, epoch: int,
               now: datetime) -> Rotation:
        self._check()
        if token.family not in self.present:
            return Rotation(outcome=RotationOutcome.UNKNOWN)
        if self.present[token.family] != token:
            del self.present[token.family]
            return Rotation(outcome=RotationOutcome.STOLEN)
        successor = RefreshToken(token.family, secrets.token_urlsafe(32))
        self.present[token.family] = successor
        return Rotation(outcome=RotationOutcome.ROTATED, successor=successor)

    def forget(self, session_ids: Sequence[UUID]) -> None:
        self._check()
        for session_id in session_ids:
            self.present.pop(session_id, None)

    def _check(self) -> None:
        if self.down:
            raise SessionStoreUnavailable()


class ReadableAccessTokens:

    def issue(self,
              *,
              account_id: UUID,
              session_id: UUID,
              epoch: int,
              now: datetime,
              until: datetime,
              impersonator_id: UUID | None = None) -> AccessToken:
        seconds = int((until - now).total_seconds())
        text = f'{account_id}/{session_id}/{epoch}'
        if impersonator_id is not None:
            return AccessToken(text=f'{text}/{impersonator_id}', expires_in=seconds)
        return AccessToken(text=text, expires_in=min(600, seconds))


class ReadableLinkTokens:
    """A link's token is its id."""

    def digest_for(self, link_id: UUID) -> bytes:
        return self.digest(str(link_id))

    def digest(self, token: str) -> bytes:
        return hashlib.sha256(token.encode()).digest()

    def token(self, link: Link) -> str | None:
        return str(link.id)


class EchoDevices:

    def describe(self, user_agent: str) -> str:
        return user_agent


class RecordingCounters:

    def __init__(self) -> None:
        self.counted: list[tuple[str, dict[str, str]]] = []

    def count(self, name: str, **labels: str) -> None:
        self.counted.append((name, labels))

"""What signing in and staying signed in needs from outside."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Protocol
from uuid import UUID

from talelio_backend.app_account.domain.link import Link
from talelio_backend.app_account.domain.refresh_token import RefreshToken
from talelio_backend.app_account.domain.session import Lifetimes, Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What signing in needs to know of an account. ``known_address``: the account signed in from
    the asking address lately. ``epoch`` is the present data epoch."""

    account_id: UUID
    password_hash: str | None = field(repr=False)
    blocked: bool
    known_address: bool
    epoch: int


class CredentialsReader(Protocol):

    def by_email(self, email: str, *, ip: str, known_since: datetime) -> Credentials | None:
        ...

    def by_username(self, username: str, *, ip: str, known_since: datetime) -> Credentials | None:
        ...


class CommonPasswords(Protocol):

    def __call__(self, folded: str) -> bool:
        """Whether a password, its case folded, is among those that are tried first."""
        ...


class PasswordHasher(Protocol):
    """argon2id (RFC 9106). Every method may raise Busy: a core per hash, and a queue in front."""

    def hash(self, password: str) -> str:
        ...

    def verify(self, password_hash: str | None, password: str) -> bool:
        """False, after the work of one hash, also where there is no hash to compare with: how
        long an answer takes does not tell whether an account exists."""
        ...

    def is_outdated(self, password_hash: str) -> bool:
        """Whether it was made with other parameters than today's."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessToken:
    text: str = field(repr=False)
    expires_in: int


class AccessTokens(Protocol):

    def issue(self,
              *,
              account_id: UUID,
              session_id: UUID,
              epoch: int,
              now: datetime,
              until: datetime,
              impersonator_id: UUID | None = None) -> AccessToken:
        """A signed token (RFC 9068) for one session, which runs out at ``until``: the token
        lives no longer. With ``impersonator_id``, who acts as the account (the claim ``act`` of
        RFC 8693), it lives as long as its session, since nothing renews it."""
        ...


class RotationOutcome(Enum):
    ROTATED = 'rotated'  # also when the same successor is given again
    STOLEN = 'stolen'  # the family is deleted
    UNKNOWN = 'unknown'  # no such family, or its time has run out


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotation:
    outcome: RotationOutcome
    successor: RefreshToken | None = None


class RefreshStore(Protocol):
    """Refresh tokens, as digests. Every method raises SessionStoreUnavailable."""

    def begin(self, session: Session, *, epoch: int) -> RefreshToken:
        """The first token of the session's family."""
        ...

    def rotate(self, token: RefreshToken, *, lifetimes: Lifetimes, epoch: int,
               now: datetime) -> Rotation:
        """Replaces a token by its successor, in one step; see the accounts page for the table.
        ``epoch`` is the present one; a family of an older one is unknown."""
        ...

    def forget(self, session_ids: Sequence[UUID]) -> None:
        """Deletes families; those that are not there are passed over."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One try to sign in, as it was counted. ``account`` names the account or, where there is
    none, what was typed; ``address`` is the client's."""

    account: str
    address: str
    known_address: bool
    penalties: tuple[bool, ...] = ()


class LoginThrottle(Protocol):
    """Counts failures, alike for accounts that exist and others. Every method raises
    SessionStoreUnavailable: without the count nobody guesses."""

    def begin(self, attempt: Attempt, now: datetime) -> Attempt:
        """Counts the attempt as if it had failed already, so that parallel guesses count.

        Raises TooManyAttempts, which counts nothing.
        """
        ...

    def succeeded(self, attempt: Attempt) -> None:
        """Clears the account's failures and gives the address this attempt back."""
        ...

    def give_back(self, attempt: Attempt) -> None:
        """The attempt was neither a success nor a failure."""
        ...


class LinkTokens(Protocol):
    """A link's token is derived from its id with a secret key and stored nowhere."""

    def digest_for(self, link_id: UUID) -> bytes:
        """The SHA-256 of the link's token, as the link stores it."""
        ...

    def digest(self, token: str) -> bytes:
        """The SHA-256 of a token that somebody shows."""
        ...

    def token(self, link: Link) -> str | None:
        """The token behind the stored digest; None when the key that made it is gone."""
        ...

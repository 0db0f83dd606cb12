from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from talelio_backend.shared.domain.access import Level
from talelio_backend.shared.domain.errors import NotPermitted, Unauthenticated


class TokenExpired(NotPermitted):
    code = 'token_expired'
    title = 'The access token has expired. Ask for a new one with the refresh token.'


class TokenInvalid(NotPermitted):
    code = 'token_invalid'
    title = 'The access token is malformed or was revoked.'


class AssumedSession(NotPermitted):
    code = 'assumed_session'
    title = 'This is for the owner of the account alone. Return to your own session first.'


class CredentialsRequired(Unauthenticated):
    code = 'credentials_required'
    title = 'Sign in first.'


class AccountBlocked(NotPermitted):
    code = 'account_blocked'
    title = 'This account is blocked.'


class EmailNotVerified(NotPermitted):
    code = 'email_not_verified'
    title = 'Verify your e-mail address first.'


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who makes a request, as the database had it when the request came. ``impersonator_id`` is
    the administrator who acts as this account, in an assumed session."""

    account_id: UUID | None = None
    session_id: UUID | None = None
    level: Level = Level.EVERYONE
    verified: bool = False
    blocked: bool = False
    impersonator_id: UUID | None = None

    @property
    def is_admin(self) -> bool:
        return self.level >= Level.ADMIN

    @property
    def member_id(self) -> UUID:
        """The account of a caller whom the endpoint's access level has already let in.

        Raises CredentialsRequired for a stranger.
        """
        if self.account_id is None:
            raise CredentialsRequired()
        return self.account_id


STRANGER = Caller()


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """What a token says of itself, its signature proven. ``subject`` names the bucket of the
    rate limit; the state behind it is not looked up yet."""

    subject: str
    content: Mapping[str, Any]


class Authenticator(Protocol):

    def read(self, bearer: str) -> Claims:
        """Checks the token by itself, without I/O. Raises TokenExpired, TokenInvalid."""
        ...

    def resolve(self, claims: Claims) -> Caller:
        """Looks the state behind the token up: one SQL statement. Raises TokenInvalid when it
        was revoked, DatabaseUnavailable."""
        ...

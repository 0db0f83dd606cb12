from dataclasses import dataclass
from uuid import UUID

from talelio_backend.shared.domain.events import ChangedEvent, Event, Target


@dataclass(frozen=True, kw_only=True)
class AccountEvent(Event):
    """An event about one account; ``username`` is how it is called at that moment."""

    account_id: UUID
    username: str

    @property
    def target(self) -> Target:
        return Target('account', self.account_id, self.username)


@dataclass(frozen=True, kw_only=True)
class OwnAccountEvent(AccountEvent):
    """What a person does before they are a caller: it happens in the name of the account."""

    @property
    def actor_id(self) -> UUID:
        return self.account_id


@dataclass(frozen=True, kw_only=True)
class AccountRegistered(OwnAccountEvent):
    action = 'account_registered'
    activity = 'Registered the account “{username}”'


@dataclass(frozen=True, kw_only=True)
class AccountVerified(OwnAccountEvent):
    action = 'account_verified'
    activity = 'Verified the e-mail address of “{username}”'


@dataclass(frozen=True, kw_only=True)
class AccountAppointed(AccountEvent):
    """An operator made or raised the account at the command line."""

    action = 'account_appointed'
    activity = 'Made “{username}” an administrator at the command line'


@dataclass(frozen=True, kw_only=True)
class UnverifiedAccountRemoved(AccountEvent):
    # The name goes with the account: nothing about a person stays who never proved an address.
    action = 'unverified_account_removed'
    activity = 'Removed an account that was never verified'

    @property
    def target(self) -> Target:
        return Target('account', self.account_id, '')


@dataclass(frozen=True, kw_only=True)
class ProfileUpdated(AccountEvent, ChangedEvent):
    action = 'profile_updated'
    activity = 'Edited the profile of “{username}”'


@dataclass(frozen=True, kw_only=True)
class AccountUpdated(AccountEvent, ChangedEvent):
    """An administrator edited the account of somebody, or their own."""

    action = 'account_updated'
    activity = 'Edited the account “{username}”'


@dataclass(frozen=True, kw_only=True)
class LevelChanged(AccountEvent, ChangedEvent):
    action = 'level_changed'
    activity = 'Changed the access level of “{username}”'


@dataclass(frozen=True, kw_only=True)
class AccountBlocked(AccountEvent):
    action = 'account_blocked'
    activity = 'Blocked the account “{username}”'

    reason: str | None


@dataclass(frozen=True, kw_only=True)
class AccountUnblocked(AccountEvent):
    action = 'account_unblocked'
    activity = 'Unblocked the account “{username}”'


@dataclass(frozen=True, kw_only=True)
class UserAssumed(AccountEvent):
    """An administrator acts as the user from now on."""

    action = 'user_assumed'
    activity = 'Assumed the user “{username}”'


@dataclass(frozen=True, kw_only=True)
class UserLeft(AccountEvent):
    action = 'user_left'
    activity = 'Left the user “{username}”'


@dataclass(frozen=True, kw_only=True)
class SessionEvent(Event):
    """An event about one session of an account, called by its device."""

    session_id: UUID
    account_id: UUID
    device: str

    @property
    def target(self) -> Target:
        return Target('session', self.session_id, self.device)


@dataclass(frozen=True, kw_only=True)
class SignedIn(SessionEvent):
    action = 'signed_in'
    activity = 'Signed in with {device}'

    @property
    def actor_id(self) -> UUID:
        return self.account_id


@dataclass(frozen=True, kw_only=True)
class SignedOut(SessionEvent):
    action = 'signed_out'
    activity = 'Signed out of {device}'

    @property
    def actor_id(self) -> UUID:
        return self.account_id


@dataclass(frozen=True, kw_only=True)
class RefreshTokenReused(SessionEvent):
    """Somebody showed a refresh token that was replaced already: one of two holders stole it."""

    action = 'refresh_token_reused'
    activity = 'Ended the session with {device}, because its refresh token was used twice'

    @property
    def actor_id(self) -> UUID:
        return self.account_id


@dataclass(frozen=True, kw_only=True)
class SessionEnded(SessionEvent):
    action = 'session_ended'
    activity = 'Ended the session with {device}'


@dataclass(frozen=True, kw_only=True)
class AllSessionsEnded(Event):
    action = 'all_sessions_ended'
    activity = 'Made every token of every account void'

    epoch: int


RECORDED: tuple[type[Event],
                ...] = (AccountRegistered, AccountVerified, AccountAppointed,
                        UnverifiedAccountRemoved, ProfileUpdated, AccountUpdated, LevelChanged,
                        AccountBlocked, AccountUnblocked, UserAssumed, UserLeft, SignedIn,
                        SignedOut, RefreshTokenReused, SessionEnded, AllSessionsEnded)

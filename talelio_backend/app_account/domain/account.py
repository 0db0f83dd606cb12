from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Self

from talelio_backend.app_account.domain import events
from talelio_backend.app_account.domain.errors import LastAdmin, OwnAccount
from talelio_backend.app_account.domain.languages import Languages
from talelio_backend.app_account.domain.profile import checked_profile
from talelio_backend.shared.domain.access import Level
from talelio_backend.shared.domain.aggregate import Aggregate
from talelio_backend.shared.domain.errors import VersionMismatch
from talelio_backend.shared.domain.events import Change, changes_between
from talelio_backend.shared.domain.ids import new_id

_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(kw_only=True, eq=False)
class Account(Aggregate):
    """Who may sign in, and the public profile that goes with it: born together, under one id.

    ``level`` is what the account has when it is not blocked; see ``effective_level``.
    """

    email: str
    username: str
    password_hash: str | None
    level: Level
    language: str
    created_at: datetime
    updated_at: datetime
    verified_at: datetime | None = None
    blocked_at: datetime | None = None
    block_reason: str | None = None
    last_seen_at: datetime | None = None
    display_name: str | None = None
    location: str = ''
    bio: str = ''
    avatar_url: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    birth_date: date | None = None
    country: str | None = None
    city: str | None = None

    @classmethod
    def register(cls,
                 *,
                 email: str,
                 username: str,
                 password_hash: str,
                 language: str,
                 now: datetime,
                 display_name: str | None = None) -> Self:
        """A new account of level member, its address not yet proven. The values are checked."""
        account = cls(id=new_id(),
                      email=email,
                      username=username,
                      password_hash=password_hash,
                      level=Level.MEMBER,
                      language=language,
                      display_name=display_name,
                      created_at=now,
                      updated_at=now)
        account.record(events.AccountRegistered(account_id=account.id, username=account.username))
        return account

    @property
    def verified(self) -> bool:
        return self.verified_at is not None

    @property
    def blocked(self) -> bool:
        return self.blocked_at is not None

    @property
    def effective_level(self) -> Level:
        return Level.EVERYONE if self.blocked else self.level

    @property
    def is_active_admin(self) -> bool:
        return self.effective_level is Level.ADMIN

    @property
    def version(self) -> int:
        """The moment of the last change, in microseconds since 1970."""
        return (self.updated_at - _BEGINNING) // timedelta(microseconds=1)

    def expect(self, version: int | None) -> None:
        """Raises VersionMismatch unless ``version`` is the present one or None."""
        if version is not None and version != self.version:
            raise VersionMismatch(version=self.version)

    def verify(self, now: datetime) -> None:
        """The address was proven just now."""
        self.verified_at = self.updated_at = now
        self.record(events.AccountVerified(account_id=self.id, username=self.username))

    def appoint(self, now: datetime) -> None:
        """Makes this a verified administrator; nothing happens where it is one already."""
        if self.level is Level.ADMIN and self.verified:
            return
        self.verified_at = self.verified_at or now
        self.level = Level.ADMIN
        self.updated_at = now
        self.record(events.AccountAppointed(account_id=self.id, username=self.username))

    def replace_hash(self, password_hash: str) -> None:
        """The same password, hashed with newer parameters: nothing that a person would notice."""
        self.password_hash = password_hash

    def edit_profile(self, values: Mapping[str, Any], *, languages: Languages,
                     now: datetime) -> None:
        """Changes the fields that ``values`` names. Raises Invalid with every fault."""
        stored = checked_profile(values, languages=languages, today=now.date())
        before = {name: getattr(self, name) for name in stored}
        changed = changes_between(_readable(before), _readable(stored))
        if not changed:
            return
        for name in changed:
            setattr(self, name, stored[name])
        self.updated_at = now
        self.record(
            events.ProfileUpdated(account_id=self.id, username=self.username, changed=changed))

    def update(self, stored: Mapping[str, Any], *, verified: bool | None, now: datetime) -> None:
        """Takes over checked values of e-mail, username, profile and person. A new address is
        not proven, unless ``verified`` says so; None leaves it to that."""
        if verified is None:
            moved = stored.get('email', self.email).lower() != self.email.lower()
            verified = self.verified and not moved
        before = {name: getattr(self, name) for name in (*stored, 'verified')}
        after = {**stored, 'verified': verified}
        changed = changes_between(_readable(before), _readable(after))
        if not changed:
            return
        for name in stored:
            setattr(self, name, stored[name])
        if not verified or 'email' in changed or self.verified_at is None:
            self.verified_at = now if verified else None
        self.updated_at = now
        self.record(
            events.AccountUpdated(account_id=self.id, username=self.username, changed=changed))

    def change_level(self, level: Level, *, other_admins: int, now: datetime) -> None:
        """``other_admins`` counts those who are not blocked, this one left out.

        Raises LastAdmin.
        """
        if level is self.level:
            return
        if self.is_active_admin and not other_admins:
            raise LastAdmin()
        changed = {'level': Change(self.level.name.lower(), level.name.lower())}
        self.level = level
        self.updated_at = now
        self.record(
            events.LevelChanged(account_id=self.id, username=self.username, changed=changed))

    def block(self, *, reason: str | None, by_owner: bool, other_admins: int,
              now: datetime) -> None:
        """Raises OwnAccount, LastAdmin. Blocking a blocked account changes nothing."""
        if self.blocked:
            return
        if by_owner:
            raise OwnAccount()
        if self.is_active_admin and not other_admins:
            raise LastAdmin()
        self.blocked_at = self.updated_at = now
        self.block_reason = reason
        self.record(
            events.AccountBlocked(account_id=self.id, username=self.username, reason=reason))

    def unblock(self, now: datetime) -> None:
        """Gives the old level back."""
        if not self.blocked:
            return
        self.blocked_at = self.block_reason = None
        self.updated_at = now
        self.record(events.AccountUnblocked(account_id=self.id, username=self.username))

    def remove_unverified(self) -> None:
        """Says good-bye to an account whose address nobody proved; its repository removes it."""
        self.record(events.UnverifiedAccountRemoved(account_id=self.id, username=self.username))


def _readable(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in values.items()
    }

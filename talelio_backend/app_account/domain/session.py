from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self
from uuid import UUID

from talelio_backend.app_account.domain import events
from talelio_backend.app_account.domain.errors import NotAssumed
from talelio_backend.shared.domain.aggregate import Aggregate
from talelio_backend.shared.domain.ids import new_id

MAX_LIVE_SESSIONS = 50
KNOWN_ADDRESS_FOR = timedelta(days=30)
ASSUMED_FOR = timedelta(seconds=900)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifetimes:
    """How long a session lives unused (``idle``) and at all (``absolute``)."""

    idle: timedelta
    absolute: timedelta

    def idle_expiry(self, now: datetime, absolute_expiry: datetime) -> datetime:
        return min(now + self.idle, absolute_expiry)


@dataclass(kw_only=True, eq=False)
class Session(Aggregate):
    """One signing-in on one device. The refresh token of this session is not here: the session
    store has its digest. ``refresh_ended_at`` ends the right to refresh alone; access tokens that
    are out go on until they expire. ``assumed_from`` is the session of the administrator who acts
    as this account; such a session has no refresh token and dies with that one."""

    account_id: UUID
    device: str
    ip: str
    created_at: datetime
    last_used_at: datetime
    expires_at: datetime
    absolute_expires_at: datetime
    ended_at: datetime | None = None
    refresh_ended_at: datetime | None = None
    assumed_from: UUID | None = None

    @classmethod
    def start(cls, *, account_id: UUID, device: str, ip: str, lifetimes: Lifetimes,
              now: datetime) -> Self:
        absolute = now + lifetimes.absolute
        session = cls(id=new_id(),
                      account_id=account_id,
                      device=device,
                      ip=ip,
                      created_at=now,
                      last_used_at=now,
                      expires_at=lifetimes.idle_expiry(now, absolute),
                      absolute_expires_at=absolute)
        session.record(events.SignedIn(session_id=session.id, account_id=account_id,
                                       device=device))
        return session

    @classmethod
    def assume(cls, *, account_id: UUID, username: str, own: 'Session', device: str, ip: str,
               now: datetime) -> Self:
        """Who is signed in with ``own`` acts as the account, for ASSUMED_FOR at most."""
        until = min(now + ASSUMED_FOR, own.expires_at)
        session = cls(id=new_id(),
                      account_id=account_id,
                      device=device,
                      ip=ip,
                      created_at=now,
                      last_used_at=now,
                      expires_at=until,
                      absolute_expires_at=until,
                      assumed_from=own.id)
        session.record(events.UserAssumed(account_id=account_id, username=username))
        return session

    def is_over(self, now: datetime) -> bool:
        """Whether it cannot be continued: ended, run out, or its right to refresh taken away."""
        return (self.ended_at is not None or self.refresh_ended_at is not None
                or now >= self.expires_at)

    def sign_out(self, now: datetime) -> None:
        """The person ends the session in which they are. Ending an ended one changes nothing."""
        self._end(events.SignedOut, now)

    def end(self, now: datetime) -> None:
        """The session is ended from elsewhere: from the list, or by a newer one."""
        self._end(events.SessionEnded, now)

    def leave(self, *, username: str, now: datetime) -> None:
        """Who acts as the account is only themselves again. Raises NotAssumed."""
        if self.assumed_from is None:
            raise NotAssumed()
        if self.ended_at is None:
            self.ended_at = now
            self.record(events.UserLeft(account_id=self.account_id, username=username))

    def betray(self, now: datetime) -> None:
        """A refresh token of this session was used twice, so nobody can trust it any more."""
        self._end(events.RefreshTokenReused, now)

    def _end(self, event: type[events.SessionEvent], now: datetime) -> None:
        if self.ended_at is not None:
            return
        self.ended_at = now
        self.record(event(session_id=self.id, account_id=self.account_id, device=self.device))

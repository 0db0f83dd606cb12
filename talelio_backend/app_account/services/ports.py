"""What the use cases of this area need from outside; the security adapters
stand in ``security_ports``."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from talelio_backend.app_account.domain.account import Account
from talelio_backend.app_account.domain.data_epoch import DataEpoch
from talelio_backend.app_account.domain.link import Link, Purpose
from talelio_backend.app_account.domain.session import Lifetimes, Session
from talelio_backend.shared.services.unit_of_work import UnitOfWork

SEEN_EVERY = timedelta(minutes=5)


class AccountRepository(Protocol):

    def add(self, account: Account) -> None:
        ...

    def get(self, account_id: UUID) -> Account | None:
        ...

    def locked(self, account_id: UUID) -> Account | None:
        """The account, kept from other changes until the end of the transaction."""
        ...

    def by_email(self, email: str) -> Account | None:
        """Compared without case."""
        ...

    def by_username(self, username: str) -> Account | None:
        """Compared without case."""
        ...

    def locked_by_username(self, username: str) -> Account | None:
        """As ``by_username``, kept from other changes like ``locked``."""
        ...

    def lock_active_admins(self) -> set[UUID]:
        """The administrators who are not blocked, their rows locked until the end of the
        transaction, so that of two who demote each other the second sees the first's work. To be
        called before an account is loaded that may be one of them."""
        ...

    def unverified_before(self, moment: datetime, count: int) -> Sequence[Account]:
        """At most ``count`` members registered before ``moment``, never verified, whom nothing
        of any area refers to, and who stay so until the end of the transaction: nobody else can
        change them or begin to refer to them. Those who are being changed are left out."""
        ...

    def remove(self, account: Account) -> None:
        """Removes account and user with their sessions and links."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionUse:
    """Whose a refresh token is, the data epoch, and when its session runs out if it is not used
    again, at the moment of its use."""

    account_id: UUID
    epoch: int
    expires_at: datetime


class SessionRepository(Protocol):

    def add(self, session: Session) -> None:
        ...

    def get(self, session_id: UUID) -> Session | None:
        ...

    def live(self, account_id: UUID, now: datetime) -> Sequence[Session]:
        """The account's live sessions, assumed ones among them, the last used first."""
        ...

    def surplus(self, account_id: UUID, now: datetime, *, keep: int) -> Sequence[Session]:
        """The account's live sessions that its owner began, the last used first, without the
        first ``keep``."""
        ...

    def assumed_by(self, account_id: UUID, now: datetime) -> Sequence[Session]:
        """The live sessions in which this account acts as another."""
        ...

    def use(self, session_id: UUID, *, lifetimes: Lifetimes, now: datetime) -> SessionUse | None:
        """Notes in one statement that a session that may be refreshed is used: its new idle
        expiry, and when its account was last seen. None for any other session, an assumed one
        too, and for that of a blocked account."""
        ...

    def end_refreshing(self, account_id: UUID, now: datetime) -> Sequence[UUID]:
        """Ends the right to refresh of all the account's sessions; gives their ids."""
        ...

    def remove_ended_before(self, moment: datetime, count: int) -> int:
        """Removes at most ``count`` sessions that ended or ran out before ``moment``."""
        ...


class LinkRepository(Protocol):

    def add(self, link: Link) -> None:
        ...

    def get(self, link_id: UUID) -> Link | None:
        ...

    def redeem(self, purpose: Purpose, digest: bytes, now: datetime) -> Link | None:
        """Uses the link up, in one statement, so that of parallel redemptions one gets it.
        None for one that is unknown, used, too old, or for another purpose."""
        ...

    def void(self, purpose: Purpose, account_id: UUID, now: datetime) -> None:
        """Uses up what the account holds of this purpose."""
        ...

    def remove_expired_before(self, moment: datetime, count: int) -> int:
        ...


class DataEpochRepository(Protocol):

    def get(self) -> DataEpoch:
        """The epoch, locked until the end of the transaction."""
        ...


class AccountUnitOfWork(UnitOfWork, Protocol):
    """``flush`` and ``commit`` raise EmailTaken and UsernameTaken for lost races."""

    @property
    def accounts(self) -> AccountRepository:
        ...

    @property
    def sessions(self) -> SessionRepository:
        ...

    @property
    def links(self) -> LinkRepository:
        ...

    @property
    def data_epoch(self) -> DataEpochRepository:
        ...

    def seen(self, account_id: UUID, now: datetime) -> None:
        """Writes when the account was last seen, at most once in five minutes."""
        ...


class Addresses(Protocol):

    def checked(self, email: str) -> str:
        """The address as it is stored: trimmed, its domain as A-labels (RFC 5890). Looks at the
        syntax alone, asks no name server. Raises Invalid."""
        ...


class Devices(Protocol):

    def describe(self, user_agent: str) -> str:
        """“browser on system”, as a person calls what they hold."""
        ...

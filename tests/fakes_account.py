"""The ports of the accounts without I/O."""

# pylint: disable=unused-argument  # a fake needs less than its port is given

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from talelio_backend.app_account.domain.account import Account
from talelio_backend.app_account.domain.data_epoch import THE_ONE, DataEpoch
from talelio_backend.app_account.domain.errors import EmailTaken, UsernameTaken
from talelio_backend.app_account.domain.link import Link, Purpose
from talelio_backend.app_account.domain.names import fold
from talelio_backend.app_account.domain.session import Lifetimes, Session
from talelio_backend.app_account.services.ports import SEEN_EVERY, SessionUse
from talelio_backend.shared.domain.access import Level
from talelio_backend.shared.domain.errors import Fault, Invalid
from talelio_backend.shared.services.letters import Letter
from tests.fakes import FakeUnitOfWork


class InMemoryAccounts:

    def __init__(self, store: dict[UUID, Account]) -> None:
        self._store = store

    def add(self, account: Account) -> None:
        self._store[account.id] = account

    def get(self, account_id: UUID) -> Account | None:
        return self._store.get(account_id)

    def locked(self, account_id: UUID) -> Account | None:
        return self.get(account_id)

    def by_email(self, email: str) -> Account | None:
        return next((a for a in self._store.values() if fold(a.email) == fold(email)), None)

    def by_username(self, username: str) -> Account | None:
        return next((a for a in self._store.values() if fold(a.username) == fold(username)), None)

    def locked_by_username(self, username: str) -> Account | None:
        return self.by_username(username)

    def lock_active_admins(self) -> set[UUID]:
        return {account.id for account in self._store.values() if account.is_active_admin}

    def unverified_before(self, moment: datetime, count: int) -> Sequence[Account]:
        old = [
            account for account in self._store.values() if not account.verified
            and account.created_at < moment and account.level is Level.MEMBER
        ]
        return old[:count]

    def remove(self, account: Account) -> None:
        del self._store[account.id]


class InMemorySessions:

    def __init__(self, store: dict[UUID, Session], accounts: dict[UUID, Account],
                 epoch: dict[UUID, DataEpoch]) -> None:
        self._store = store
        self._accounts = accounts
        self._epoch = epoch

    def add(self, session: Session) -> None:
        self._store[session.id] = session

    def get(self, session_id: UUID) -> Session | None:
        return self._store.get(session_id)

    def live(self, account_id: UUID, now: datetime) -> Sequence[Session]:
        live = [
            session for session in self._store.values()
            if session.account_id == account_id and not session.is_over(now)
        ]
        return sorted(live, key=lambda session: session.last_used_at, reverse=True)

    def surplus(self, account_id: UUID, now: datetime, *, keep: int) -> Sequence[Session]:
        return [s for s in self.live(account_id, now) if s.assumed_from is None][keep:]

    def assumed_by(self, account_id: UUID, now: datetime) -> Sequence[Session]:
        return [
            session for session in self._store.values()
            if session.assumed_from and not session.is_over(now)
            and self._store[session.assumed_from].account_id == account_id
        ]

    def use(self, session_id: UUID, *, lifetimes: Lifetimes, now: datetime) -> SessionUse | None:
        session = self._store.get(session_id)
        if session is None or session.is_over(now) or session.assumed_from:
            return None
        if self._accounts[session.account_id].blocked:
            return None
        session.last_used_at = now
        session.expires_at = lifetimes.idle_expiry(now, session.absolute_expires_at)
        return SessionUse(account_id=session.account_id,
                          epoch=self._epoch[THE_ONE].epoch,
                          expires_at=session.expires_at)

    def end_refreshing(self, account_id: UUID, now: datetime) -> Sequence[UUID]:
        ended = self.live(account_id, now)
        for session in ended:
            session.refresh_ended_at = now
        return [session.id for session in ended]

    def remove_ended_before(self, moment: datetime, count: int) -> int:
        old = [s.id for s in self._store.values() if (s.ended_at or s.expires_at) < moment]
        for session_id in old[:count]:
            del self._store[session_id]
        return len(old[:count])


class InMemoryLinks:

    def __init__(self, store: dict[UUID, Link]) -> None:
        self._store = store

    def add(self, link: Link) -> None:
        self._store[link.id] = link

    def get(self, link_id: UUID) -> Link | None:
        return self._store.get(link_id)

    def redeem(self, purpose: Purpose, digest: bytes, now: datetime) -> Link | None:
        for link in self._store.values():
            if link.token_digest == digest and link.purpose is purpose and link.is_live(now):
                link.used_at = now
                return link
        return None

    def void(self, purpose: Purpose, account_id: UUID, now: datetime) -> None:
        for link in self._store.values():
            if link.purpose is purpose and link.account_id == account_id:
                link.used_at = link.used_at or now

    def remove_expired_before(self, moment: datetime, count: int) -> int:
        old = [link.id for link in self._store.values() if link.expires_at < moment][:count]
        for link_id in old:
            del self._store[link_id]
        return len(old)


class InMemoryEpoch:

    def __init__(self, store: dict[UUID, DataEpoch]) -> None:
        self._store = store

    def get(self) -> DataEpoch:
        return self._store[THE_ONE]


class FakeAccountUnitOfWork(FakeUnitOfWork):
    """Use it as its own factory: ``open_uow=uow.again``."""

    def __init__(self) -> None:
        self.stored_accounts: dict[UUID, Account] = {}
        self.stored_sessions: dict[UUID, Session] = {}
        self.stored_links: dict[UUID, Link] = {}
        self.epoch = {THE_ONE: DataEpoch(id=THE_ONE)}
        super().__init__(self.stored_accounts, self.stored_sessions, self.stored_links, self.epoch)
        self.accounts = InMemoryAccounts(self.stored_accounts)
        self.sessions = InMemorySessions(self.stored_sessions, self.stored_accounts, self.epoch)
        self.links = InMemoryLinks(self.stored_links)
        self.data_epoch = InMemoryEpoch(self.epoch)

    def again(self) -> 'FakeAccountUnitOfWork':
        return self

    def seen(self, account_id: UUID, now: datetime) -> None:
        account = self.stored_accounts[account_id]
        if account.last_seen_at is None or account.last_seen_at <= now - SEEN_EVERY:
            account.last_seen_at = now

    def actions(self) -> list[str | None]:
        return [event.action for event in self.events]

    def mails(self) -> list[str]:
        return [job.arguments['kind'] for job in self.jobs]

    def _check(self) -> None:
        emails = [fold(account.email) for account in self.stored_accounts.values()]
        if len(set(emails)) < len(emails):
            raise EmailTaken()
        names = [fold(account.username) for account in self.stored_accounts.values()]
        if len(set(names)) < len(names):
            raise UsernameTaken()


class PlainAddresses:

    def checked(self, email: str) -> str:
        if '@' not in email:
            raise Invalid(Fault('/email', 'wrong_form', 'no address'))
        return email.strip()


class EchoLetters:

    def write(self, kind: str, *, language: str, **values: str | int) -> Letter:
        text = '\n'.join(str(value) for value in values.values())
        return Letter(language=language, subject=kind, text=text, html=text)

from datetime import timedelta

import pytest

from talelio_backend.app_account.domain.account import Account
from talelio_backend.app_account.domain.data_epoch import THE_ONE
from talelio_backend.app_account.domain.errors import LastAdmin, OwnAccount
from talelio_backend.app_account.domain.session import Lifetimes
from talelio_backend.app_account.services.administration import AdministrationService
from talelio_backend.app_account.services.sessions import SessionService, Visitor
from talelio_backend.shared.domain.access import Level
from talelio_backend.shared.domain.errors import Invalid, UserNotFound
from tests.fakes import NOON, FakeClock
from tests.fakes_account import FakeAccountUnitOfWork
from tests.fakes_sign_in import (EchoDevices, InMemoryRefreshStore, ReadableAccessTokens,
                                 RecordingCounters)


class Desk:

    def __init__(self) -> None:
        clock = FakeClock()
        self.uow = FakeAccountUnitOfWork()
        self.store = InMemoryRefreshStore()
        self.counters = RecordingCounters()
        self.sessions = SessionService(open_uow=self.uow.again,
                                       refresh_store=self.store,
                                       access_tokens=ReadableAccessTokens(),
                                       devices=EchoDevices(),
                                       lifetimes=Lifetimes(idle=timedelta(days=7),
                                                           absolute=timedelta(days=30)),
                                       clock=clock,
                                       counters=self.counters)
        self.service = AdministrationService(open_uow=self.uow.again,
                                             sessions=self.sessions,
                                             refresh_store=self.store,
                                             clock=clock)

    def add(self, username: str, level: Level = Level.MEMBER) -> Account:
        account = Account.register(email=f'{username}@example.org',
                                   username=username,
                                   password_hash='hash',
                                   language='en',
                                   now=NOON)
        account.level = level
        account.collect_events()
        self.uow.stored_accounts[account.id] = account
        return account

    def stored(self, username: str) -> Account:
        account = self.uow.accounts.by_username(username)
        assert account is not None
        return account

    def begin_session(self, account: Account) -> str:
        return self.sessions.begin(account_id=account.id,
                                   epoch=0,
                                   visitor=Visitor(ip='192.0.2.1', user_agent='')).refresh_token


@pytest.fixture(name='desk')
def _desk() -> Desk:
    desk = Desk()
    desk.add('boss', Level.ADMIN)
    desk.add('ann')
    return desk


def test_member_becomes_admin_and_member_again(desk: Desk) -> None:
    desk.service.set_level(username='ANN', level=Level.ADMIN)
    desk.service.set_level(username='ann', level=Level.MEMBER)
    assert desk.uow.actions() == ['level_changed', 'level_changed']


def test_one_admin_remains(desk: Desk) -> None:
    with pytest.raises(LastAdmin):
        desk.service.set_level(username='boss', level=Level.MEMBER)
    with pytest.raises(LastAdmin):
        desk.service.block(username='boss')


def test_blocked_admin_does_not_count_as_the_one_who_remains(desk: Desk) -> None:
    desk.add('blocked', Level.ADMIN).blocked_at = NOON
    with pytest.raises(LastAdmin):
        desk.service.set_level(username='boss', level=Level.MEMBER)


def test_own_account_is_not_blocked(desk: Desk) -> None:
    with pytest.raises(OwnAccount):
        desk.service.block(username='boss', by=desk.stored('boss').id)


def test_blocking_ends_the_right_to_refresh_and_no_session(desk: Desk) -> None:
    desk.begin_session(desk.stored('ann'))
    desk.service.block(username='ann', reason=' spam ')
    (session, ) = desk.uow.stored_sessions.values()
    assert session.ended_at is None
    assert session.refresh_ended_at == NOON
    assert desk.stored('ann').block_reason == 'spam'
    assert not desk.store.present


def test_blocking_holds_though_the_store_is_down(desk: Desk) -> None:
    desk.begin_session(desk.stored('ann'))
    desk.store.down = True
    desk.service.block(username='ann')
    assert desk.stored('ann').blocked


@pytest.mark.parametrize('reason', ['x' * 501, 'a\0b'])
def test_reason_has_500_characters_at_most(desk: Desk, reason: str) -> None:
    with pytest.raises(Invalid):
        desk.service.block(username='ann', reason=reason)
    assert not desk.stored('ann').blocked


def test_nobody_is_not_found(desk: Desk) -> None:
    with pytest.raises(UserNotFound):
        desk.service.set_level(username='nobody', level=Level.ADMIN)
    with pytest.raises(UserNotFound):
        desk.service.block(username='nobody')
    with pytest.raises(UserNotFound):
        desk.service.unblock(username='nobody')
    with pytest.raises(UserNotFound):
        desk.service.end_sessions(username='nobody')


def test_sessions_of_one_account_end(desk: Desk) -> None:
    desk.begin_session(desk.stored('ann'))
    desk.begin_session(desk.stored('boss'))
    assert desk.service.end_sessions(username='ann') == 1
    assert [s.account_id for s in desk.uow.stored_sessions.values()
            if s.ended_at is None] == [desk.stored('boss').id]


def test_all_sessions_end_with_the_epoch(desk: Desk) -> None:
    desk.service.end_all_sessions()
    assert desk.uow.epoch[THE_ONE].epoch > 0
    assert desk.uow.actions() == ['all_sessions_ended']

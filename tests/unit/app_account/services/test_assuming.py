from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from talelio_backend.app_account.domain.account import Account
from talelio_backend.app_account.domain.errors import NotAssumed
from talelio_backend.app_account.domain.session import Lifetimes, Session
from talelio_backend.app_account.services.administration import AdministrationService
from talelio_backend.app_account.services.assuming import (AssumedAccountBlocked, AssumedUser,
                                                           AssumingService)
from talelio_backend.app_account.services.sessions import SessionService, Visitor
from talelio_backend.shared.domain.access import Level
from talelio_backend.shared.domain.errors import NotYours, UserNotFound
from tests.fakes import NOON, FakeClock
from tests.fakes_account import FakeAccountUnitOfWork
from tests.fakes_sign_in import (EchoDevices, InMemoryRefreshStore, ReadableAccessTokens,
                                 RecordingCounters)

LIFETIMES = Lifetimes(idle=timedelta(days=7), absolute=timedelta(days=30))
HERE = Visitor(ip='192.0.2.1', user_agent='curl')


class Desk:
    """Where the administrator ``boss`` is signed in."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.uow = FakeAccountUnitOfWork()
        store = InMemoryRefreshStore()
        self.service = AssumingService(open_uow=self.uow.again,
                                       access_tokens=ReadableAccessTokens(),
                                       devices=EchoDevices(),
                                       clock=self.clock)
        self.sessions = SessionService(open_uow=self.uow.again,
                                       refresh_store=store,
                                       access_tokens=ReadableAccessTokens(),
                                       devices=EchoDevices(),
                                       lifetimes=LIFETIMES,
                                       clock=self.clock,
                                       counters=RecordingCounters())
        self.administration = AdministrationService(open_uow=self.uow.again,
                                                    sessions=self.sessions,
                                                    refresh_store=store,
                                                    clock=self.clock)
        self.boss = self.add('boss', Level.ADMIN)
        self.ann = self.add('ann')
        self.own = self.sign_in(self.boss)

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

    def sign_in(self, account: Account) -> UUID:
        session = Session.start(account_id=account.id,
                                device='curl',
                                ip='192.0.2.1',
                                lifetimes=LIFETIMES,
                                now=self.clock.now())
        session.collect_events()
        self.uow.stored_sessions[session.id] = session
        return session.id

    def assume(self, username: str = 'ann', *, own: UUID | None = None) -> AssumedUser:
        return self.service.assume(username=username,
                                   by=self.boss.id,
                                   session_id=own or self.own,
                                   visitor=HERE)

    def assumed(self) -> Session:
        (session, ) = [s for s in self.uow.stored_sessions.values() if s.assumed_from]
        return session


@pytest.fixture(name='desk')
def _desk() -> Desk:
    return Desk()


def test_token_is_the_members_and_names_the_administrator(desk: Desk) -> None:
    given = desk.assume('ANN')
    session = desk.assumed()
    assert given.account is desk.ann
    assert given.access_token.expires_in == 900
    assert given.access_token.text == f'{desk.ann.id}/{session.id}/0/{desk.boss.id}'
    assert (session.account_id, session.assumed_from) == (desk.ann.id, desk.own)
    assert desk.uow.actions() == ['user_assumed']


def test_assuming_moves_nothing_of_the_member(desk: Desk) -> None:
    desk.assume()
    assert desk.ann.last_seen_at is None


def test_assumed_session_ends_with_the_time_of_the_own_one(desk: Desk) -> None:
    desk.clock.advance(days=7, seconds=-90)
    assert desk.assume().access_token.expires_in == 90


@pytest.mark.parametrize('username', ['boss', 'other'])
def test_neither_an_administrator_nor_oneself_is_assumed(desk: Desk, username: str) -> None:
    desk.add('other', Level.ADMIN)
    with pytest.raises(NotYours):
        desk.assume(username)
    assert not desk.uow.events


def test_blocked_administrator_is_not_assumed_either(desk: Desk) -> None:
    desk.add('other', Level.ADMIN).blocked_at = NOON
    with pytest.raises(NotYours):
        desk.assume('other')


def test_blocked_member_is_not_assumed(desk: Desk) -> None:
    desk.ann.blocked_at = NOON
    with pytest.raises(AssumedAccountBlocked):
        desk.assume()


def test_nobody_is_not_assumed(desk: Desk) -> None:
    with pytest.raises(UserNotFound):
        desk.assume('nobody')


def test_right_that_went_at_this_moment_is_not_used(desk: Desk) -> None:
    with pytest.raises(NotYours):
        desk.assume(own=uuid4())
    desk.uow.stored_sessions[desk.own].end(NOON)
    with pytest.raises(NotYours):
        desk.assume()
    desk.own = desk.sign_in(desk.boss)
    desk.uow.stored_accounts[desk.boss.id].level = Level.MEMBER
    with pytest.raises(NotYours):
        desk.assume()


def test_leaving_ends_the_assumed_session_and_not_the_own_one(desk: Desk) -> None:
    desk.assume()
    desk.service.leave(session_id=desk.assumed().id)
    assert desk.assumed().ended_at == NOON
    assert desk.uow.stored_sessions[desk.own].ended_at is None
    assert desk.uow.actions() == ['user_assumed', 'user_left']


def test_leaving_twice_is_told_once(desk: Desk) -> None:
    desk.assume()
    for _ in range(2):
        desk.service.leave(session_id=desk.assumed().id)
    assert desk.uow.actions() == ['user_assumed', 'user_left']


@pytest.mark.parametrize('known', [True, False])
def test_own_session_is_not_left(desk: Desk, known: bool) -> None:
    for session_id in (desk.own if known else uuid4(), None):
        with pytest.raises(NotAssumed):
            desk.service.leave(session_id=session_id)
    assert not desk.uow.events


def test_assumed_session_ends_when_the_administrator_is_one_no_more(desk: Desk) -> None:
    desk.add('other', Level.ADMIN)
    desk.assume()
    desk.administration.set_level(username='boss', level=Level.MEMBER)
    assert desk.assumed().ended_at == NOON


def test_assumed_session_ends_when_the_administrator_is_blocked(desk: Desk) -> None:
    desk.add('other', Level.ADMIN)
    desk.assume()
    desk.administration.block(username='boss')
    assert desk.assumed().ended_at == NOON


def test_blocking_the_member_leaves_nothing_that_unblocking_brings_back(desk: Desk) -> None:
    desk.assume()
    desk.administration.block(username='ann')
    desk.administration.unblock(username='ann')
    assert desk.assumed().is_over(NOON)


def test_assumed_session_is_not_refreshed(desk: Desk) -> None:
    desk.assume()
    session = desk.assumed()
    assert desk.uow.sessions.use(session.id, lifetimes=LIFETIMES, now=NOON) is None


def test_assumed_session_takes_no_place_from_the_members_own(desk: Desk) -> None:
    desk.assume()
    assert [s.id for s in desk.uow.sessions.live(desk.ann.id, NOON)] == [desk.assumed().id]
    assert not desk.uow.sessions.surplus(desk.ann.id, NOON, keep=0)

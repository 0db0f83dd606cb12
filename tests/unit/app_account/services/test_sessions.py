from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from talelio_backend.app_account.domain.account import Account
from talelio_backend.app_account.domain.errors import (InvalidCredentials, RefreshTokenInvalid,
                                                       RefreshTokenMissing, SessionNotFound)
from talelio_backend.app_account.domain.session import MAX_LIVE_SESSIONS, Lifetimes
from talelio_backend.app_account.services.sessions import SessionService, SignedInSession, Visitor
from talelio_backend.shared.domain.errors import SessionStoreUnavailable
from talelio_backend.shared.services.authentication import AccountBlocked
from tests.fakes import NOON, FakeClock
from tests.fakes_account import FakeAccountUnitOfWork
from tests.fakes_sign_in import (EchoDevices, InMemoryRefreshStore, ReadableAccessTokens,
                                 RecordingCounters)


class Desk:

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.uow = FakeAccountUnitOfWork()
        self.store = InMemoryRefreshStore()
        self.counters = RecordingCounters()
        self.service = SessionService(open_uow=self.uow.again,
                                      refresh_store=self.store,
                                      access_tokens=ReadableAccessTokens(),
                                      devices=EchoDevices(),
                                      lifetimes=Lifetimes(idle=timedelta(days=7),
                                                          absolute=timedelta(days=30)),
                                      clock=self.clock,
                                      counters=self.counters)
        account = Account.register(email='ann@example.org',
                                   username='ann',
                                   password_hash='hash',
                                   language='en',
                                   now=NOON)
        account.collect_events()
        self.account_id = account.id
        self.uow.stored_accounts[account.id] = account

    def begin(self) -> SignedInSession:
        return self.service.begin(account_id=self.account_id,
                                  epoch=0,
                                  visitor=Visitor(ip='192.0.2.1', user_agent='curl'))

    def live(self) -> list[UUID]:
        return [
            session.id for session in self.uow.sessions.live(self.account_id, self.clock.now())
        ]


@pytest.fixture(name='desk')
def _desk() -> Desk:
    return Desk()


def test_refresh_gives_new_tokens_and_moves_the_idle_expiry(desk: Desk) -> None:
    first = desk.begin()
    desk.clock.advance(days=5)
    second = desk.service.refresh(first.refresh_token)
    assert second.refresh_token != first.refresh_token
    (session, ) = desk.uow.stored_sessions.values()
    assert session.last_used_at == desk.clock.now()
    assert session.expires_at == desk.clock.now() + timedelta(days=7)


def test_tokens_end_with_their_session(desk: Desk) -> None:
    token = desk.begin()
    assert (token.access_token.expires_in, token.refresh_expires_in) == (600, 7 * 86400)
    for _ in range(29):
        desk.clock.advance(days=1)
        token = desk.service.refresh(token.refresh_token)
    assert (token.access_token.expires_in, token.refresh_expires_in) == (600, 86400)
    desk.clock.advance(seconds=86400 - 90)
    token = desk.service.refresh(token.refresh_token)
    assert (token.access_token.expires_in, token.refresh_expires_in) == (90, 90)


def test_nobody_signs_in_to_an_account_that_goes_at_this_moment(desk: Desk) -> None:
    desk.uow.stored_accounts[desk.account_id].blocked_at = NOON
    with pytest.raises(AccountBlocked):
        desk.begin()
    del desk.uow.stored_accounts[desk.account_id]
    with pytest.raises(InvalidCredentials):
        desk.begin()


def test_missing_and_malformed_tokens_are_told_apart(desk: Desk) -> None:
    for missing in (None, ''):
        with pytest.raises(RefreshTokenMissing):
            desk.service.refresh(missing)
    with pytest.raises(RefreshTokenInvalid):
        desk.service.refresh('rubbish')


def test_token_that_was_used_before_ends_the_session_and_tells_its_owner(desk: Desk) -> None:
    first = desk.begin()
    second = desk.service.refresh(first.refresh_token)
    for token in (first, second):
        with pytest.raises(RefreshTokenInvalid):
            desk.service.refresh(token.refresh_token)
    assert desk.live() == []
    assert desk.uow.mails() == ['session_theft']
    assert desk.counters.counted == [('refresh_token_reuse', {})]
    assert desk.uow.actions() == ['signed_in', 'refresh_token_reused']


def test_session_that_ended_is_not_refreshed_though_its_token_lives(desk: Desk) -> None:
    token = desk.begin().refresh_token
    desk.store.down = True
    desk.service.end_all(account_id=desk.account_id)
    desk.store.down = False
    with pytest.raises(RefreshTokenInvalid):
        desk.service.refresh(token)


def test_blocked_account_is_not_refreshed(desk: Desk) -> None:
    token = desk.begin().refresh_token
    desk.uow.stored_accounts[desk.account_id].blocked_at = NOON
    with pytest.raises(RefreshTokenInvalid):
        desk.service.refresh(token)


def test_nothing_is_refreshed_or_begun_without_the_store(desk: Desk) -> None:
    token = desk.begin().refresh_token
    desk.store.down = True
    with pytest.raises(SessionStoreUnavailable):
        desk.service.refresh(token)
    with pytest.raises(SessionStoreUnavailable):
        desk.begin()
    assert len(desk.live()) == 1


def test_fifty_first_session_ends_the_longest_unused(desk: Desk) -> None:
    tokens = []
    for _ in range(MAX_LIVE_SESSIONS):
        tokens.append(desk.begin().refresh_token)
        desk.clock.advance(seconds=1)
    desk.service.refresh(tokens[0])
    desk.clock.advance(seconds=1)
    desk.begin()
    assert len(desk.live()) == MAX_LIVE_SESSIONS
    with pytest.raises(RefreshTokenInvalid):
        desk.service.refresh(tokens[1])
    desk.service.refresh(tokens[2])


@pytest.mark.parametrize('store_is_down', [False, True])
def test_cookie_or_bearer_is_enough_to_sign_out(desk: Desk, store_is_down: bool) -> None:
    by_cookie = desk.begin().refresh_token
    desk.begin()
    desk.store.down = store_is_down
    desk.service.sign_out(cookie=by_cookie, session_id=None)
    assert len(desk.live()) == 1
    desk.service.sign_out(cookie=None, session_id=desk.live()[0])
    assert desk.live() == []
    assert desk.uow.actions()[2:] == ['signed_out', 'signed_out']


def test_signing_out_twice_or_as_nobody_is_no_error(desk: Desk) -> None:
    token = desk.begin().refresh_token
    for cookie in (token, token, 'rubbish', None):
        desk.service.sign_out(cookie=cookie, session_id=None)
    assert desk.uow.actions() == ['signed_in', 'signed_out']


def test_signing_out_deletes_the_refresh_token(desk: Desk) -> None:
    desk.service.sign_out(cookie=desk.begin().refresh_token, session_id=None)
    assert not desk.store.present


def test_one_session_ends_and_the_others_live(desk: Desk) -> None:
    desk.begin()
    desk.begin()
    first, second = desk.live()
    desk.service.end(account_id=desk.account_id, session_id=first)
    assert desk.live() == [second]
    assert list(desk.store.present) == [second]
    with pytest.raises(SessionNotFound):
        desk.service.end(account_id=desk.account_id, session_id=first)


def test_session_of_another_is_not_found(desk: Desk) -> None:
    desk.begin()
    with pytest.raises(SessionNotFound):
        desk.service.end(account_id=uuid4(), session_id=desk.live()[0])


def test_all_sessions_end_but_the_one_that_is_kept(desk: Desk) -> None:
    for _ in range(3):
        desk.begin()
    kept = desk.live()[1]
    assert desk.service.end_all(account_id=desk.account_id, keep=kept) == 2
    assert desk.live() == [kept]
    assert desk.service.end_all(account_id=desk.account_id) == 1
    assert desk.live() == []

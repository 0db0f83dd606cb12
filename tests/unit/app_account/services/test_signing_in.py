from datetime import timedelta
from typing import Any

import pytest

from talelio_backend.app_account.domain.account import Account
from talelio_backend.app_account.domain.errors import InvalidCredentials, TooManyAttempts
from talelio_backend.app_account.domain.session import Lifetimes
from talelio_backend.app_account.services.sessions import SessionService, SignedInSession, Visitor
from talelio_backend.app_account.services.signing_in import SignInService
from talelio_backend.shared.domain.errors import Busy
from talelio_backend.shared.services.authentication import AccountBlocked
from tests.fakes import NOON, FakeClock
from tests.fakes_account import FakeAccountUnitOfWork, PlainAddresses
from tests.fakes_sign_in import (CountingThrottle, CredentialsOf, EchoDevices,
                                 InMemoryRefreshStore, PlainHasher, ReadableAccessTokens,
                                 RecordingCounters)

HOME = Visitor(ip='192.0.2.1', user_agent='Firefox on Linux')


class Door:

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.uow = FakeAccountUnitOfWork()
        self.hasher = PlainHasher()
        self.throttle = CountingThrottle()
        self.store = InMemoryRefreshStore()
        self.counters = RecordingCounters()
        sessions = SessionService(open_uow=self.uow.again,
                                  refresh_store=self.store,
                                  access_tokens=ReadableAccessTokens(),
                                  devices=EchoDevices(),
                                  lifetimes=Lifetimes(idle=timedelta(days=7),
                                                      absolute=timedelta(days=30)),
                                  clock=self.clock,
                                  counters=self.counters)
        self.service = SignInService(credentials=CredentialsOf(self.uow),
                                     addresses=PlainAddresses(),
                                     throttle=self.throttle,
                                     hasher=self.hasher,
                                     sessions=sessions,
                                     clock=self.clock,
                                     counters=self.counters)
        self.account = Account.register(email='Ann@example.org',
                                        username='Ann',
                                        password_hash='hash:correct horse',
                                        language='en',
                                        now=NOON)
        self.account.collect_events()
        self.uow.stored_accounts[self.account.id] = self.account

    @property
    def stored(self) -> Account:
        return self.uow.stored_accounts[self.account.id]

    def sign_in(self, **changed: Any) -> SignedInSession:
        values = {
            'email': 'ann@example.org',
            'username': None,
            'password': 'correct horse',
            'visitor': HOME,
            'cookie': None
        } | changed
        return self.service.sign_in(**values)


@pytest.fixture(name='door')
def _door() -> Door:
    return Door()


def test_right_password_begins_a_session(door: Door) -> None:
    door.sign_in()
    (session, ) = door.uow.stored_sessions.values()
    assert (session.device, session.ip) == ('Firefox on Linux', '192.0.2.1')
    assert door.uow.actions() == ['signed_in']
    assert door.stored.last_seen_at == NOON


@pytest.mark.parametrize('name', [{
    'email': ' ANN@example.org '
}, {
    'email': None,
    'username': ' aNN '
}])
def test_either_name_will_do_in_any_casing(door: Door, name: dict[str, str]) -> None:
    door.sign_in(**name)


@pytest.mark.parametrize('attempt', [
    {'password': 'wrong'},
    {'email': 'nobody@example.org'},
    {'email': 'no address'},
    {'email': None, 'username': 'nobody'},
])  # yapf: disable
def test_unknown_account_and_wrong_password_are_one_answer_and_one_hash(
        door: Door, attempt: dict[str, str]) -> None:
    with pytest.raises(InvalidCredentials) as refused:
        door.sign_in(**attempt)
    assert refused.value.data == {}
    assert door.hasher.worked == 1


def test_account_without_a_password_is_refused_alike(door: Door) -> None:
    door.account.password_hash = None
    with pytest.raises(InvalidCredentials):
        door.sign_in()
    assert door.hasher.worked == 1


def test_huge_password_is_refused_without_hashing_and_counts(door: Door) -> None:
    with pytest.raises(InvalidCredentials):
        door.sign_in(password='x' * 1025)
    assert door.hasher.worked == 0
    assert sum(door.throttle.failures.values()) == 1


def test_blocked_account_is_told_after_the_right_password_alone(door: Door) -> None:
    door.account.blocked_at = NOON
    with pytest.raises(InvalidCredentials):
        door.sign_in(password='wrong')
    with pytest.raises(AccountBlocked):
        door.sign_in()
    assert not door.uow.stored_sessions


def test_sixth_failure_makes_the_next_attempt_wait_without_hashing(door: Door) -> None:
    for _ in range(6):
        with pytest.raises(InvalidCredentials):
            door.sign_in(password='wrong')
    with pytest.raises(TooManyAttempts):
        door.sign_in()
    assert door.hasher.worked == 6


def test_unknown_accounts_are_counted_by_what_was_typed(door: Door) -> None:
    for name in ('nobody', 'NOBODY', 'other'):
        with pytest.raises(InvalidCredentials):
            door.sign_in(email=None, username=name)
    first, second, third = (attempt.account for attempt in door.throttle.attempts)
    assert first == second != third


def test_both_names_of_an_account_are_counted_together(door: Door) -> None:
    for name in ({'email': None, 'username': 'ann'}, {}):
        with pytest.raises(InvalidCredentials):
            door.sign_in(password='wrong', **name)
    assert list(door.throttle.failures.values()) == [2]


def test_success_clears_the_failures(door: Door) -> None:
    with pytest.raises(InvalidCredentials):
        door.sign_in(password='wrong')
    door.sign_in()
    assert not door.throttle.failures


def test_attempt_that_was_never_hashed_is_given_back(door: Door) -> None:
    door.hasher.busy = True
    with pytest.raises(Busy):
        door.sign_in()
    assert set(door.throttle.failures.values()) == {0}


def test_address_of_an_earlier_session_is_known_for_30_days(door: Door) -> None:
    door.sign_in()
    door.sign_in()
    door.sign_in(visitor=Visitor(ip='198.51.100.7', user_agent=''))
    door.clock.advance(days=31)
    door.sign_in()
    assert [attempt.known_address
            for attempt in door.throttle.attempts] == [False, True, False, False]


def test_outdated_hash_is_replaced(door: Door) -> None:
    door.account.password_hash = 'old:correct horse'
    door.sign_in()
    assert door.stored.password_hash == 'hash:correct horse'


def test_session_of_the_cookie_that_came_along_ends(door: Door) -> None:
    first = door.sign_in()
    door.sign_in(cookie=first.refresh_token)
    ended = [session.ended_at is not None for session in door.uow.stored_sessions.values()]
    assert sorted(ended) == [False, True]
    assert len(door.store.present) == 1


def test_no_secret_stands_in_the_text_of_what_is_handed_on(door: Door) -> None:
    session = door.sign_in()
    assert session.refresh_token not in repr(session)
    assert session.access_token.text not in repr(session)


def test_refusals_are_counted_by_their_reason(door: Door) -> None:
    for attempt in ({'password': 'wrong'}, {'email': 'nobody@example.org'}):
        with pytest.raises(InvalidCredentials):
            door.sign_in(**attempt)
    door.account.blocked_at = NOON
    with pytest.raises(AccountBlocked):
        door.sign_in()
    door.throttle.failures[door.account.id.hex] = 6
    with pytest.raises(TooManyAttempts):
        door.sign_in()
    assert door.counters.counted == [('login_failures', {
        'reason': reason
    }) for reason in ('wrong_password', 'unknown_account', 'account_blocked', 'too_many_attempts')]

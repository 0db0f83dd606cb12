"""What competes, in parallel, on real PostgreSQL and Redis."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from talelio_backend.app_account.adapters import Adapters
from talelio_backend.app_account.domain.errors import (EmailTaken, InvalidCredentials, LastAdmin,
                                                       LinkInvalid, RefreshTokenInvalid,
                                                       TooManyAttempts, UsernameTaken)
from talelio_backend.app_account.domain.session import MAX_LIVE_SESSIONS
from talelio_backend.app_account.services.registration import Application
from talelio_backend.app_account.services.sessions import SessionService
from talelio_backend.app_account.use_cases import UseCases, bind
from talelio_backend.bootstrap import House
from talelio_backend.shared.domain.access import Level
from talelio_backend.shared.domain.errors import DomainError
from tests.conftest import MakeHouse
from tests.fakes import FakeClock
from tests.integration.app_account.conftest import HOME, PASSWORD, AddAccount, SignIn


def _at_once(*calls: Callable[[], Any]) -> list[Any]:
    """What each call gives or refuses with, all of them started together."""
    start = Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        start.wait()
        try:
            return call()
        except DomainError as refused:
            return type(refused)

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def _registration(services: UseCases, email: str, username: str) -> Callable[[], str]:

    def register() -> str:
        services.registration.register(
            Application(email=email, username=username, password=PASSWORD))
        return 'made'

    return register


@pytest.fixture(name='crowded')
def _crowded(make_house: MakeHouse, clock: FakeClock) -> House:
    """A house whose pool has room for a crowd, and the usual limit of mails."""
    return make_house(clock=clock, settings={'database_pool_size': 20})


def test_of_20_registrations_with_one_address_one_is_made(crowded: House,
                                                          adapters: Adapters) -> None:
    services = bind(crowded.kernel, crowded.settings, adapters)
    emails = ['Ann@example.org', 'ANN@example.org', 'ann@Example.org', 'ann@example.org'] * 5
    results = _at_once(*(_registration(services, email, f'user{number}')
                         for number, email in enumerate(emails)))
    assert Counter(results) == {'made': 1, EmailTaken: 19}


def test_of_20_registrations_with_one_username_one_is_made(crowded: House,
                                                           adapters: Adapters) -> None:
    services = bind(crowded.kernel, crowded.settings, adapters)
    names = ['ann', 'Ann', 'ANN', 'aNN'] * 5
    results = _at_once(*(_registration(services, f'user{number}@example.org', name)
                         for number, name in enumerate(names)))
    assert Counter(results) == {'made': 1, UsernameTaken: 19}


def test_of_10_redemptions_of_one_link_one_succeeds(house: House, services: UseCases,
                                                    adapters: Adapters,
                                                    add_account: AddAccount) -> None:
    account = add_account('ann', verified=False)
    token = _token_of(house, adapters)
    results = _at_once(*[lambda: services.verification.verify(token).id] * 10)
    assert results.count(account.id) == 1
    assert len(set(results)) == 2


def _token_of(house: House, adapters: Adapters) -> str:
    with house.kernel.engine.begin() as connection:
        link_id = connection.scalar(text('SELECT id FROM link'))
    with adapters.open_uow() as uow:
        link = uow.links.get(link_id)
        assert link is not None
        token = adapters.link_tokens.token(link)
    assert token is not None
    return token


def test_4_parallel_refreshes_give_one_same_token(services: UseCases, add_account: AddAccount,
                                                  sign_in: SignIn) -> None:
    add_account('ann')
    cookie = sign_in('ann').refresh_token
    results = _at_once(*[lambda: services.sessions.refresh(cookie).refresh_token] * 4)
    assert len(set(results)) == 1
    assert results[0] != cookie
    services.sessions.refresh(results[0])


def test_of_two_admins_who_demote_each_other_one_stays(services: UseCases, adapters: Adapters,
                                                       add_account: AddAccount) -> None:
    for turn in range(5):
        names = [f'boss{turn}a', f'boss{turn}b']
        for name in names:
            add_account(name, level=Level.ADMIN)
        with adapters.open_uow() as uow:
            for admin in uow.accounts.lock_active_admins():
                account = uow.accounts.get(admin)
                if account is not None and account.username not in names:
                    account.change_level(Level.MEMBER, other_admins=9, now=account.created_at)
            uow.commit()
        results = _at_once(*(_demotion(services, name) for name in names))
        assert Counter(results) == {'demoted': 1, LastAdmin: 1}


def _demotion(services: UseCases, username: str) -> Callable[[], str]:

    def demote() -> str:
        services.administration.set_level(username=username, level=Level.MEMBER)
        return 'demoted'

    return demote


class CountingHasher:

    def __init__(self, adapters: Adapters) -> None:
        self._real = adapters.hasher.verify
        self.verified = 0

    def verify(self, password_hash: str | None, password: str) -> bool:
        self.verified += 1
        return self._real(password_hash, password)


def test_of_30_parallel_guesses_6_are_hashed(services: UseCases, adapters: Adapters,
                                             add_account: AddAccount,
                                             monkeypatch: pytest.MonkeyPatch) -> None:
    add_account('ann')
    counting = CountingHasher(adapters)
    monkeypatch.setattr(adapters.hasher, 'verify', counting.verify)

    def guess() -> Any:
        return services.signing_in.sign_in(email=None,
                                           username='ann',
                                           password='wrong guess',
                                           visitor=HOME,
                                           cookie=None)

    results = _at_once(*[guess] * 30)
    assert counting.verified == 6
    assert Counter(results) == {InvalidCredentials: 6, TooManyAttempts: 24}


def test_parallel_sign_ins_leave_50_sessions(crowded: House, adapters: Adapters,
                                             add_account: AddAccount) -> None:
    account = add_account('ann')
    sessions = bind(crowded.kernel, crowded.settings, adapters).sessions

    def begin() -> None:
        sessions.begin(account_id=account.id, epoch=0, visitor=HOME)

    for _ in range(MAX_LIVE_SESSIONS - 1):
        begin()
    _at_once(*[begin] * 12)
    with adapters.open_uow() as uow:
        live = uow.sessions.live(account.id, account.created_at)
    assert len(live) == MAX_LIVE_SESSIONS


def test_sign_in_and_refresh_of_the_session_that_it_ends_wait_for_each_other(
        crowded: House, adapters: Adapters, add_account: AddAccount, clock: FakeClock) -> None:
    """Both change the account and the session. Neither is refused for a deadlock."""
    account = add_account('ann')
    sessions = bind(crowded.kernel, crowded.settings, adapters).sessions

    def begin() -> str:
        return sessions.begin(account_id=account.id, epoch=0, visitor=HOME).refresh_token

    tokens = [begin() for _ in range(MAX_LIVE_SESSIONS)]
    for oldest in tokens[:5]:
        clock.advance(minutes=6)
        signed_in, refreshed = _at_once(begin, _refresh(sessions, oldest))
        assert isinstance(signed_in, str)
        assert refreshed == 'refreshed' or refreshed is RefreshTokenInvalid


def _refresh(sessions: SessionService, token: str) -> Callable[[], str]:

    def refresh() -> str:
        sessions.refresh(token)
        return 'refreshed'

    return refresh


def test_account_that_is_verified_at_this_moment_is_not_swept(house: House, services: UseCases,
                                                              adapters: Adapters,
                                                              add_account: AddAccount,
                                                              clock: FakeClock) -> None:
    for _ in range(5):
        account = add_account('ann', verified=False)
        clock.advance(days=31)
        services.verification.resend(account.email)
        token = _token_of(house, adapters)
        verified, _ = _at_once(_verification(services, token), services.retention.sweep)
        with adapters.open_uow() as uow:
            kept = uow.accounts.get(account.id)
            assert verified == (LinkInvalid if kept is None else account.id)
            assert kept is None or kept.verified
            if kept is not None:
                uow.accounts.remove(kept)
            uow.commit()


def _verification(services: UseCases, token: str) -> Callable[[], UUID]:

    def verify() -> UUID:
        return services.verification.verify(token).id

    return verify


@pytest.mark.parametrize('change', [
    'UPDATE account SET verified_at = now()',
    'INSERT INTO project (id, owner_id, title, body, html, named_links, renderer, links, position,'
    ' version, created_at, updated_at) SELECT gen_random_uuid(), id, \'Heron\', \'\', \'\','
    ' \'{}\', 1, \'[]\', 0, 1, now(), now() FROM "user"'
])
@pytest.mark.parametrize('committed', [True, False])
def test_account_that_changes_between_look_and_removal_stays(house: House, services: UseCases,
                                                             add_account: AddAccount,
                                                             clock: FakeClock, change: str,
                                                             committed: bool) -> None:
    add_account('ann', verified=False)
    clock.advance(days=31)
    with house.kernel.engine.connect() as rival, ThreadPoolExecutor(1) as pool:
        rival.execute(text(change))
        if committed:
            sweeping = pool.submit(services.retention.sweep)
            rival.commit()
            sweeping.result()
        else:
            services.retention.sweep()
            rival.rollback()
    with house.kernel.engine.connect() as connection:
        assert connection.scalar(text('SELECT count(*) FROM account')) == 1

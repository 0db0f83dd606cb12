"""What competes, in parallel, on real PostgreSQL and Redis."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import text

from talelio_backend.app_account.adapters import Adapters
from talelio_backend.app_account.domain.errors import (EmailTaken, InvalidCredentials, LastAdmin,
                                                       TooManyAttempts, UsernameTaken)
from talelio_backend.app_account.services.registration import Application
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

from collections.abc import Callable

import pytest

from talelio_backend.app_account.adapters import Adapters, build_adapters
from talelio_backend.app_account.domain.account import Account
from talelio_backend.app_account.services.registration import Application
from talelio_backend.app_account.services.sessions import SignedInSession, Visitor
from talelio_backend.app_account.use_cases import UseCases, bind
from talelio_backend.bootstrap import House
from talelio_backend.shared.domain.access import Level
from tests.conftest import MakeHouse
from tests.fakes import NOON, FakeClock

PASSWORD = 'correct horse battery'
HOME = Visitor(ip='192.0.2.1', user_agent='curl/8.5.0')


@pytest.fixture(name='wall_clock', scope='session')
def _wall_clock() -> FakeClock:
    return FakeClock()


@pytest.fixture(name='clock')
def _clock(wall_clock: FakeClock) -> FakeClock:
    """That of the shared house, at noon again."""
    wall_clock.set(NOON)
    return wall_clock


@pytest.fixture(name='house')
def _house(share_house: MakeHouse, clock: FakeClock) -> House:
    """With mails unbounded: a test registers several people within one second."""
    return share_house(clock=clock, settings={'mail_limit': '1000/minute'})


@pytest.fixture(name='adapters')
def _adapters(house: House) -> Adapters:
    return build_adapters(house.kernel, house.settings)


@pytest.fixture(name='services')
def _services(house: House, adapters: Adapters) -> UseCases:
    return bind(house.kernel, house.settings, adapters)


AddAccount = Callable[..., Account]
SignIn = Callable[..., SignedInSession]


@pytest.fixture(name='add_account')
def _add_account(services: UseCases, adapters: Adapters, clock: FakeClock) -> AddAccount:
    """Registers an account; ``verified`` and ``level`` as they are wanted."""

    def add(username: str, *, verified: bool = True, level: Level = Level.MEMBER) -> Account:
        account = services.registration.register(
            Application(email=f'{username}@example.org', username=username, password=PASSWORD))
        assert account is not None
        with adapters.open_uow() as uow:
            stored = uow.accounts.get(account.id)
            assert stored is not None
            if verified:
                stored.verify(clock.now())
            stored.change_level(level, other_admins=1, now=clock.now())
            uow.commit()
        return stored

    return add


@pytest.fixture(name='sign_in')
def _sign_in(services: UseCases) -> SignIn:

    def enter(username: str, *, visitor: Visitor = HOME) -> SignedInSession:
        return services.signing_in.sign_in(email=None,
                                           username=username,
                                           password=PASSWORD,
                                           visitor=visitor,
                                           cookie=None)

    return enter

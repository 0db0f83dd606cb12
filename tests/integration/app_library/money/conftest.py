"""A library whose clock stands still, and people with accounts in it."""

import pytest

from talelio_backend.bootstrap import House
from talelio_backend.shared.domain.access import Level
from tests.authors import Person, Site
from tests.conftest import MakeHouse
from tests.fakes import FakeClock
from tests.shelves import Shelves


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def house(make_house: MakeHouse, clock: FakeClock) -> House:
    return make_house(clock=clock)


@pytest.fixture
def shelves(site: Site) -> Shelves:
    return Shelves(site)


@pytest.fixture
def ada(site: Site) -> Person:
    return site.member('ada')


@pytest.fixture
def ben(site: Site) -> Person:
    return site.member('ben')


@pytest.fixture
def admin(site: Site) -> Person:
    return site.member('root', level=Level.ADMIN)

from datetime import UTC, datetime

import pytest

from talelio_backend.bootstrap import House
from tests.authors import Site
from tests.conftest import MakeHouse
from tests.fakes import FakeClock
from tests.integration.app_library.waiting.desk import Desk


@pytest.fixture(name='clock')
def make_clock() -> FakeClock:
    return FakeClock(datetime.now(UTC))


@pytest.fixture(name='house')
def house_of_the_clock(make_house: MakeHouse, clock: FakeClock) -> House:
    return make_house(clock=clock)


@pytest.fixture
def desk(site: Site) -> Desk:
    return Desk(site)

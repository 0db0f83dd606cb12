from datetime import UTC, datetime

import pytest

from talelio_backend.bootstrap import House
from tests.authors import Site
from tests.conftest import MakeHouse
from tests.fakes import FakeClock
from tests.integration.app_library.waiting.desk import Desk


@pytest.fixture
def clock(wall_clock: FakeClock) -> FakeClock:
    wall_clock.set(datetime.now(UTC))
    return wall_clock


@pytest.fixture
def house(share_house: MakeHouse, clock: FakeClock) -> House:
    return share_house(clock=clock)


@pytest.fixture
def desk(site: Site) -> Desk:
    return Desk(site)

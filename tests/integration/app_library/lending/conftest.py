"""A library whose clock stands still."""

import pytest

from talelio_backend.bootstrap import House
from tests.conftest import MakeHouse
from tests.fakes import FakeClock


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def house(make_house: MakeHouse, clock: FakeClock) -> House:
    return make_house(clock=clock)

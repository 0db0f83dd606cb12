"""A library whose clock stands still."""

import pytest

from talelio_backend.bootstrap import House
from tests.conftest import MakeHouse
from tests.fakes import FakeClock


@pytest.fixture
def house(share_house: MakeHouse, clock: FakeClock) -> House:
    return share_house(clock=clock)

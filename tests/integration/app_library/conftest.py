"""What the tests of the library share: people with accounts, books, a large library."""

from collections.abc import Iterator

import pytest

from talelio_backend.settings import Settings
from talelio_backend.shared.domain.access import Level
from tests.authors import Person, Site
from tests.conftest import Servers
from tests.fakes import NOON, FakeClock
from tests.library_rows import library_of_rows
from tests.shelves import Shelves


@pytest.fixture(scope='session')
def wall_clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def clock(wall_clock: FakeClock) -> FakeClock:
    """That of the shared house where the tests of a folder ask for it, at noon again."""
    wall_clock.set(NOON)
    return wall_clock


@pytest.fixture
def ada(site: Site) -> Person:
    return site.member('ada')


@pytest.fixture
def ben(site: Site) -> Person:
    return site.member('ben')


@pytest.fixture
def admin(site: Site) -> Person:
    return site.member('root', level=Level.ADMIN)


@pytest.fixture
def shelves(site: Site) -> Shelves:
    return Shelves(site)


@pytest.fixture(scope='session')
def big_library(servers: Servers, settings: Settings, worker_number: int) -> Iterator[Site]:
    """A library of 100,000 books; see ``tests/library_rows.py``."""
    with library_of_rows(servers, settings, worker_number) as site:
        yield site


@pytest.fixture(scope='session')
def staff(big_library: Site) -> Person:
    """One of the large library, who may see all of it."""
    return big_library.member('cataloguer', level=Level.ADMIN)

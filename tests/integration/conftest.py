"""A house with a few people in it, for the tests of an area."""

import pytest

from talelio_backend.bootstrap import House
from talelio_backend.shared.domain.access import Level
from tests.authors import Person, Site
from tests.houses import Houses


@pytest.fixture(name='site')
def make_site(house: House, houses: Houses) -> Site:
    return Site(house, houses.app(house))


@pytest.fixture
def stranger(site: Site) -> Person:
    return site.stranger


@pytest.fixture
def ada(site: Site) -> Person:
    return site.person('ada')


@pytest.fixture
def ben(site: Site) -> Person:
    return site.person('ben')


@pytest.fixture
def admin(site: Site) -> Person:
    return site.person('root', level=Level.ADMIN)

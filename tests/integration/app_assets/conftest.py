from collections.abc import Callable, Iterator

import pytest

from talelio_backend.bootstrap import House
from tests.houses import Houses
from tests.integration.app_assets.site import MakeSite, Person, Site


@pytest.fixture(name='make_site')
def build_sites(make_house: Callable[..., House]) -> Iterator[MakeSite]:
    """Builds sites as ``make_house`` builds houses; what they put into S3 goes again."""
    made: list[Site] = []

    def make(**overrides: object) -> Site:
        made.append(Site(make_house(**overrides)))
        return made[-1]

    yield make
    for site in made:
        site.clear()


@pytest.fixture(name='site')
def build_site(house: House, houses: Houses) -> Iterator[Site]:
    site = Site(house, houses.app(house))
    yield site
    site.clear()


@pytest.fixture(name='ada')
def register_ada(site: Site) -> Person:
    return site.person('ada')

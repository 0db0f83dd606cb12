import pytest

from tests.authors import Person, Site
from tests.integration.app_library.books.catalogue import Catalogue


@pytest.fixture
def catalogue(site: Site, admin: Person) -> Catalogue:
    return Catalogue(site, admin)

import pytest

from tests.authors import Site
from tests.integration.app_library.reading.library import Library


@pytest.fixture
def library(site: Site) -> Library:
    return Library(site)

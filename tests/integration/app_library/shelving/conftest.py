import pytest

from tests.authors import Person
from tests.integration.app_library.shelving.shelf import Shelf


@pytest.fixture
def shelf(admin: Person) -> Shelf:
    return Shelf(admin)

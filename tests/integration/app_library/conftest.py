"""What the tests of the library share."""

from collections.abc import Iterator

import pytest

from talelio_backend.settings import Settings
from tests.authors import Site
from tests.conftest import Servers
from tests.library_rows import library_of_rows


@pytest.fixture(scope='session')
def big_library(servers: Servers, settings: Settings, worker_number: int) -> Iterator[Site]:
    """A library of 100,000 books; see ``tests/library_rows.py``."""
    with library_of_rows(servers, settings, worker_number) as site:
        yield site

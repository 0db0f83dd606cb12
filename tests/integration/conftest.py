"""A house with a few people in it, for the tests of an area; a quick AWS command line."""

import subprocess
import sys
from collections.abc import Generator, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from talelio_backend.app_account.data.argon2_hasher import Argon2Hasher
from talelio_backend.bootstrap import House
from talelio_backend.shared.domain.access import Level
from tests.authors import Person, Site
from tests.aws_server import install
from tests.houses import Houses

ROOT = Path(__file__).parents[2]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None, object, object]:
    """What is prepared for one test is tested in another; and what coverage looks at takes twice
    the time. So it looks at the tests alone."""
    coverage = getattr(item.config.pluginmanager.getplugin('_cov'), 'cov_controller', None)
    if coverage is None or not coverage.started:
        return (yield)
    coverage.pause()
    try:
        return (yield)
    finally:
        coverage.resume()


@pytest.fixture(scope='module', autouse=True)
def quick_hashes() -> Iterator[None]:
    """Passwords of tests are known. The unit tests and those of e2e hash as production does."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Argon2Hasher, 'memory', 8)
        yield


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


@pytest.fixture(scope='session')
def aws_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Holds the program ``aws``: the real one, which is started once for all of its calls."""
    folder = tmp_path_factory.mktemp('aws')
    # The path of a socket is short.
    with TemporaryDirectory(prefix='talelio-aws-') as near:
        command = [sys.executable, '-m', 'tests.aws_server', f'{near}/s']
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as server:
            assert server.stdout is not None and server.stdout.readline() == b'ready\n'
            install(folder / 'aws', f'{near}/s')
            yield folder
            server.kill()

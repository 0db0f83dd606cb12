"""What the image installs: whole, by hash, and nothing that is for developers."""

import re
import tomllib
from importlib.metadata import requires

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.architecture.source import ROOT

TEXT = (ROOT / 'requirements.txt').read_text(encoding='utf-8')
ENTRIES = [entry for entry in re.sub(r' \\\n\s+', ' ', TEXT).splitlines() if entry[0] != '#']
REQUIREMENTS = [Requirement(entry.partition(' --hash=')[0]) for entry in ENTRIES]
NAMES = {canonicalize_name(requirement.name) for requirement in REQUIREMENTS}
PIPFILE = tomllib.loads((ROOT / 'Pipfile').read_text(encoding='utf-8'))
LINUX = {'sys_platform': 'linux', 'platform_system': 'Linux', 'python_version': '3.11'}


def test_every_package_has_one_version_and_its_hashes() -> None:
    for entry, requirement in zip(ENTRIES, REQUIREMENTS):
        assert re.fullmatch(r'==[^,*]+', str(requirement.specifier)), entry
        assert re.search(r' --hash=sha256:[0-9a-f]{64}( |$)', entry), entry
    assert len(NAMES) == len(REQUIREMENTS)


@pytest.mark.parametrize('requirement', REQUIREMENTS, ids=lambda one: str(one.name))
def test_what_a_package_needs_has_hashes_too(requirement: Requirement) -> None:
    # One that had none would end `pip install --require-hashes`.
    for line in requires(requirement.name) or ():
        needed = Requirement(line)
        wanted = not needed.marker or any(
            needed.marker.evaluate(LINUX | {'extra': extra})
            for extra in requirement.extras or {''})
        if wanted:
            assert canonicalize_name(needed.name) in NAMES, line


def test_packages_of_the_project_are_there_and_those_of_developers_are_not() -> None:
    assert {canonicalize_name(name) for name in PIPFILE['packages']} <= NAMES
    assert not {canonicalize_name(name) for name in PIPFILE['dev-packages']} & NAMES

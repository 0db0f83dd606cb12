"""The script of the page proves what the export says, and finds what was changed in it."""

import re
import subprocess
import sys

import pytest

from tests.architecture.source import ROOT
from tests.authors import Person, Site
from tests.integration.app_activity.rows import write
from tests.integration.app_activity.test_chain import seal
from tests.integration.app_activity.test_redaction import about, chain_of


@pytest.fixture(name='export')
def make_export(site: Site, admin: Person, ada: Person) -> str:
    write(site, 'Blocked “ada”', **about(ada))
    for number in range(3):
        write(site, f'Lent “Äiti {number}”', changes='{"n": {"before": 1.50, "after": null}}')
    seal(site)
    chain_of(site).redact(person=ada.id)
    return admin.get('/v1/activity/export?format=ndjson').text


def prove(export: str) -> subprocess.CompletedProcess[bytes]:
    page = (ROOT / 'docs' / 'activity.md').read_text(encoding='utf-8')
    script = re.search(r'```python\n(.*?)```', page, re.DOTALL)
    assert script
    return subprocess.run([sys.executable, '-X', 'utf8', '-c', script[1]],
                          input=export.encode(),
                          capture_output=True,
                          check=False)


def test_documented_script_proves_the_export(site: Site, export: str) -> None:
    head = chain_of(site).verify().head.hash
    assert prove(export).stdout.decode() == f'ok: 4 rows, head {head}\n'


@pytest.mark.parametrize(('old', 'new'), [('Äiti 1', 'Äiti 7'), ('"seq":3', '"seq":4'),
                                          ('"before":1.5', '"before":1.6')])
def test_documented_script_finds_what_was_changed(export: str, old: str, new: str) -> None:
    assert old in export
    outcome = prove(export.replace(old, new))
    assert outcome.returncode == 1 and b'AssertionError' in outcome.stderr

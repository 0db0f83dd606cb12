"""scripts/smoke_test.py against the running product."""

import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from scripts.smoke_test import Amiss, Site, await_revision
from tests.e2e.conftest import PASSWORD, Product, sign_up

SCRIPT = Path(__file__).parents[3] / 'scripts' / 'smoke_test.py'


def smoke(product: Product, revision: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, SCRIPT, product.base, revision],
                          env=variables,
                          capture_output=True,
                          text=True,
                          timeout=300,
                          check=False)


def test_smoke_test_signs_the_probe_in_and_out(product: Product, client: httpx.Client) -> None:
    headers = sign_up(product, client, 'probe')
    revision = client.get('/version').json()['revision']
    passed = smoke(product, revision, PROBE_EMAIL='probe@example.org', PROBE_PASSWORD=PASSWORD)
    assert passed.returncode == 0, passed.stderr
    assert f'"revision": "{revision}"' in passed.stdout
    # Of its own session nothing is left.
    sessions = client.get('/v1/me/sessions', headers=headers).json()
    assert len(sessions['sessions']) == 1, sessions


def test_smoke_test_notices_a_login_that_fails(product: Product, client: httpx.Client) -> None:
    revision = client.get('/version').json()['revision']
    failed = smoke(product,
                   revision,
                   PROBE_EMAIL='nobody@example.org',
                   PROBE_PASSWORD='not the password')
    assert failed.returncode == 1
    assert '/v1/accounts/login: 401' in failed.stderr
    assert 'not the password' not in failed.stderr


def test_another_commit_in_service_is_noticed(product: Product) -> None:
    passed = iter(range(0, 1000, 100))
    pauses: list[float] = []
    with pytest.raises(Amiss, match='/version does not tell c0ffee: revision'):
        await_revision(Site(product.base),
                       'c0ffee',
                       seconds=300,
                       now=lambda: next(passed),
                       pause=pauses.append)
    assert len(pauses) == 3

"""The program of the proxy's image, with a stand-in for what it becomes at its end."""

import os
import subprocess
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.traefik.edge import SHIPPED, Edge

Run = Callable[..., subprocess.CompletedProcess[str]]
STATIC = tomllib.loads((SHIPPED / 'traefik.toml').read_text(encoding='utf-8'))
HOST = {'API_HOST': 'api.example.org', 'API_UPSTREAM': 'http://api:8000'}


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Says with what arguments it would have started Traefik."""
    traefik = tmp_path / 'traefik'
    traefik.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n', encoding='ascii')
    traefik.chmod(0o755)

    def start(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        environment = {
            'PATH': f'{tmp_path}:{os.defpath}',
            'TRAEFIK_CONFIG': str(SHIPPED / 'traefik.toml'),
            'TRAEFIK_WRITTEN_CONFIG': str(tmp_path / 'written.toml'),
        }
        return subprocess.run(['/bin/sh', SHIPPED / 'entrypoint.sh', *arguments],
                              env=environment | variables,
                              check=False,
                              capture_output=True,
                              text=True)

    return start


def written(run: Run, folder: Path, **variables: str) -> dict[str, Any]:
    ended = run(**variables)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout == f'--configFile={folder / "written.toml"}\n'
    return tomllib.loads((folder / 'written.toml').read_text(encoding='utf-8'))


def test_on_ecs_the_shipped_file_is_used_as_it_is(run: Run, tmp_path: Path) -> None:
    ended = run('--log.level=DEBUG')
    assert ended.stdout == f'--configFile={SHIPPED / "traefik.toml"}\n--log.level=DEBUG\n'
    assert not (tmp_path / 'written.toml').exists()


def test_elsewhere_nothing_is_looked_for_in_ecs(run: Run, tmp_path: Path) -> None:
    providers = {'file': STATIC['providers']['file']}
    assert written(run, tmp_path, **HOST) == STATIC | {'providers': providers}


@pytest.mark.parametrize(('given', 'networks'), [
    ('10.0.0.0/8', ['10.0.0.0/8']),
    (' 10.0.0.0/8,\n2001:db8::/64 ', ['10.0.0.0/8', '2001:db8::/64']),
    ('192.0.2.7', ['192.0.2.7']),
])
def test_load_balancers_are_trusted_by_name(run: Run, tmp_path: Path, given: str,
                                            networks: list[str]) -> None:
    static = written(run, tmp_path, LOAD_BALANCERS=given)
    assert static['entryPoints']['websecure'].pop('forwardedHeaders') == {'trustedIPs': networks}
    static['entryPoints']['websecure']['forwardedHeaders'] = {'trustedIPs': []}
    assert static == STATIC


@pytest.mark.parametrize(
    'given',
    ['0.0.0.0/0', '::/0', '10.0.0.0/8,::/0', 'everybody', '10.0.0.0/8 "', '10.0.0.0/8,,', ','])
def test_load_balancers_that_are_no_networks_are_refused(run: Run, given: str) -> None:
    ended = run(LOAD_BALANCERS=given)
    assert (ended.returncode, ended.stdout) == (78, '')
    assert ended.stderr.startswith('entrypoint.sh: LOAD_BALANCERS')
    assert ended.stderr.count('\n') == 1


@pytest.mark.parametrize('variables', [{
    'API_UPSTREAM': 'http://api:8000'
}, {
    'DASHBOARD_HOST': 'traefik.example.org'
}, {
    'DASHBOARD_HOST': 'traefik.example.org',
    'DASHBOARD_USERS_FILE': '/nowhere'
}])
def test_half_of_a_pair_is_refused(run: Run, variables: dict[str, str]) -> None:
    ended = run(**variables)
    assert (ended.returncode, ended.stdout) == (78, '')
    assert ' needs ' in ended.stderr


def test_health_check_of_the_image_finds_a_traefik_that_runs(edge: Edge) -> None:
    command = ['traefik', 'healthcheck', f'--configFile={edge.folder / "traefik.toml"}']
    ended = subprocess.run(command, env=edge.process.environment, check=False, capture_output=True)
    assert ended.returncode == 0, ended.stderr

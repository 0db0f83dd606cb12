"""compose.yaml: what is reachable from where, what each service may, and how much it may take."""

import re
import subprocess
import sys
import tomllib
from typing import Any

import pytest

from talelio_backend.settings import Settings, SettingsFaults
from tests.architecture.source import ROOT
from tests.deployment_files import mebibytes, yaml
from tests.shell import make_secrets

STACK = yaml('compose.yaml')
SERVICES: dict[str, dict[str, Any]] = STACK['services']
OURS = ('api', 'worker', 'migrate')
TOOLS = ('adminer', 'mail')
JOBS = ('migrate', 's3-setup')
SERVERS = sorted(set(SERVICES) - set(JOBS) - {'worker'})
DATABASES = ('postgres', 'redis', 's3')
MEMORY_MIB = 1.2 * 1024


def networks(name: str) -> set[str]:
    return set(SERVICES[name]['networks'])


@pytest.mark.parametrize('name', sorted(SERVICES))
def test_image_has_a_full_version(name: str) -> None:
    assert re.fullmatch(r'[a-z0-9/-]+:v?\d+\.\d+(\.\d+)?(-[a-z]+)?', SERVICES[name]['image'])


def test_only_traefik_is_reached_from_other_machines() -> None:
    ports = {name: service.get('ports', []) for name, service in SERVICES.items()}
    assert ports.pop('traefik') == ['80:80', '443:443']
    published = [port for some in ports.values() for port in some]
    assert all(port.startswith('127.0.0.1:') for port in published)
    assert {port.split(':')[1] for port in published} == {'5600', '5601', '5602', '5603'}


def test_databases_and_the_proxy_share_no_network() -> None:
    assert {name for name in SERVICES if 'edge' in networks(name)} == {'api', 'traefik'}
    assert networks('traefik') == {'edge'}
    for name in DATABASES:
        assert networks(name) == {'back'}


def test_api_believes_the_proxy_and_nobody_else() -> None:
    address = SERVICES['traefik']['networks']['edge']['ipv4_address']
    assert SERVICES['api']['environment']['TRUSTED_PROXIES'] == f'{address}/32'


@pytest.mark.parametrize('name', OURS)
def test_our_processes_may_write_to_memory_alone(name: str) -> None:
    service = SERVICES[name]
    assert service['read_only'] is True
    assert service['cap_drop'] == ['ALL'] and 'cap_add' not in service
    assert service['security_opt'] == ['no-new-privileges:true']
    assert [place.partition(':')[0] for place in service['tmpfs']] == ['/tmp']
    assert not service.get('volumes')


@pytest.mark.parametrize('name', sorted(SERVICES))
def test_nobody_keeps_what_capabilities_a_container_has_by_default(name: str) -> None:
    assert SERVICES[name]['cap_drop'] == ['ALL']
    assert SERVICES[name]['security_opt'] == ['no-new-privileges:true']
    assert not SERVICES[name].get('privileged')


@pytest.mark.parametrize('name', SERVERS)
def test_every_server_is_watched_and_started_again(name: str) -> None:
    assert SERVICES[name]['healthcheck']['test'][0] in ('CMD', 'CMD-SHELL')
    assert SERVICES[name]['restart'] == 'unless-stopped'


def test_api_and_worker_wait_for_the_migration() -> None:
    for name in ('api', 'worker'):
        waits = SERVICES[name]['depends_on']
        assert waits['migrate'] == {'condition': 'service_completed_successfully'}
    for name in JOBS:
        assert SERVICES[name]['restart'] == 'no'


def test_production_stack_fits_into_its_memory() -> None:
    limits = {name: mebibytes(service['mem_limit']) for name, service in SERVICES.items()}
    running = ('api', 'worker', 'postgres', 'redis', 's3', 'traefik')
    assert sum(limits[name] for name in running) <= MEMORY_MIB
    assert all(limits.values())


def test_tools_stand_in_their_profile() -> None:
    assert {name for name, service in SERVICES.items() if 'profiles' in service} == set(TOOLS)
    for name in set(SERVICES) - set(TOOLS):
        assert not set(SERVICES[name].get('depends_on', ())) & set(TOOLS), name


@pytest.mark.parametrize('name', sorted(SERVICES))
def test_secrets_come_as_files(name: str) -> None:
    service = SERVICES[name]
    variables = service.get('environment', {})
    secret = re.compile(r'PASSWORD|SECRET|TOKEN|(DATABASE|REDIS|SMTP)_URL')
    for variable, value in variables.items():
        if secret.search(variable) and variable != 'GARAGE_ALLOW_WORLD_READABLE_SECRETS':
            assert variable.endswith('_FILE'), variable
            assert value.removeprefix('/run/secrets/') in service['secrets'], variable
    text = ' '.join(map(str, [service.get('command', ''), service['healthcheck']]))
    for wanted in re.findall(r'/run/secrets/(\w+)', text):
        assert wanted in service['secrets'], wanted
    assert set(service.get('secrets', ())) <= set(STACK['secrets'])


def test_secrets_are_those_that_the_script_makes(tmp_path: Any) -> None:
    make_secrets(tmp_path / 'made')
    made = {file.name for file in (tmp_path / 'made').iterdir()}
    wanted = {secret['file'].removeprefix('./secrets/') for secret in STACK['secrets'].values()}
    # The password itself is for the person who opens the dashboard.
    assert made - wanted == {'dashboard_password'}
    assert not wanted - made


def test_names_that_are_used_are_declared() -> None:
    volumes = {
        mount.split(':')[0]
        for service in SERVICES.values()
        for mount in service.get('volumes', ())
    }
    named = {volume for volume in volumes if not volume.startswith('.')}
    assert named == set(STACK['volumes'])
    for path in volumes - named:
        assert (ROOT / path).is_file(), path
    assert {network for name in SERVICES for network in networks(name)} == set(STACK['networks'])
    for service in SERVICES.values():
        assert set(service.get('depends_on', ())) <= set(SERVICES)


def without_interpolation(value: str) -> str:
    """What Compose puts there when the variable is not set."""
    while '${' in value:
        value = re.sub(r'\$\{\w+(?::?-([^${}]*))?\}', lambda match: match[1] or '', value)
    return value


def test_settings_are_whole_but_for_one_decision(tmp_path: Any) -> None:
    make_secrets(tmp_path)
    environ = {
        name: without_interpolation(value).replace('/run/secrets', str(tmp_path))
        for name, value in SERVICES['api']['environment'].items()
    }
    with pytest.raises(SettingsFaults, match='^BACKUP_AGE_RECIPIENTS: missing$'):
        Settings.load(environ)
    settings = Settings.load(environ | {'BACKUP_PLAINTEXT': '1'})
    assert settings.is_production
    assert settings.registration == 'closed'


def test_object_store_signs_for_the_region_that_the_api_asks() -> None:
    garage = tomllib.loads((ROOT / 'deploy/compose/garage.toml').read_text(encoding='utf-8'))
    assert garage['s3_api']['s3_region'] == SERVICES['api']['environment']['AWS_REGION']
    assert SERVICES['api']['environment']['S3_ENDPOINT_URL'].endswith(
        garage['s3_api']['api_bind_addr'].rpartition(':')[2])
    setup, api = SERVICES['s3-setup']['environment'], SERVICES['api']['environment']
    for name in ('AWS_ACCESS_KEY_ID', 'S3_BUCKET', 'S3_BACKUPS_BUCKET'):
        assert setup[name] == api[name]
    assert re.fullmatch('GK[0-9a-f]{24}', api['AWS_ACCESS_KEY_ID'])


def test_health_of_the_api_is_asked_with_what_the_image_has() -> None:
    program = SERVICES['api']['healthcheck']['test']
    assert program[:3] == ['CMD', 'python', '-c']
    checked = subprocess.run([sys.executable, '-c', f'compile({program[3]!r}, "check", "exec")'],
                             check=False)
    assert checked.returncode == 0

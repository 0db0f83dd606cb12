"""The ECS tasks: what each may, what it takes, what it is called, and what it says to Traefik."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from scripts.check_task_definitions import faults
from scripts.render_task_definition import Missing, names_in, render
from talelio_backend.settings import Settings
from tests.architecture.source import ROOT
from tests.deployment_files import TASKS, container, family_of, mebibytes, task, yaml

OURS = ('talelio-backend-api', 'talelio-backend-worker', 'talelio-backend-migrate')
DATABASES = ('talelio-postgresql', 'talelio-redis')
FAMILIES = sorted([*OURS, *DATABASES, 'talelio-traefik'])
MEMORY_MIB = 1.8 * 1024
PARTS = [(family_of(file), part) for file in TASKS
         for part in json.loads(file.read_text(encoding='utf-8'))['containerDefinitions']]
EVERY_PART = pytest.mark.parametrize(('family', 'part'),
                                     PARTS,
                                     ids=[f"{family}:{part['name']}" for family, part in PARTS])


def variables(part: dict[str, Any]) -> dict[str, str]:
    return {one['name']: one['value'] for one in part.get('environment', ())}


def test_families_are_those_of_one_host() -> None:
    assert [family_of(file) for file in TASKS] == FAMILIES


@pytest.mark.parametrize('file', TASKS, ids=lambda file: file.name)
def test_botocore_knows_every_key_and_value(file: Path) -> None:
    assert not [*faults(file)]


@pytest.mark.parametrize(('change', 'told'), [
    ({'containerDefinitions': [{'name': 'x', 'memroy': 1}]}, 'memroy'),
    ({'containerDefinitions': [{'name': 'x', 'memory': '384'}]}, 'memory'),
    ({'networkMode': 'bridged'}, 'bridged is none of'),
    ({'family': 'another'}, 'family'),
])  # yapf: disable
def test_check_finds_what_is_wrong(tmp_path: Path, change: dict[str, Any], told: str) -> None:
    file = tmp_path / 'talelio-redis-task-definition.json'
    file.write_text(json.dumps(task('talelio-redis') | change), encoding='utf-8')
    assert told in '\n'.join(faults(file))


def test_one_instance_holds_them_all() -> None:
    assert sum(part['memory'] for _, part in PARTS) <= MEMORY_MIB


@EVERY_PART
def test_image_is_a_placeholder_or_has_a_full_version(family: str, part: dict[str, Any]) -> None:
    if family in DATABASES:
        assert re.fullmatch(r'[a-z]+:\d+\.\d+(\.\d+)?-[a-z]+', part['image'])
    else:
        assert part['image'] == ('${TRAEFIK_IMAGE}' if family == 'talelio-traefik' else '${IMAGE}')


def test_databases_are_those_of_compose() -> None:
    services = yaml('compose.yaml')['services']
    assert container('talelio-postgresql')['image'] == services['postgres']['image']
    assert container('talelio-redis')['image'] == services['redis']['image']


@EVERY_PART
def test_secrets_come_from_the_manager_and_stand_nowhere_else(family: str,
                                                              part: dict[str, Any]) -> None:
    names = {one['name'] for one in part.get('secrets', ())}
    for one in part.get('secrets', ()):
        assert one['valueFrom'] == ('arn:aws:secretsmanager:${AWS_REGION}:${AWS_ACCOUNT_ID}'
                                    f":secret:${{SECRET_NAME}}:{one['name']}::"), family
    assert not names & set(variables(part))
    assert not [
        name for name in variables(part)
        if re.search(r'PASSWORD|SECRET|TOKEN|(DATABASE|REDIS|SMTP)_URL', name)
    ]


@EVERY_PART
def test_logs_never_hold_a_process_up(family: str, part: dict[str, Any]) -> None:
    options = part['logConfiguration']['options']
    assert part['logConfiguration']['logDriver'] == 'awslogs'
    assert options['mode'] == 'non-blocking'
    service = family.removeprefix('talelio-').removeprefix('backend-')
    assert options['awslogs-group'] == f'/talelio/{service}'


@EVERY_PART
def test_nobody_keeps_what_capabilities_a_container_has_by_default(family: str,
                                                                   part: dict[str, Any]) -> None:
    assert part['linuxParameters']['capabilities']['drop'] == ['ALL'], family
    assert part['dockerSecurityOptions'] == ['no-new-privileges']
    assert not part.get('privileged')


@pytest.mark.parametrize('family', OURS)
def test_our_processes_are_an_ordinary_user_that_writes_to_memory_alone(family: str) -> None:
    part = container(family)
    assert part['user'] == '10001:10001'
    assert part['readonlyRootFilesystem'] is True
    assert part['linuxParameters']['initProcessEnabled'] is True
    assert 'add' not in part['linuxParameters']['capabilities']
    assert [place['containerPath'] for place in part['linuxParameters']['tmpfs']] == ['/tmp']
    assert all(mount['readOnly'] for mount in part.get('mountPoints', ()))
    # Readiness is told for 5 s, and requests have 25 s to end.
    assert part['stopTimeout'] == 35


@pytest.mark.parametrize('family', FAMILIES)
def test_role_that_starts_a_task_is_not_the_role_that_it_has(family: str) -> None:
    execution = task(family)['executionRoleArn']
    assert execution == 'arn:aws:iam::${AWS_ACCOUNT_ID}:role/talelio-execution'
    assert task(family).get('taskRoleArn') != execution
    assert ('taskRoleArn' in task(family)) is (family not in DATABASES)


def test_commands_are_those_of_the_image() -> None:
    assert [container(family)['command'] for family in OURS] == [['serve'], ['worker'],
                                                                 ['migrate']]


@pytest.mark.parametrize('family', OURS)
def test_settings_are_whole_and_good(family: str) -> None:
    part = container(family)
    values = {'API_HOST': 'api.example.org', 'CLIENT_URL': 'https://example.org',
              'CORS_ORIGINS': 'https://example.org', 'REGISTRATION': 'closed',
              'AWS_REGION': 'eu-north-1', 'S3_BUCKET': 'content', 'S3_BACKUPS_BUCKET': 'backups',
              'MAIL_SENDER': 'talelio@example.org', 'BACKUP_AGE_RECIPIENTS': ''}  # yapf: disable
    environ = {
        name: re.sub(r'\$\{(\w+)\}', lambda match: values[match[1]], value)
        for name, value in variables(part).items()
    }
    secret = {'SECRET_KEY': '4f9c2e7a1b8d3605' * 3 + 'e19c04b7f2d8a563',
              'DATABASE_URL': 'postgresql://talelio@postgresql:5432/talelio',
              'REDIS_URL': 'redis://redis:6379/0'}  # yapf: disable
    assert [one['name'] for one in part['secrets']] == [*secret]
    settings = Settings.load(environ | secret | {'BACKUP_PLAINTEXT': '1'})
    assert settings.is_production and settings.mail_backend == 'ses'


def test_api_is_reached_through_traefik_by_the_rule_of_the_shipped_file() -> None:
    labels = container('talelio-backend-api')['dockerLabels']
    text = (ROOT / 'traefik' / 'traefik_dynamic.toml').read_text(encoding='utf-8')
    router = text.partition('[http.routers.api]')[2].partition('[http.services')[0]
    (rule, ) = re.findall(r"^rule = '(.*)'$", router, re.MULTILINE)
    (middlewares, ) = re.findall(r'^middlewares = \[(.*)\]$', router, re.MULTILINE)
    own = 'traefik.http.routers.api'
    assert labels['traefik.enable'] == 'true'
    assert labels[f'{own}.rule'] == rule.replace('{{ env "API_HOST" }}', '${API_HOST}')
    assert labels[f'{own}.middlewares'].split(',') == [
        f'{name}@file' for name in re.findall("'([^']+)'", middlewares)
    ]
    assert labels[f'{own}.entrypoints'] == 'websecure'
    assert labels[f'{own}.tls.certresolver'] == '${CERT_RESOLVER}'


def test_api_has_any_port_of_the_host_and_traefik_has_the_two() -> None:
    (port, ) = container('talelio-backend-api')['portMappings']
    assert (port['containerPort'], port['hostPort']) == (8000, 0)
    ports = container('talelio-traefik')['portMappings']
    assert [port['hostPort'] for port in ports] == [80, 443]


@pytest.mark.parametrize('family', ['talelio-backend-api', 'talelio-traefik', *DATABASES])
def test_every_server_is_asked_whether_it_lives(family: str) -> None:
    assert container(family)['healthCheck']['command'][0] in ('CMD', 'CMD-SHELL')


def test_databases_keep_their_data_on_the_host() -> None:
    for family in DATABASES:
        (mount, ) = [mount for mount in container(family)['mountPoints'] if not mount['readOnly']]
        assert mount['sourceVolume'] == family
        assert {
            'name': family,
            'host': {
                'sourcePath': f'/var/lib/{family}'
            }
        } in (task(family)['volumes'])
    postgres = container('talelio-postgresql')
    assert variables(postgres)['PGDATA'].startswith('/var/lib/postgresql/data/')
    assert postgres['stopTimeout'] == 120


def test_only_the_copying_container_may_write_the_scripts_of_the_host() -> None:
    part = container('talelio-backend-api', 'scripts')
    (mount, ) = part['mountPoints']
    assert mount == {'sourceVolume': 'talelio-scripts',
                     'containerPath': '/var/lib/talelio-scripts',
                     'readOnly': False}  # yapf: disable
    assert part['entryPoint'][0] == 'cp' and not part['essential']
    assert not part.get('portMappings') and not part.get('secrets')


def test_pictures_fit_into_the_memory_of_the_worker() -> None:
    # The same limit on one machine and on ECS; docs/deployment/gunicorn.md has the measurement.
    services = yaml('compose.yaml')['services']
    for family, name in (('talelio-backend-worker', 'worker'), ('talelio-backend-api', 'api')):
        assert container(family)['memory'] == mebibytes(services[name]['mem_limit'])


def test_rendering_fills_every_name_and_escapes() -> None:
    text = '{"a": "${ONE}-${TWO}", "shell": "$ONE $(date)"}'
    assert names_in(text) == ['ONE', 'TWO']
    assert render(text, {'ONE': '"', 'TWO': '\\'}) == {'a': '"-\\', 'shell': '$ONE $(date)'}
    with pytest.raises(Missing) as told:
        render(text, {'ONE': ''})
    assert told.value.names == ['ONE', 'TWO']
    assert names_in('{"a": "${ONE:-}"}') == []
    assert render('{"a": "${ONE:-}"}', {}) == {'a': ''}

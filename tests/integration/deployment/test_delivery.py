"""scripts/deliver.sh and scan_image.sh with the real AWS command line, against a server that
answers as ECS and ECR do and keeps what it was asked."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
DIGEST = 'sha256:' + '4b825dc642cb6eb9' * 4
IMAGE = f'registry.example.org/talelio-backend-api@{DIGEST}'
GIVEN = {
    'AWS_ACCOUNT_ID': 'account',
    'AWS_REGION': 'eu-north-1',
    'SECRET_NAME': 'talelio-AbCdEf',
    'API_HOST': 'api.example.org',
    'CLIENT_URL': 'https://example.org',
    'CORS_ORIGINS': 'https://example.org',
    'REGISTRATION': 'closed',
    'S3_BUCKET': 'content',
    'S3_BACKUPS_BUCKET': 'backups',
    'MAIL_SENDER': 'talelio@example.org',
    'CERT_RESOLVER': 'letsencrypt',
    'BACKUP_AGE_RECIPIENTS': 'age1recipient',
}
Calls = list[tuple[str, dict[str, Any]]]


class Cloud:
    """As much of ECS and ECR as a delivery sees."""

    def __init__(self) -> None:
        self.exit_code = 0
        self.room = True
        self.goes_back: str | None = None
        self.findings: dict[str, int] = {'MEDIUM': 3}
        self.calls: Calls = []
        self._serving: dict[str, str] = {}

    def answer(self, action: str, asked: dict[str, Any]) -> dict[str, Any]:
        self.calls.append((action, asked))
        answers: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
            'RegisterTaskDefinition': lambda asked: {
                'taskDefinition': {
                    'taskDefinitionArn': f"arn:task-definition/{asked['family']}:7"
                }
            },
            'RunTask': lambda _: {
                'tasks': [{
                    'taskArn': 'arn:task/1'
                }] if self.room else [],
                'failures': []
            },
            'DescribeTasks': lambda _: {
                'tasks': [{
                    'taskArn': 'arn:task/1',
                    'lastStatus': 'STOPPED',
                    'containers': [{
                        'name': 'migrate',
                        'exitCode': self.exit_code
                    }]
                }]
            },
            'UpdateService': self._update,
            'DescribeServices': self._services,
            'DescribeImageScanFindings': lambda _: {
                'imageScanStatus': {
                    'status': 'COMPLETE'
                },
                'imageScanFindings': {
                    'findingSeverityCounts': self.findings
                }
            },
        }
        return answers[action](asked)

    def _update(self, asked: dict[str, Any]) -> dict[str, Any]:
        name = asked['service']
        back = name == self.goes_back
        self._serving[name] = f'arn:task-definition/{name}:6' if back else asked['taskDefinition']
        return {'service': {'serviceName': name}}

    def _services(self, asked: dict[str, Any]) -> dict[str, Any]:
        return {
            'services': [{
                'serviceName':
                name,
                'status':
                'ACTIVE',
                'desiredCount':
                1,
                'runningCount':
                1,
                'deployments': [{
                    'status': 'PRIMARY',
                    'taskDefinition': self._serving[name]
                }]
            } for name in asked['services']]
        }

    def asked_for(self, action: str) -> list[dict[str, Any]]:
        return [asked for name, asked in self.calls if name == action]


@pytest.fixture(name='cloud')
def _cloud() -> Cloud:
    return Cloud()


@pytest.fixture(name='endpoint')
def _endpoint(cloud: Cloud) -> Iterator[str]:

    class Handler(BaseHTTPRequestHandler):

        def do_POST(self) -> None:  # pylint: disable=invalid-name  # the library calls it so
            asked = json.loads(self.rfile.read(int(self.headers['Content-Length'])))
            action = self.headers['X-Amz-Target'].rpartition('.')[2]
            content = json.dumps(cloud.answer(action, asked)).encode()
            self.send_response(200)
            self.send_header('Content-Type', 'application/x-amz-json-1.1')
            self.send_header('Content-Length', str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: Any) -> None:  # pylint: disable=redefined-builtin
            """Nothing to the terminal."""

    server = ThreadingHTTPServer(('127.0.0.1', 0), Handler)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f'http://127.0.0.1:{server.server_port}'
    server.shutdown()
    server.server_close()
    thread.join()


Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(name='run')
def _run(endpoint: str, aws_folder: Path) -> Run:
    return partial(run_script, endpoint, str(aws_folder))


def run_script(endpoint: str, aws: str, *command: str,
               **changed: str) -> subprocess.CompletedProcess[str]:
    environment = GIVEN | {
        'PATH': os.pathsep.join([aws, str(Path(sys.executable).parent), os.defpath]),
        'HOME': '/nonexistent',
        'AWS_ENDPOINT_URL': endpoint,
        'AWS_ACCESS_KEY_ID': 'key',
        'AWS_SECRET_ACCESS_KEY': 'secret',
        'AWS_DEFAULT_REGION': 'eu-north-1',
        'AWS_EC2_METADATA_DISABLED': 'true',
    } | changed
    return subprocess.run([ROOT / 'scripts' / command[0], *command[1:]],
                          env=environment,
                          capture_output=True,
                          text=True,
                          timeout=300,
                          check=False)


def test_delivery_migrates_and_then_changes_the_services(cloud: Cloud, run: Run) -> None:
    delivered = run('deliver.sh', IMAGE)
    assert delivered.returncode == 0, delivered.stderr
    assert [action for action, _ in cloud.calls if not action.startswith('Describe')] == [
        'RegisterTaskDefinition', 'RunTask', 'RegisterTaskDefinition', 'RegisterTaskDefinition',
        'UpdateService', 'UpdateService'
    ]
    registered = cloud.asked_for('RegisterTaskDefinition')
    assert [asked['family'] for asked in registered
            ] == ['talelio-backend-migrate', 'talelio-backend-worker', 'talelio-backend-api']
    images = {part['image'] for asked in registered for part in asked['containerDefinitions']}
    assert images == {IMAGE}
    assert '${' not in json.dumps(registered)
    (task, ) = cloud.asked_for('RunTask')
    assert task['taskDefinition'].endswith('talelio-backend-migrate:7')
    assert {asked['cluster'] for action, asked in cloud.calls if 'cluster' in asked} == {'talelio'}
    assert f'in service: {IMAGE}' in delivered.stdout


def test_failed_migration_changes_no_service(cloud: Cloud, run: Run) -> None:
    cloud.exit_code = 1
    refused = run('deliver.sh', IMAGE)
    assert refused.returncode == 1
    assert 'exit code 1' in refused.stderr and 'no service was changed' in refused.stderr
    assert not cloud.asked_for('UpdateService')


def test_cluster_without_room_changes_no_service(cloud: Cloud, run: Run) -> None:
    cloud.room = False
    refused = run('deliver.sh', IMAGE)
    assert refused.returncode == 1
    assert 'no room' in refused.stderr
    assert not cloud.asked_for('UpdateService')


def test_rollback_runs_no_migration_and_notices_a_service_that_went_back(cloud: Cloud,
                                                                         run: Run) -> None:
    cloud.goes_back = 'talelio-backend-api'
    refused = run('deliver.sh', '--rollback', IMAGE)
    assert refused.returncode == 1
    assert 'talelio-backend-api went back' in refused.stderr
    assert not cloud.asked_for('RunTask')


@pytest.mark.parametrize('image', ['talelio-backend-api:1.0.0', f'x@{DIGEST[:-1]}', 'x@sha256:'])
def test_image_without_digest_is_refused_before_anything(cloud: Cloud, run: Run,
                                                         image: str) -> None:
    assert run('deliver.sh', image).returncode == 1
    assert not cloud.calls


def test_missing_names_are_told_before_anything(cloud: Cloud, run: Run) -> None:
    refused = run('deliver.sh', IMAGE, API_HOST='', CERT_RESOLVER='')
    assert refused.returncode == 1
    assert 'not given: API_HOST' in refused.stderr
    # Only the last of the definitions has it.
    refused = run('deliver.sh', IMAGE, CERT_RESOLVER='')
    assert refused.returncode == 1
    assert 'not given: CERT_RESOLVER' in refused.stderr
    assert not cloud.calls


def test_scan_passes_what_is_not_critical(run: Run) -> None:
    scanned = run('scan_image.sh', 'talelio-backend-api', DIGEST)
    assert scanned.returncode == 0, scanned.stderr
    assert scanned.stdout == f'{DIGEST}: {{"MEDIUM":3}}\n'


def test_scan_refuses_a_critical_finding(cloud: Cloud, run: Run) -> None:
    cloud.findings = {'CRITICAL': 1, 'LOW': 4}
    assert run('scan_image.sh', 'talelio-backend-api', DIGEST).returncode == 1

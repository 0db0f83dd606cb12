"""The image's tree, run as the image runs it: production settings, another user, nothing to write
to but the folder for temporary files."""

import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from talelio_backend.bootstrap import VERSION
from talelio_backend.development import privileges
from talelio_backend.development.ports import free_port
from talelio_backend.development.process import Child
from tests import plain_http
from tests.conftest import Servers, create_database
from tests.eventually import eventually
from tests.image_tree import build_tree, stages

REVISION = '6b1f0c93d2a7e85440fc1be9a3d7726510ce98ab'
USER = 10001


class Image:
    """Starts programs as containers of the image would be started."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.tree, self.temporary, self.logs = (folder / name for name in ('app', 'tmp', 'log'))
        build_tree(self.tree, revision=REVISION)
        self.temporary.mkdir(mode=0o700)
        if os.geteuid() == 0:
            os.chown(self.temporary, USER, USER)
        for path in (self.tree, *self.tree.rglob('*')):
            path.chmod(path.stat().st_mode & ~0o222)
        self.built = self.files()
        declared = {part.keyword: part for part in stages()[-1]}
        self._entry = declared['ENTRYPOINT'].words
        self.default_command = declared['CMD'].words
        variables = dict(word.split('=', 1) for word in declared['ENV'].words)
        self._environment = variables | environment | {
            'TMPDIR': str(self.temporary),
            'HOME': '/nonexistent',
            'PATH': os.defpath,
        }

    def files(self) -> dict[str, int]:
        return {str(path): path.stat().st_mtime_ns for path in self.tree.rglob('*')}

    def program(self, *command: str) -> Child:
        assert self._entry[0] == 'python'
        return Child(name=command[0],
                     command=[sys.executable, *self._entry[1:], *command],
                     environment=self._environment,
                     working_dir=self.tree,
                     log_file=self.logs / f'{command[0]}.out',
                     run_as=privileges.postgres_user(self.temporary, Path(sys.executable)))

    def run(self, *command: str) -> str:
        child = self.program(*command)
        child.start()
        assert child.wait(120) and child.exit_code == 0, self.said(command[0])
        return self.said(command[0])

    def said(self, command: str) -> str:
        return (self.logs / f'{command}.out').read_text(encoding='utf-8')


@pytest.fixture(name='port')
def _port() -> int:
    return free_port()


@pytest.fixture(name='folder')
def _folder() -> Iterator[Path]:
    """One that another user may enter, unlike pytest's own."""
    folder = Path(tempfile.mkdtemp(prefix='talelio-image-'))
    folder.chmod(0o755)
    yield folder
    for path in folder.rglob('*'):
        if path.is_dir():
            path.chmod(0o755)
    shutil.rmtree(folder)


@pytest.fixture(name='image')
def _image(servers: Servers, worker_number: int, port: int, folder: Path) -> Image:
    database = create_database(servers, f'talelio_image_{worker_number}', template='template0')
    environment = {
        'SECRET_KEY': '4f9c2e7a1b8d3605' * 3 + 'e19c04b7f2d8a563',
        'DATABASE_URL': database,
        'REDIS_URL': f'{servers.redis_url.rpartition("/")[0]}/{worker_number}',
        'S3_ENDPOINT_URL': servers.s3_url,
        'S3_BUCKET': f'talelio-test-{worker_number}',
        'S3_BACKUPS_BUCKET': 'talelio-backups',
        'BACKUP_PLAINTEXT': '1',
        'AWS_REGION': 'us-east-1',
        'AWS_ACCESS_KEY_ID': servers.s3_access_key,
        'AWS_SECRET_ACCESS_KEY': servers.s3_secret_key,
        'MAIL_BACKEND': 'smtp',
        'MAIL_SENDER': 'talelio@example.org',
        'TALELIO_METADATA': 'off',
        'SMTP_URL': 'smtp://127.0.0.1:1',
        'PUBLIC_URL': 'https://api.example.org',
        'CLIENT_URL': 'https://example.org',
        'CORS_ORIGINS': 'https://example.org',
        'REGISTRATION': 'closed',
        'PORT': str(port),
        'WEB_CONCURRENCY': '1',
        'WEB_THREADS': '8',
    }
    return Image(folder, environment)


def ready(port: int) -> bool:
    try:
        return plain_http.get(f'http://127.0.0.1:{port}/readyz', timeout=10).status_code == 200
    except httpx.TransportError:
        return False


@pytest.mark.usefixtures('settings')
def test_image_serves_from_a_tree_that_nobody_may_write(image: Image, port: int) -> None:
    assert 'Serve the API' in image.run('--help')
    assert 'schema is at' in image.run('migrate')
    web, worker = image.program(*image.default_command), image.program('worker')
    try:
        web.start()
        worker.start()
        eventually(lambda: ready(port), seconds=90)
        # What is periodic runs once at the start.
        eventually(lambda: '"outcome": "done"' in image.said('worker'), seconds=90)
        version = plain_http.get(f'http://127.0.0.1:{port}/version').json()
        assert (version['version'], version['revision']) == (VERSION, REVISION)
    finally:
        for program in (web, worker):
            program.ask_to_stop()
        assert web.wait(60) and worker.wait(60)
        web.kill()
        worker.kill()
    assert (web.exit_code, worker.exit_code) == (0, 0), image.said('serve')
    assert image.files() == image.built
    assert all(json.loads(line) for line in image.said('serve').splitlines())

"""Redis, started with the command lines of compose.yaml and of its ECS task."""

import os
import shutil
import socket
import stat
from pathlib import Path

import pytest
from redis import Redis
from redis.exceptions import RedisError

from talelio_backend.development import binaries
from talelio_backend.development.ports import HOST, free_port
from talelio_backend.development.process import Child
from tests.deployment_files import container, yaml
from tests.eventually import eventually
from tests.shell import make_secrets


class Started:
    """A Redis that was started as a container starts it."""

    def __init__(self, command: list[str], folder: Path, port: int, **variables: str) -> None:
        self.port = port
        self._child = Child(name='Redis',
                            command=command,
                            environment={'PATH': f'{folder}:{os.defpath}'} | variables,
                            working_dir=folder,
                            log_file=folder / 'redis.log')

    def client(self, password: str | None = None) -> 'Redis':
        return Redis(host=HOST, port=self.port, password=password, socket_timeout=5)

    def __enter__(self) -> 'Started':
        self._child.start()
        try:
            eventually(self._listens)
        except AssertionError:
            self._child.kill()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._child.stop()

    def _listens(self) -> bool:
        with socket.socket() as attempt:
            return attempt.connect_ex((HOST, self.port)) == 0


def check_redis(started: Started, password: str) -> None:
    with pytest.raises(RedisError):
        started.client().ping()
    with started.client(password) as client:
        assert client.ping()
        policy = client.config_get('*')
    assert policy['maxmemory-policy'] == 'noeviction'
    assert (policy['appendonly'], policy['appendfsync']) == ('yes', 'everysec')
    assert int(policy['maxmemory']) > 0


def test_redis_of_compose_knows_the_password_by_its_digest_alone(tmp_path: Path) -> None:
    make_secrets(tmp_path)
    port = free_port()
    command = [
        word.replace('/run/secrets', str(tmp_path))
        for word in yaml('compose.yaml')['services']['redis']['command']
    ]
    command[0] = str(binaries.redis_server())
    password = (tmp_path / 'redis_password').read_text(encoding='ascii')
    assert password not in (tmp_path / 'redis_users').read_text(encoding='ascii')
    with Started([*command, '--port', str(port), '--bind', HOST], tmp_path, port) as started:
        check_redis(started, password)


def test_redis_of_ecs_gets_its_password_by_no_argument(tmp_path: Path) -> None:
    port = free_port()
    part = container('talelio-redis')
    # The image's own start script becomes the user redis; here it just goes on.
    (tmp_path / 'docker-entrypoint.sh').write_text(
        f'#!/bin/sh\nshift\nexec {binaries.redis_server()} "$@" --port {port} --bind {HOST}\n',
        encoding='ascii')
    (tmp_path / 'chown').write_text('#!/bin/sh\n[ "$1" = redis ]\n', encoding='ascii')
    for name in ('docker-entrypoint.sh', 'chown'):
        (tmp_path / name).chmod(0o755)
    command = [word.replace('/tmp/', f'{tmp_path}/') for word in part['command']]
    shell, *options = part['entryPoint']
    with Started([str(shutil.which(shell)), *options, *command],
                 tmp_path,
                 port,
                 REDIS_PASSWORD='a b"c') as started:
        check_redis(started, 'a b"c')
    assert stat.S_IMODE((tmp_path / 'redis.conf').stat().st_mode) == 0o600

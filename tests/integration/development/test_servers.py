import os
import select
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import LiteralString

import boto3
import psycopg
import pytest
import redis
from botocore.client import Config
from botocore.exceptions import ClientError
from mypy_boto3_s3 import S3Client

from talelio_backend.development.servers import PostgresServer, RedisServer, S3Server

ROOT = Path(__file__).parents[3]


def postgres_in(folder: Path, durable: bool = False) -> PostgresServer:
    return PostgresServer(folder / 'postgres',
                          superuser_password='pw-super',
                          password='pw-role',
                          log_file=folder / 'log' / 'postgres.log',
                          durable=durable)


def redis_in(folder: Path) -> RedisServer:
    return RedisServer(folder / 'redis',
                       password='pw-redis',
                       log_file=folder / 'log' / 'redis.log')


def s3_in(folder: Path) -> S3Server:
    return S3Server(folder / 's3',
                    access_key='access',
                    secret_key='pw-s3',
                    log_file=folder / 'log' / 's3.log',
                    buckets=['one', 'two'])


def client(server: S3Server, secret: str = 'pw-s3') -> S3Client:
    return boto3.client('s3',
                        endpoint_url=server.url,
                        aws_access_key_id='access',
                        aws_secret_access_key=secret,
                        region_name=server.region,
                        config=Config(signature_version='s3v4',
                                      request_checksum_calculation='when_required',
                                      response_checksum_validation='when_required'))


def run(url: str, statement: LiteralString) -> list[tuple[object, ...]]:
    with psycopg.connect(url) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else []


def gone(pid: int, seconds: float = 10.0) -> bool:
    try:
        process = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([process], [], [], seconds)[0])
    finally:
        os.close(process)


@pytest.fixture(name='folder')
def _folder(tmp_path: Path) -> Path:
    """Deep, with a space and letters beyond ASCII."""
    deep = tmp_path / 'Straße mit Bäumen' / ('x' * 100)
    deep.mkdir(parents=True)
    return deep


@pytest.fixture(name='postgres')
def _postgres(folder: Path) -> Iterator[PostgresServer]:
    server = postgres_in(folder, durable=True)
    server.start()
    yield server
    server.stop()


@pytest.fixture(name='redis_server')
def _redis_server(folder: Path) -> Iterator[RedisServer]:
    server = redis_in(folder)
    server.start()
    yield server
    server.stop()


@pytest.fixture(name='s3')
def _s3(folder: Path) -> Iterator[S3Server]:
    server = s3_in(folder)
    server.start()
    yield server
    server.stop()


def test_application_role_owns_its_database_and_is_no_superuser(postgres: PostgresServer) -> None:
    run(postgres.url, 'CREATE TABLE kept (id int)')
    assert run(postgres.url,
               'SELECT rolsuper FROM pg_roles WHERE rolname = current_user') == [(False, )]
    assert run(postgres.superuser_url, "SELECT current_setting('is_superuser')") == [('on', )]


def test_database_refuses_a_wrong_password(postgres: PostgresServer) -> None:
    with pytest.raises(psycopg.OperationalError):
        run(postgres.url.replace('pw-role', 'guessed'), 'SELECT 1')


def test_database_keeps_what_was_committed_before_a_kill(postgres: PostgresServer) -> None:
    run(postgres.url, 'CREATE TABLE kept (id int); INSERT INTO kept VALUES (7)')
    assert postgres.pid
    os.kill(postgres.pid, signal.SIGKILL)
    assert gone(postgres.pid)
    assert not postgres.alive()
    postgres.start()
    assert run(postgres.url, 'SELECT id FROM kept') == [(7, )]


def test_log_of_the_database_keeps_no_row_and_no_statement(postgres: PostgresServer,
                                                           folder: Path) -> None:
    run(postgres.url, 'CREATE TABLE known (address text CONSTRAINT uq_known UNIQUE)')
    run(postgres.url, "INSERT INTO known VALUES ('anna@example.org')")
    with pytest.raises(psycopg.errors.UniqueViolation):
        run(postgres.url, "INSERT INTO known VALUES ('anna@example.org')")
    log = (folder / 'log' / 'postgres.log').read_text(encoding='utf-8')
    assert 'uq_known' in log
    assert 'anna' not in log


def test_pid_file_of_a_stranger_is_not_believed(postgres: PostgresServer) -> None:
    postgres.stop()
    stranger = f'{os.getpid()}\n{postgres.data_dir}\n'
    (postgres.data_dir / 'postmaster.pid').write_text(stranger, encoding='utf-8')
    postgres.start()
    assert run(postgres.url, 'SELECT 1') == [(1, )]


def test_orphan_on_the_same_cluster_is_ended_first(postgres: PostgresServer, folder: Path) -> None:
    orphan = postgres.pid
    assert orphan
    successor = postgres_in(folder)
    successor.start()
    try:
        assert gone(orphan)
        assert run(successor.url, 'SELECT 1') == [(1, )]
    finally:
        successor.stop()


def test_interrupted_initialisation_is_begun_anew(folder: Path) -> None:
    half = folder / 'postgres.new'
    half.mkdir(mode=0o700)
    (half / 'PG_VERSION').write_text('18\n', encoding='utf-8')
    server = postgres_in(folder)
    server.start()
    server.stop()
    assert not half.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason='only root has this problem')
def test_root_hands_postgres_to_another_user_behind_closed_doors(tmp_path: Path) -> None:
    closed = tmp_path / 'closed'
    closed.mkdir(mode=0o700)
    server = postgres_in(closed)
    server.start()
    try:
        assert Path(f'/proc/{server.pid}').stat().st_uid != 0
        assert run(server.url, 'SELECT 1') == [(1, )]
    finally:
        server.stop()


def test_redis_asks_for_its_password(redis_server: RedisServer) -> None:
    with redis.Redis(port=redis_server.port) as stranger:
        with pytest.raises(redis.AuthenticationError):
            stranger.ping()


def test_redis_keeps_what_it_answered_before_a_kill(redis_server: RedisServer) -> None:
    with redis.Redis.from_url(redis_server.url) as known:
        known.set('key', 'value')
    assert redis_server.pid
    os.kill(redis_server.pid, signal.SIGKILL)
    assert gone(redis_server.pid)
    redis_server.start()
    with redis.Redis.from_url(redis_server.url) as known:
        assert known.get('key') == b'value'
        assert known.config_get('maxmemory-policy') == {'maxmemory-policy': 'noeviction'}


def test_objects_are_files_of_their_bucket(s3: S3Server) -> None:
    client(s3).put_object(Bucket='one', Key='folder/ä.txt', Body=b'text')
    assert (s3.data_dir / 'one' / 'folder' / 'ä.txt').read_bytes() == b'text'
    assert [entry['Name'] for entry in client(s3).list_buckets()['Buckets']] == ['one', 'two']


def test_objects_are_refused_to_a_stranger(s3: S3Server) -> None:
    with pytest.raises(ClientError):
        client(s3, secret='guessed').list_objects_v2(Bucket='one')


@pytest.mark.parametrize('kind', ['postgres', 'redis', 's3'])
def test_no_secret_stands_on_a_command_line(kind: str, request: pytest.FixtureRequest) -> None:
    server = request.getfixturevalue({'redis': 'redis_server'}.get(kind, kind))
    line = Path(f'/proc/{server.pid}/cmdline').read_bytes()
    assert line
    assert not any(secret in line for secret in (b'pw-super', b'pw-role', b'pw-redis', b'pw-s3'))


@pytest.mark.parametrize('kind', ['postgres', 'redis', 's3'])
def test_servers_die_with_a_killed_parent(kind: str, folder: Path) -> None:
    program = textwrap.dedent(f'''
        import signal, sys
        from pathlib import Path
        sys.path[:0] = [{str(ROOT)!r}, {str(Path(__file__).parent)!r}]
        from test_servers import {kind}_in
        server = {kind}_in(Path({str(folder)!r}))
        server.start()
        print(server.pid, flush=True)
        signal.pause()
    ''')
    with subprocess.Popen([sys.executable, '-c', program], stdout=subprocess.PIPE) as parent:
        assert parent.stdout
        pid = int(parent.stdout.readline())
        parent.kill()
    assert gone(pid)

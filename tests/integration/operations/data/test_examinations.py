from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from redis import Redis
from sqlalchemy import Engine

from talelio_backend.bootstrap import House
from talelio_backend.operations.data.database_examinations import (examine_clock, examine_database,
                                                                   examine_schema, examine_worker)
from talelio_backend.operations.data.service_examinations import (examine_backups_private,
                                                                  examine_disk, examine_mail,
                                                                  examine_objects, examine_proxies,
                                                                  examine_redis,
                                                                  examine_redis_policy)
from talelio_backend.operations.domain.diagnosis import Health
from talelio_backend.settings import Settings
from talelio_backend.shared.data.health import check_database, code_revisions
from talelio_backend.shared.data.s3_connection import S3Options, connect
from talelio_backend.shared.domain.errors import SessionStoreUnavailable
from talelio_backend.shared.services.mailer import MailUnavailable
from tests.fakes import RecordingMailer


@pytest.fixture(name='engine')
def read_engine(house: House) -> Engine:
    return house.read_engine


def execute(engine: Engine, statement: str) -> None:
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)


def test_more_connections_than_the_server_offers_fail(engine: Engine) -> None:
    assert examine_database(engine, wanted=10)().health is Health.OK
    finding = examine_database(engine, wanted=100_000)()
    assert finding.health is Health.FAILED
    assert '100000 of ' in finding.detail
    assert 'DATABASE_POOL_SIZE' in str(finding.remedy)


def test_a_schema_that_is_behind_or_ahead_fails(engine: Engine) -> None:
    head, known = code_revisions()
    examine = examine_schema(check_database(engine, head=head, known=known))
    assert examine().health is Health.OK
    outdated = examine_schema(check_database(engine, head='newer', known=known | {'newer'}))()
    assert (outdated.health, outdated.remedy) == (Health.FAILED, 'Run the command `migrate`.')
    ahead = examine_schema(check_database(engine, head='old', known=frozenset({'old'})))()
    assert ahead.health is Health.FAILED and 'version' in str(ahead.remedy)


def test_the_clock_is_compared_with_the_database(engine: Engine,
                                                 monkeypatch: pytest.MonkeyPatch) -> None:
    assert examine_clock(engine, offset=0)().health is Health.OK
    assert examine_clock(engine, offset=60)().health is Health.WARNING
    monkeypatch.setattr('time.time', lambda: 1_000_000_000.0)
    finding = examine_clock(engine, offset=0)()
    assert finding.health is Health.FAILED and 'NTP' in str(finding.remedy)


@pytest.mark.parametrize('silent, health', [(None, Health.FAILED), (5, Health.OK),
                                            (600, Health.FAILED)])
def test_a_worker_that_gives_no_sign_fails(engine: Engine, silent: int | None,
                                           health: Health) -> None:
    if silent is not None:
        execute(
            engine, 'INSERT INTO procrastinate_workers (last_heartbeat) '
            f"VALUES (now() - interval '{silent} seconds')")
    assert examine_worker(engine)().health is health


def test_redis_is_told_by_its_version(house: House) -> None:
    finding = examine_redis(house.kernel.redis)()
    assert finding.health is Health.OK and finding.detail.startswith('Redis ')


@pytest.fixture(name='configure')
def redis_configuration(house: House) -> Iterator[Callable[[str, str], None]]:
    redis = house.kernel.redis
    before = [('maxmemory-policy', 'noeviction'), ('appendonly', 'no')]
    before = [(name, str(dict(_told(redis, name))[name])) for name, _value in before]

    def configure(name: str, value: str) -> None:
        redis.config_set(name, value)

    yield configure
    for name, value in before:
        redis.config_set(name, value)


def _told(redis: Redis, name: str) -> dict[str, str]:
    answer: Any = redis.config_get(name)
    return {_text(key): _text(value) for key, value in answer.items()}


def _text(value: bytes | str) -> str:
    return value.decode() if isinstance(value, bytes) else value


def test_a_policy_that_evicts_sessions_fails(house: House, configure: Callable[[str, str],
                                                                               None]) -> None:
    examine = examine_redis_policy(house.kernel.redis)
    configure('maxmemory-policy', 'noeviction')
    assert examine().health in (Health.OK, Health.WARNING)
    configure('maxmemory-policy', 'allkeys-lru')
    finding = examine()
    assert finding.health is Health.FAILED and 'allkeys-lru' in finding.detail


def test_redis_that_is_down_is_said_so() -> None:
    nowhere = Redis(host='127.0.0.1', port=1, socket_connect_timeout=1)
    with pytest.raises(SessionStoreUnavailable):
        examine_redis(nowhere)()


def test_the_bucket_of_the_images_answers(house: House, settings: Settings) -> None:
    finding = examine_objects(house.kernel.objects, bucket=settings.s3_bucket)()
    assert finding.health is Health.OK and settings.s3_bucket in finding.detail


def test_backups_that_refuse_strangers_are_private(house: House, settings: Settings) -> None:
    house.kernel.objects.put('private.txt', b'1', content_type='text/plain', cache_control='')
    options = S3Options(region=settings.aws_region,
                        endpoint_url=settings.s3_endpoint_url,
                        access_key=settings.aws_access_key_id,
                        secret_key=settings.aws_secret_access_key)
    assert connect(options).list_objects_v2(Bucket=settings.s3_bucket)['KeyCount']
    assert examine_backups_private(options, bucket=settings.s3_bucket)().health is Health.OK


_LISTED = (b'<ListBucketResult><KeyCount>1</KeyCount>'
           b'<Contents><Key>a.dump</Key></Contents></ListBucketResult>')


class Generous(BaseHTTPRequestHandler):
    """A bucket that tells its list, or its objects, to everybody."""

    lists = True

    def do_GET(self) -> None:  # pylint: disable=invalid-name  # the library's name
        signed = 'Authorization' in self.headers
        listing = 'list-type' in self.path
        refused = not signed and listing and not self.lists
        answer = _LISTED if listing else b'P'
        answer = b'<Error><Code>AccessDenied</Code></Error>' if refused else answer
        self.send_response(403 if refused else 200)
        self.send_header('Content-Length', str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: Any) -> None:  # pylint: disable=redefined-builtin
        pass


@pytest.mark.parametrize('lists', [True, False])
def test_backups_that_answer_strangers_fail(lists: bool) -> None:
    handler = type('Handler', (Generous, ), {'lists': lists})
    server = HTTPServer(('127.0.0.1', 0), handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        options = S3Options(region='eu-north-1',
                            endpoint_url=f'http://127.0.0.1:{server.server_port}',
                            access_key='some-key',
                            secret_key='some-secret')
        finding = examine_backups_private(options, bucket='backups')()
        assert finding.health is Health.FAILED and 'strangers' in finding.detail
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_mail_that_cannot_be_handed_over_fails() -> None:
    mailer = RecordingMailer()
    assert examine_mail(mailer, way='smtp')().detail == 'smtp'
    mailer.down = True
    with pytest.raises(MailUnavailable):
        examine_mail(mailer, way='smtp')()
    assert not mailer.sent


def test_the_disk_of_a_folder_that_is_not_there_yet_is_that_above_it(tmp_path: Path) -> None:
    assert examine_disk(tmp_path / 'not' / 'yet')().detail.endswith('%')


@pytest.mark.parametrize('free, health', [(500, Health.OK), (100, Health.WARNING),
                                          (10, Health.FAILED)])
def test_a_disk_that_fills_up_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int,
                                      health: Health) -> None:
    usage = type('Usage', (), {'free': free, 'total': 1000})
    monkeypatch.setattr('shutil.disk_usage', lambda _folder: usage)
    assert examine_disk(tmp_path)().health is health


@pytest.mark.parametrize('networks, production, health', [(('10.0.0.0/8', ), True, Health.OK),
                                                          ((), True, Health.WARNING),
                                                          ((), False, Health.SKIPPED)])
def test_production_without_a_proxy_is_doubtful(networks: tuple[str, ...], production: bool,
                                                health: Health) -> None:
    assert examine_proxies(networks, production=production)().health is health

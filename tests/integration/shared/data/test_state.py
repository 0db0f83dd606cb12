"""What the health checks and the gauges say of real servers, up and down."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from redis import Redis
from sqlalchemy import Engine, make_url, text

from talelio_backend.bootstrap import House
from talelio_backend.development.ports import free_port
from talelio_backend.shared.data.database import build_engine
from talelio_backend.shared.data.health import (check_database, check_objects, check_redis,
                                                code_revisions, schema_status)
from talelio_backend.shared.data.object_store import S3ObjectStore
from talelio_backend.shared.data.redis import build_redis
from talelio_backend.shared.data.s3_connection import S3Options
from talelio_backend.shared.data.state_metrics import STATUSES, StateCollector
from talelio_backend.shared.domain.errors import (DatabaseUnavailable, SessionStoreUnavailable,
                                                  StorageUnavailable)
from talelio_backend.shared.services.jobs import Job

Check = Callable[[], Mapping[str, Any]]


def dead_engine(house: House) -> Engine:
    url = make_url(house.settings.database_url).set(port=free_port())
    return build_engine(url.render_as_string(hide_password=False),
                        pool_size=1,
                        overflow=0,
                        timeout=1,
                        statement_timeout=1,
                        lock_timeout=1,
                        autocommit=True)


def gauges(engine: Engine) -> dict[str, float]:
    return {
        ' '.join([sample.name, *sample.labels.values()]): sample.value
        for family in StateCollector(engine).collect()
        for sample in family.samples
    }


def test_database_at_the_codes_head_is_good(house: House) -> None:
    head, known = code_revisions()

    answer = check_database(house.read_engine, head=head, known=known)()

    assert answer == {'status': 'ok', 'revision': head}


@pytest.mark.parametrize(('present', 'status'), [('b', 'ok'), ('a', 'schema_outdated'),
                                                 (None, 'schema_outdated'), ('z', 'schema_ahead')])
def test_schema_is_compared_with_what_the_code_knows(present: str | None, status: str) -> None:
    assert schema_status(present, head='b', known=frozenset('ab')) == status


def test_database_that_nobody_migrated_is_outdated(house: House) -> None:
    engine = house.kernel.engine
    with engine.begin() as connection:
        connection.execute(text('ALTER TABLE alembic_version RENAME TO aside'))
    try:
        answer = check_database(house.read_engine, head='b', known=frozenset('ab'))()
    finally:
        with engine.begin() as connection:
            connection.execute(text('ALTER TABLE aside RENAME TO alembic_version'))

    assert answer == {'status': 'schema_outdated', 'revision': None}


def test_parts_that_are_there_are_good(house: House) -> None:
    assert check_redis(house.kernel.redis)() == {'status': 'ok'}
    assert check_objects(house.kernel.objects)() == {'status': 'ok'}


def test_parts_that_are_gone_say_which(house: House) -> None:
    port = free_port()
    redis: Redis = build_redis(f'redis://127.0.0.1:{port}/0')
    objects = S3ObjectStore(S3Options(region='eu-north-1',
                                      endpoint_url=f'http://127.0.0.1:{port}',
                                      access_key='some-key',
                                      secret_key='some-secret'),
                            bucket='content')

    with pytest.raises(DatabaseUnavailable):
        check_database(dead_engine(house), head='b', known=frozenset())()
    with pytest.raises(SessionStoreUnavailable):
        check_redis(redis)()
    with pytest.raises(StorageUnavailable):
        check_objects(objects)()


def test_gauges_are_there_before_the_first_job(house: House) -> None:
    found = gauges(house.read_engine)

    assert found == {
        f'talelio_jobs {status}': 0
        for status in STATUSES
    } | {
        'talelio_job_oldest_seconds': 0,
        'talelio_worker_last_seen_timestamp_seconds': 0
    }


def test_gauges_tell_of_waiting_jobs_and_of_the_worker(house: House) -> None:
    later = datetime.now(UTC) + timedelta(hours=1)
    house.kernel.jobs.defer(Job(name='sample'), Job(name='sample', run_at=later))
    with house.kernel.engine.begin() as connection:
        connection.execute(text("UPDATE procrastinate_events SET at = at - interval '90 seconds'"))
        connection.execute(text('INSERT INTO procrastinate_workers DEFAULT VALUES'))

    found = gauges(house.read_engine)

    assert found['talelio_jobs todo'] == 2
    assert 90 <= found['talelio_job_oldest_seconds'] < 150
    assert abs(found['talelio_worker_last_seen_timestamp_seconds'] -
               datetime.now(UTC).timestamp()) < 60


def test_gauges_of_a_dead_database_are_left_out(house: House) -> None:
    assert not gauges(dead_engine(house))

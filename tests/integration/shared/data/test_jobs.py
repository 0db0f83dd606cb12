from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, text

from talelio_backend.shared.data.jobs import ProcrastinateJobs
from talelio_backend.shared.domain.errors import DatabaseUnavailable
from talelio_backend.shared.services.jobs import Job
from talelio_backend.shared.services.provenance import Provenance, acting_as
from tests.integration.shared.data.conftest import build


@pytest.fixture(name='jobs')
def make_jobs(engine: Engine) -> ProcrastinateJobs:
    return ProcrastinateJobs(engine)


def stored(engine: Engine) -> list[Any]:
    with engine.connect() as connection:
        return list(connection.execute(text('SELECT * FROM procrastinate_jobs ORDER BY id')))


def test_job_is_stored_as_it_is_meant(engine: Engine, jobs: ProcrastinateJobs) -> None:
    later = datetime.now(UTC) + timedelta(days=2)
    job = Job(name='a.b', arguments={'ä': [1, None, {'x': 'y'}]}, run_at=later, lock='l', once='o')
    with acting_as(Provenance(request_id='r')):
        jobs.defer(job)
    [row] = stored(engine)
    assert (row.task_name, row.status, row.scheduled_at) == ('a.b', 'todo', later)
    assert (row.lock, row.queueing_lock) == ('l', 'o')
    assert row.args == {'arguments': {'ä': [1, None, {'x': 'y'}]}, 'request_id': 'r'}


def test_several_jobs_keep_their_order(engine: Engine, jobs: ProcrastinateJobs) -> None:
    jobs.defer(*(Job(name=f'job {number}') for number in range(5)))
    assert [row.task_name for row in stored(engine)] == [f'job {number}' for number in range(5)]


def test_nothing_to_do_is_nothing(engine: Engine, jobs: ProcrastinateJobs) -> None:
    jobs.defer()
    assert not stored(engine)


def test_job_that_waits_already_is_not_added(engine: Engine, jobs: ProcrastinateJobs) -> None:
    once = Job(name='a', once='only')
    jobs.defer(once, Job(name='b'), once)
    jobs.defer(once)
    jobs.defer(Job(name='a', once='other'))
    assert sorted((row.task_name, row.queueing_lock) for row in stored(engine)
                  if row.queueing_lock) == [('a', 'only'), ('a', 'other')]
    assert [row.task_name for row in stored(engine)].count('b') == 1


def test_job_that_runs_may_be_added_again(engine: Engine, jobs: ProcrastinateJobs) -> None:
    jobs.defer(Job(name='a', once='only'))
    with engine.begin() as connection:
        connection.execute(text("UPDATE procrastinate_jobs SET status = 'doing'"))
    jobs.defer(Job(name='a', once='only'))
    assert [row.status for row in stored(engine)] == ['doing', 'todo']


def test_refused_double_leaves_the_transaction_usable(engine: Engine,
                                                      jobs: ProcrastinateJobs) -> None:
    once = Job(name='a', once='only')
    jobs.defer(once)
    with engine.begin() as connection:
        jobs.write(connection, [once])
        connection.execute(text("INSERT INTO boat_log (what) VALUES ('still here')"))
    with engine.connect() as connection:
        assert connection.scalar(text('SELECT count(*) FROM boat_log')) == 1


def test_jobs_are_undone_with_their_transaction(engine: Engine, jobs: ProcrastinateJobs) -> None:
    with engine.connect() as connection:
        jobs.write(connection, [Job(name='a'), Job(name='b', once='b')])
        connection.rollback()
    assert not stored(engine)


def test_database_that_is_down_is_unavailable(nowhere: str) -> None:
    engine = build(nowhere)
    with pytest.raises(DatabaseUnavailable):
        ProcrastinateJobs(engine).defer(Job(name='a'))
    engine.dispose()

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, text

from talelio_backend.bootstrap import House
from talelio_backend.shared.data.jobs import ProcrastinateJobs
from talelio_backend.shared.data.restored_queue import RestoredQueue
from talelio_backend.shared.services.jobs import Job
from tests.fakes import NOON, FakeClock


@pytest.fixture(name='jobs')
def make_jobs(engine: Engine) -> ProcrastinateJobs:
    return ProcrastinateJobs(engine)


@pytest.fixture(name='queue')
def make_queue(engine: Engine) -> RestoredQueue:
    return RestoredQueue(engine, FakeClock(NOON), notifying=['mail'])


def stored(engine: Engine) -> dict[str, Any]:
    """The jobs by the name that they carry."""
    with engine.connect() as connection:
        rows = connection.execute(
            text("SELECT *, args #>> '{arguments,name}' AS name "
                 'FROM procrastinate_jobs')).all()
    return {row.name: row for row in rows}


def named(name: str, task: str, **more: Any) -> Job:
    return Job(name=task, arguments={'name': name}, **more)


def begin_all(engine: Engine) -> None:
    """As if a worker had taken every job."""
    with engine.begin() as connection:
        connection.execute(
            text('WITH worker AS (INSERT INTO procrastinate_workers DEFAULT VALUES RETURNING id) '
                 "UPDATE procrastinate_jobs SET status = 'doing', worker_id = worker.id "
                 'FROM worker'))


def test_what_was_to_be_told_is_superseded_and_other_work_goes_on(engine: Engine,
                                                                  jobs: ProcrastinateJobs,
                                                                  queue: RestoredQueue) -> None:
    jobs.defer(named('mail', 'mail'), named('overdue', 'mail', run_at=NOON - timedelta(hours=1)),
               named('picture', 'picture'))

    queue.settle()

    found = stored(engine)
    assert {
        name: row.status
        for name, row in found.items()
    } == {
        'mail': 'cancelled',
        'overdue': 'cancelled',
        'picture': 'todo'
    }
    assert found['mail'].args['superseded_at'] == '2026-03-14T12:00:00+00:00'
    assert found['mail'].args['arguments'] == {'name': 'mail'}
    assert 'superseded_at' not in found['picture'].args


def test_what_is_to_be_told_later_is_told_then(engine: Engine, jobs: ProcrastinateJobs,
                                               queue: RestoredQueue) -> None:
    jobs.defer(named('reminder', 'mail', run_at=NOON + timedelta(days=1)))
    queue.settle()
    assert stored(engine)['reminder'].status == 'todo'


def test_work_of_the_workers_of_that_time_is_given_back(engine: Engine, jobs: ProcrastinateJobs,
                                                        queue: RestoredQueue) -> None:
    jobs.defer(named('mail', 'mail'), named('running', 'picture', once='picture'))
    begin_all(engine)
    jobs.defer(named('waiting', 'picture', once='picture'))

    queue.settle()

    found = stored(engine)
    assert (found['mail'].status, found['mail'].worker_id) == ('cancelled', None)
    assert (found['running'].status, found['running'].worker_id) == ('todo', None)
    assert found['waiting'].queueing_lock == 'picture'
    with engine.connect() as connection:
        assert connection.scalar(text('SELECT count(*) FROM procrastinate_workers')) == 0


def test_no_number_of_the_replaced_queue_is_used_again(engine: Engine, jobs: ProcrastinateJobs,
                                                       queue: RestoredQueue) -> None:
    queue.settle()
    jobs.defer(named('after', 'picture'))
    begin_all(engine)
    after = stored(engine)['after']
    assert min(after.id, after.worker_id) > NOON.timestamp() * 1000
    assert max(after.id, after.worker_id) < 2**53  # a number that JSON keeps exactly

    queue.settle()

    jobs.defer(named('later', 'picture'))
    assert stored(engine)['later'].id > after.id


def test_every_mail_is_told_to_be_one(house: House) -> None:
    notifying = {handler.name for handler in house.handlers if handler.notifies}
    assert 'accounts.send_mail' in notifying
    assert not {name for name in notifying if 'sweep' in name or 'image' in name}

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import Engine, make_url, text

from talelio_backend.shared.data.jobs import ProcrastinateJobs
from talelio_backend.shared.data.secrets_manager import DatabaseAddress
from talelio_backend.shared.data.worker import build_worker_app
from talelio_backend.shared.services.jobs import Handler, Job
from talelio_backend.shared.services.provenance import provenance
from tests.eventually import eventually

ROOT = Path(__file__).parents[4]
Start = Callable[..., subprocess.Popen[bytes]]


@pytest.fixture(name='jobs')
def make_jobs(engine: Engine) -> ProcrastinateJobs:
    return ProcrastinateJobs(engine)


@pytest.fixture(name='start')
def start_workers(scratch_url: str, tmp_path: Path, engine: Engine) -> Iterator[Start]:
    """Starts worker processes that are gone when the test ends."""
    assert engine
    started: list[subprocess.Popen[bytes]] = []

    def start(grace: float = 5) -> subprocess.Popen[bytes]:
        command = [
            sys.executable, '-m', 'tests.worker_process', scratch_url,
            str(tmp_path),
            str(grace)
        ]
        log = (tmp_path / f'worker-{len(started)}.log').open('wb')
        with log:
            # pylint: disable-next=consider-using-with  # ended below
            started.append(subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()


def statuses(engine: Engine, name: str) -> list[tuple[str, int]]:
    with engine.connect() as connection:
        return [(row.status, row.attempts) for row in connection.execute(
            text('SELECT status, attempts FROM procrastinate_jobs WHERE task_name = :name '
                 'ORDER BY id'), {'name': name})]


def lines(file: Path) -> int:
    return len(file.read_text(encoding='utf-8').splitlines()) if file.exists() else 0


class Drill:
    """Runs what waits with the worker's own tasks, inside the test's process."""

    def __init__(self, url: str, engine: Engine) -> None:
        self._url = url
        self.engine = engine
        self.seen: list[tuple[str, str]] = []

    def run(self, *handlers: Handler) -> None:
        app = build_worker_app(DatabaseAddress(self._url), handlers,
                               lambda *seen: self.seen.append(seen))

        async def until_nothing_waits() -> None:
            async with app.open_async():
                await app.run_worker_async(wait=False,
                                           install_signal_handlers=False,
                                           listen_notify=False,
                                           delete_jobs='successful')

        asyncio.run(until_nothing_waits())

    def pause(self) -> float:
        """Seconds until the only job runs again; makes it run now."""
        with self.engine.begin() as connection:
            seconds = connection.scalar(
                text('SELECT extract(epoch FROM scheduled_at - clock_timestamp()) '
                     'FROM procrastinate_jobs'))
            connection.execute(text('UPDATE procrastinate_jobs SET scheduled_at = now()'))
        return float(seconds or 0)


@pytest.fixture(name='drill')
def make_drill(scratch_url: str, engine: Engine) -> Drill:
    return Drill(scratch_url, engine)


def test_job_gets_its_arguments_and_its_request(drill: Drill, jobs: ProcrastinateJobs) -> None:
    got: list[Any] = []

    def run(**arguments: Any) -> None:
        got.append((arguments, provenance().request_id, provenance().actor_id))

    jobs.defer(Job(name='a', arguments={'x': 1, 'context': 'mine', 'timestamp': 'too'}))
    drill.run(Handler(name='a', run=run))
    assert got == [({'x': 1, 'context': 'mine', 'timestamp': 'too'}, None, None)]
    assert drill.seen == [('a', 'done')]
    assert not statuses(drill.engine, 'a')


def test_failing_job_is_tried_again_after_growing_pauses(drill: Drill,
                                                         jobs: ProcrastinateJobs) -> None:
    exhausted: list[Any] = []

    def fail(*, x: int) -> None:
        raise ValueError(x)

    handler = Handler(name='a',
                      run=fail,
                      attempts=5,
                      pause=10,
                      longest_pause=60,
                      on_exhausted=lambda **arguments: exhausted.append(arguments))
    jobs.defer(Job(name='a', arguments={'x': 7}))
    pauses = []
    for attempt in range(1, 5):
        drill.run(handler)
        assert statuses(drill.engine, 'a') == [('todo', attempt)]
        pauses.append(drill.pause())
    assert [round(pause / 10) for pause in pauses] == [1, 2, 4, 6]
    assert not exhausted
    drill.run(handler)
    assert statuses(drill.engine, 'a') == [('failed', 5)]
    assert exhausted == [{'x': 7}]
    assert drill.seen == [('a', 'retry')] * 4 + [('a', 'failed')]


def test_job_that_failed_and_then_succeeds_is_gone(drill: Drill, jobs: ProcrastinateJobs) -> None:
    failures = [OSError(), OSError()]

    def run() -> None:
        if failures:
            raise failures.pop()

    jobs.defer(Job(name='a'))
    for _ in range(3):
        drill.run(Handler(name='a', run=run))
        drill.pause()
    assert not statuses(drill.engine, 'a')
    assert [outcome for _, outcome in drill.seen] == ['retry', 'retry', 'done']


def test_job_with_one_attempt_fails_at_once(drill: Drill, jobs: ProcrastinateJobs) -> None:

    def fail() -> None:
        raise OSError

    jobs.defer(Job(name='a'))
    drill.run(Handler(name='a', run=fail, attempts=1))
    assert statuses(drill.engine, 'a') == [('failed', 1)]


def test_job_without_a_handler_fails_and_stops_nobody(drill: Drill,
                                                      jobs: ProcrastinateJobs) -> None:
    done: list[bool] = []
    jobs.defer(Job(name='unknown'), Job(name='a'))
    drill.run(Handler(name='a', run=lambda: done.append(True)))
    assert done == [True]
    assert [status for status, _ in statuses(drill.engine, 'unknown')] == ['failed']


def test_job_of_later_waits(drill: Drill, jobs: ProcrastinateJobs) -> None:
    done: list[bool] = []
    jobs.defer(Job(name='a', run_at=datetime.now(UTC) + timedelta(hours=1)))
    drill.run(Handler(name='a', run=lambda: done.append(True)))
    assert not done
    drill.pause()
    drill.run(Handler(name='a', run=lambda: done.append(True)))
    assert done


def test_periodic_job_runs_when_a_worker_starts(start: Start, tmp_path: Path) -> None:
    start()
    assert eventually(lambda: lines(tmp_path / 'yearly')) == 1
    assert eventually((tmp_path / 'beats').exists)


def test_periodic_job_runs_in_one_worker_at_a_time(start: Start, jobs: ProcrastinateJobs,
                                                   tmp_path: Path) -> None:
    jobs.defer(Job(name='hang', arguments={'name': 'before'}, lock='yearly'))
    start()
    eventually(lambda: lines(tmp_path / 'before.begun'))
    jobs.defer(Job(name='note', arguments={'name': 'after'}))
    eventually(lambda: lines(tmp_path / 'after'))
    assert lines(tmp_path / 'yearly') == 0
    (tmp_path / 'go').touch()
    assert eventually(lambda: lines(tmp_path / 'yearly')) == 1


def test_job_of_a_killed_worker_is_done_by_the_next(start: Start, jobs: ProcrastinateJobs,
                                                    engine: Engine, tmp_path: Path) -> None:
    jobs.defer(Job(name='hang', arguments={'name': 'slow'}, once='slow', lock='slow'))
    first = start()
    eventually(lambda: lines(tmp_path / 'slow.begun'))
    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    assert statuses(engine, 'hang') == [('doing', 0)]
    jobs.defer(Job(name='hang', arguments={'name': 'newer'}, once='slow', lock='slow'))
    (tmp_path / 'go').touch()
    start()
    eventually(lambda: lines(tmp_path / 'slow') and lines(tmp_path / 'newer'))
    eventually(lambda: not statuses(engine, 'hang'))
    assert lines(tmp_path / 'slow.begun') == 2


def test_job_that_kills_its_workers_fails_in_the_end(start: Start, jobs: ProcrastinateJobs,
                                                     engine: Engine, tmp_path: Path) -> None:
    jobs.defer(Job(name='fatal', arguments={'name': 'last words'}))
    for _ in range(2):
        assert start().wait(60) == -signal.SIGKILL
        assert [status for status, _ in statuses(engine, 'fatal')] == ['doing']
    start()
    eventually(lambda: statuses(engine, 'fatal') == [('failed', 2)])
    eventually(lambda: lines(tmp_path / 'last words'))


def test_job_of_a_living_worker_is_left_to_it(start: Start, jobs: ProcrastinateJobs,
                                              tmp_path: Path) -> None:
    jobs.defer(Job(name='hang', arguments={'name': 'slow'}))
    start()
    eventually(lambda: lines(tmp_path / 'slow.begun'))
    start()
    # The second one has looked for dead workers when it has done something of its own.
    for number in range(20):
        jobs.defer(Job(name='note', arguments={'name': f'n{number}'}))
        eventually(partial(lines, tmp_path / f'n{number}'))
        (tmp_path / 'beats').unlink(missing_ok=True)
        eventually((tmp_path / 'beats').exists)
    assert lines(tmp_path / 'slow.begun') == 1
    (tmp_path / 'go').touch()
    eventually(lambda: lines(tmp_path / 'slow'))


@pytest.mark.parametrize('number', [signal.SIGTERM, signal.SIGINT])
def test_stopped_worker_lets_its_job_end(start: Start, jobs: ProcrastinateJobs, engine: Engine,
                                         tmp_path: Path, number: signal.Signals) -> None:
    jobs.defer(Job(name='hang', arguments={'name': 'slow'}))
    process = start(grace=30)
    eventually(lambda: lines(tmp_path / 'slow.begun'))
    process.send_signal(number)
    eventually(lambda: 'worker_stopping' in (tmp_path / 'worker-0.log').read_text())
    jobs.defer(Job(name='note', arguments={'name': 'too late'}))
    (tmp_path / 'go').touch()
    assert process.wait(60) == 0
    assert lines(tmp_path / 'slow') == 1
    assert not statuses(engine, 'hang')
    assert not lines(tmp_path / 'too late')


def test_job_of_a_stopping_worker_is_not_given_to_another(start: Start, jobs: ProcrastinateJobs,
                                                          tmp_path: Path) -> None:
    jobs.defer(Job(name='hang', arguments={'name': 'slow'}))
    first = start(grace=30)
    eventually(lambda: lines(tmp_path / 'slow.begun'))
    first.terminate()
    eventually(lambda: 'worker_stopping' in (tmp_path / 'worker-0.log').read_text())
    start()
    for _ in range(20):
        (tmp_path / 'beats').unlink(missing_ok=True)
        eventually((tmp_path / 'beats').exists)
    assert lines(tmp_path / 'slow.begun') == 1
    (tmp_path / 'go').touch()
    assert first.wait(60) == 0


def test_job_that_outlives_the_grace_is_given_back(start: Start, jobs: ProcrastinateJobs,
                                                   engine: Engine, tmp_path: Path) -> None:
    jobs.defer(Job(name='hang', arguments={'name': 'slow'}))
    process = start(grace=0.5)
    eventually(lambda: lines(tmp_path / 'slow.begun'))
    process.terminate()
    assert process.wait(60) == 0
    assert statuses(engine, 'hang') == [('todo', 1)]
    assert not lines(tmp_path / 'slow')
    (tmp_path / 'go').touch()
    start()
    eventually(lambda: lines(tmp_path / 'slow'))


@pytest.fixture(name='outside')
def connect_beside(scratch_url: str) -> Iterator[psycopg.Connection]:
    """A connection to another database of the server."""
    url = make_url(scratch_url).set(drivername='postgresql', database='postgres')
    with psycopg.connect(url.render_as_string(hide_password=False), autocommit=True) as link:
        yield link


def test_worker_that_lost_the_database_goes_on_when_it_is_back(start: Start,
                                                               jobs: ProcrastinateJobs,
                                                               engine: Engine,
                                                               outside: psycopg.Connection,
                                                               tmp_path: Path) -> None:
    name, log = sql.Identifier(str(engine.url.database)), tmp_path / 'worker-0.log'
    process = start()
    eventually(lambda: lines(tmp_path / 'yearly'))
    outside.execute(sql.SQL('ALTER DATABASE {} ALLOW_CONNECTIONS false').format(name))
    try:
        outside.execute(
            'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s',
            [engine.url.database])
        eventually(lambda: b'not currently accepting' in log.read_bytes())
    finally:
        outside.execute(sql.SQL('ALTER DATABASE {} ALLOW_CONNECTIONS true').format(name))
    engine.dispose()
    jobs.defer(Job(name='note', arguments={'name': 'after'}))
    eventually(lambda: lines(tmp_path / 'after'))
    eventually(lambda: not statuses(engine, 'note'))
    assert process.poll() is None
    process.terminate()
    assert process.wait(60) == 0


def test_worker_that_lost_its_place_takes_another(start: Start, jobs: ProcrastinateJobs,
                                                  engine: Engine, tmp_path: Path) -> None:
    process = start()
    eventually(lambda: lines(tmp_path / 'yearly'))
    with engine.begin() as connection:
        assert connection.execute(text('DELETE FROM procrastinate_workers')).rowcount == 1
    jobs.defer(Job(name='note', arguments={'name': 'after'}))
    eventually(lambda: lines(tmp_path / 'after'))
    assert process.poll() is None

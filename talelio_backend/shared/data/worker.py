import asyncio
import json
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

import structlog
from procrastinate import App, JobContext, PsycopgConnector, signals
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job as StoredJob
from procrastinate.retry import BaseRetryStrategy, RetryDecision
from procrastinate.worker import Worker as QueueWorker
from sqlalchemy import Engine, make_url, text

from talelio_backend.shared.data.failures import database_failures
from talelio_backend.shared.data.job_threads import in_own_thread
from talelio_backend.shared.data.jobs import QUEUE
from talelio_backend.shared.data.secrets_manager import DatabaseAddress
from talelio_backend.shared.domain.errors import DomainError
from talelio_backend.shared.services.jobs import Handler, Job, Jobs
from talelio_backend.shared.services.provenance import Provenance, acting_as

HEARTBEAT = 3.0  # seconds between two
SILENCE = 12.0  # seconds without one, after which a worker counts as dead
PAUSE = 1.0  # seconds until a worker that lost the database begins anew

log = structlog.get_logger('talelio.worker')

_BEAT = text('UPDATE procrastinate_workers SET last_heartbeat = now() WHERE id = :own')
# A worker that was killed leaves its jobs `doing`. Its row goes when its heart stopped beating,
# and its jobs wait again, one attempt older; one that used all of them up failed, for it may be
# what kills the workers. The queueing lock is dropped: a newer job of the same kind may wait
# already, and two would break the lock's unique index.
_RESCUE = text('''
    WITH dead AS (
        DELETE FROM procrastinate_workers
        WHERE last_heartbeat < now() - make_interval(secs => :silence)
        RETURNING id
    )
    UPDATE procrastinate_jobs
    SET worker_id = NULL, queueing_lock = NULL, attempts = attempts + 1,
        status = (CASE WHEN attempts + 1 < coalesce((CAST(:attempts AS jsonb) ->> task_name)::int, 1)
                  THEN 'todo' ELSE 'failed' END)::procrastinate_job_status
    WHERE status = 'doing' AND (worker_id IS NULL OR worker_id IN (SELECT id FROM dead))
    RETURNING id, task_name, status::text, args
''')


class DoublingPauses(BaseRetryStrategy):  # pylint: disable=abstract-method  # a deprecated one
    """Tries again after pauses that double, until the handler's attempts are used up."""

    def __init__(self, handler: Handler) -> None:
        self._handler = handler

    def get_retry_decision(self, *, exception: BaseException,
                           job: StoredJob) -> RetryDecision | None:
        handler = self._handler
        if isinstance(exception, asyncio.CancelledError):
            return RetryDecision(retry_in={'seconds': 0})  # given back by a worker that stops
        if job.attempts + 1 >= handler.attempts:
            return None
        pause = min(handler.pause * 2**job.attempts, handler.longest_pause)
        return RetryDecision(retry_in={'seconds': pause})


class JobRunner:
    """Runs one job: sets the provenance, logs the outcome, tells the observer."""

    def __init__(self, handler: Handler, observe: Callable[[str, str], None]) -> None:
        self._handler = handler
        self._observe = observe

    def __call__(self, context: JobContext, /, **arguments: Any) -> None:
        handler, job = self._handler, context.job
        request_id = arguments.get('request_id')
        details = {'task': handler.name, 'job_id': job.id, 'attempt': job.attempts + 1}
        started = time.monotonic()
        try:
            with acting_as(Provenance(request_id=request_id)):
                handler.run(**arguments.get('arguments', {}))
        except Exception as error:
            last = job.attempts + 1 >= handler.attempts
            outcome = 'failed' if last else 'retry'
            log.warning('job', **details, outcome=outcome, request_id=request_id, exc_info=True)
            self._observe(handler.name, outcome)
            if last and handler.on_exhausted is not None:
                handler.on_exhausted(**arguments.get('arguments', {}))
            raise error
        duration = round((time.monotonic() - started) * 1000, 1)
        log.info('job', **details, outcome='done', request_id=request_id, duration_ms=duration)
        self._observe(handler.name, 'done')


def build_worker_app(address: DatabaseAddress, handlers: Sequence[Handler],
                     observe: Callable[[str, str], None]) -> App:
    """The queue's application with every handler as a task and the periodic ones scheduled."""

    async def conninfo() -> str:
        # Connections are made seldom, and a rotated password must not keep the worker away.
        url = await asyncio.to_thread(address.current, newest=True)
        return make_url(url).set(drivername='postgresql').render_as_string(hide_password=False)

    app = App(connector=PsycopgConnector(
        conninfo=conninfo, min_size=1, max_size=8, timeout=10, reconnect_timeout=5))
    for handler in handlers:
        # A periodic job waits once, and runs in one worker at a time.
        locks = ('lock', 'queueing_lock') if handler.cron else ()
        options: dict[str, Any] = dict.fromkeys(locks, handler.name)
        task: Any = app.task(name=handler.name,
                             queue=QUEUE,
                             pass_context=True,
                             retry=DoublingPauses(handler),
                             **options)(in_own_thread(JobRunner(handler, observe)))
        if handler.cron:
            app.periodic(cron=handler.cron)(task)
    return app


class Worker:
    """The worker process: runs jobs until it is told to stop, then lets running ones end."""

    def __init__(self,
                 app: App,
                 *,
                 engine: Engine,
                 jobs: Jobs,
                 handlers: Sequence[Handler],
                 concurrency: int,
                 grace: float,
                 beat: Callable[[], None] = lambda: None) -> None:
        self._app = app
        self._engine = engine
        self._jobs = jobs
        self._handlers = handlers
        self._concurrency = concurrency
        self._grace = grace
        self._beat = beat
        self._worker: Any = None
        self._told_to_stop = asyncio.Event()

    def run(self) -> None:
        """Blocks until SIGTERM or SIGINT. Unfinished jobs are given back after the grace."""
        asyncio.run(self._run())

    async def _run(self) -> None:
        async with self._app.open_async():
            await asyncio.to_thread(self._start_periodic_once)
            rescue = asyncio.create_task(self._rescue_for_ever())
            try:
                with signals.on_stop(self._stop):
                    await self._work_until_told_to_stop()
            finally:
                rescue.cancel()

    async def _work_until_told_to_stop(self) -> None:
        """The library's worker ends when a statement or its listening connection fails. Another
        one then takes its place, as soon as there is a database again."""
        while not self._told_to_stop.is_set():
            self._worker, failure = self._new_worker(), None
            try:
                await self._worker.run()
            except ConnectorException as error:
                failure = error
            if not self._told_to_stop.is_set():
                log.warning('worker_lost_database', exc_info=failure)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._told_to_stop.wait(), PAUSE)

    def _new_worker(self) -> Any:
        return QueueWorker(self._app,
                           queues=[QUEUE],
                           concurrency=self._concurrency,
                           fetch_job_polling_interval=2.0,
                           shutdown_graceful_timeout=self._grace,
                           install_signal_handlers=False,
                           update_heartbeat_interval=HEARTBEAT,
                           stalled_worker_timeout=3600.0,
                           delete_jobs='successful')

    def _stop(self) -> None:
        self._told_to_stop.set()
        self._worker.stop()
        log.info('worker_stopping', grace_s=self._grace)

    def _start_periodic_once(self) -> None:
        for handler in self._handlers:
            if handler.cron:
                self._jobs.defer(Job(name=handler.name, lock=handler.name, once=handler.name))

    async def _rescue_for_ever(self) -> None:
        while True:
            own = self._worker.worker_id if self._worker else None
            try:
                await asyncio.to_thread(self._rescue, own)
                self._beat()
            except DomainError as error:  # no database at the moment; tried again
                log.warning('rescue_failed', reason=error.code)
            except Exception:  # pylint: disable=broad-exception-caught  # the same
                log.warning('rescue_failed', exc_info=True)
            await asyncio.sleep(HEARTBEAT)

    def _rescue(self, own: int | None) -> None:
        attempts = json.dumps({handler.name: handler.attempts for handler in self._handlers})
        with database_failures(), self._engine.begin() as connection:
            # The library's heart stops with the first signal; jobs may still run for the grace.
            connection.execute(_BEAT, {'own': own})
            rescued = connection.execute(_RESCUE, {'silence': SILENCE, 'attempts': attempts}).all()
        for row in rescued:
            log.warning('job_rescued', task=row.task_name, job_id=row.id, outcome=row.status)
            if row.status == 'failed':
                self._give_up(row.task_name, row.args)

    def _give_up(self, name: str, stored: dict[str, Any]) -> None:
        for handler in self._handlers:
            if handler.name == name and handler.on_exhausted is not None:
                handler.on_exhausted(**stored.get('arguments', {}))

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from procrastinate.contrib.sqlalchemy import SQLAlchemyPsycopg2Connector
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
from procrastinate.jobs import Job as StoredJob
from procrastinate.manager import JobManager
from sqlalchemy import Connection, Engine

from talelio_backend.shared.data.failures import database_failures
from talelio_backend.shared.services.jobs import Job
from talelio_backend.shared.services.provenance import provenance

QUEUE = 'default'


class ProcrastinateJobs:
    """Stores jobs over a connection that the caller gives, so that they are part of its
    transaction: rolled back means never run, committed means run at least once."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        connector = SQLAlchemyPsycopg2Connector()
        connector.open(engine)
        self._manager = JobManager(connector)

    def defer(self, *jobs: Job) -> None:
        """Stores jobs in a transaction of their own."""
        with database_failures(), self._engine.begin() as connection:
            self.write(connection, jobs)

    def write(self, connection: Connection, jobs: Sequence[Job]) -> None:
        plain = [_stored(job) for job in jobs if job.once is None]
        with _drivers_failures():
            if plain:
                self._manager.batch_defer_jobs(plain, connection=connection)
            for job in jobs:
                if job.once is not None:
                    self._write_once(connection, _stored(job))

    def _write_once(self, connection: Connection, job: StoredJob) -> None:
        savepoint = connection.begin_nested()
        try:
            self._manager.batch_defer_jobs([job], connection=connection)
            savepoint.commit()
        except AlreadyEnqueued:
            savepoint.rollback()


@contextmanager
def _drivers_failures() -> Iterator[None]:
    """The library wraps the driver's errors; whoever holds the transaction knows the driver's."""
    try:
        yield
    except ConnectorException as error:
        raise error.__cause__ or error


def _stored(job: Job) -> StoredJob:
    arguments: dict[str, Any] = {
        'arguments': dict(job.arguments),
        'request_id': provenance().request_id,
    }
    return StoredJob(id=None,
                     queue=QUEUE,
                     lock=job.lock,
                     queueing_lock=job.once,
                     task_name=job.name,
                     task_kwargs=arguments,
                     scheduled_at=job.run_at,
                     priority=0)

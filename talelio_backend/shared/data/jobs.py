import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Engine, text

from talelio_backend.shared.data.failures import database_failures
from talelio_backend.shared.services.jobs import Job
from talelio_backend.shared.services.provenance import provenance

QUEUE = 'default'

# Straight into the library's table, as its own function does, which would have to be tried and
# rolled back for each job that waits already.
_INSERT = text('''
    INSERT INTO procrastinate_jobs
        (queue_name, task_name, lock, queueing_lock, args, scheduled_at)
    SELECT :queue, task_name, lock, queueing_lock, args, scheduled_at
    FROM json_to_recordset(:jobs) AS job (task_name text, lock text, queueing_lock text,
                                          args jsonb, scheduled_at timestamptz)
    ON CONFLICT (queueing_lock) WHERE status = 'todo' DO NOTHING
''')


class ProcrastinateJobs:
    """Stores jobs over a connection that the caller gives, so that they are part of its
    transaction: rolled back means never run, committed means run at least once."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def defer(self, *jobs: Job) -> None:
        """Stores jobs in a transaction of their own."""
        with database_failures(), self._engine.begin() as connection:
            self.write(connection, jobs)

    def write(self, connection: Connection, jobs: Sequence[Job]) -> None:
        if jobs:
            rows = json.dumps([_row(job) for job in jobs])
            connection.execute(_INSERT, {'queue': QUEUE, 'jobs': rows})


def _row(job: Job) -> dict[str, Any]:
    return {
        'task_name': job.name,
        'lock': job.lock,
        'queueing_lock': job.once,
        'args': {
            'arguments': dict(job.arguments),
            'request_id': provenance().request_id
        },
        'scheduled_at': job.run_at.isoformat() if job.run_at else None,
    }

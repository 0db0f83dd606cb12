from collections.abc import Sequence
from datetime import UTC

from sqlalchemy import Engine, text

from talelio_backend.shared.data.failures import database_failures
from talelio_backend.shared.services.clock import Clock

# Whoever worked on them works on the database that was replaced. The queueing lock is dropped: a
# newer job of the same kind may wait already, and two would break the lock's unique index.
_GIVE_BACK = text('''
    UPDATE procrastinate_jobs
    SET status = 'todo', worker_id = NULL, queueing_lock = NULL, abort_requested = false
    WHERE status = 'doing'
''')
_SUPERSEDE = text('''
    UPDATE procrastinate_jobs
    SET status = 'cancelled',
        args = args || jsonb_build_object('superseded_at', CAST(:told AS text))
    WHERE status = 'todo' AND task_name = ANY(:names)
      AND (scheduled_at IS NULL OR scheduled_at <= :now)
''')
_NOBODY_WORKS = text('DELETE FROM procrastinate_workers')
# A worker of the replaced database may still end a job there by its number: no job and no worker
# of this one may get that number. Milliseconds grow faster than jobs do.
_COUNT_ON = text('''
    SELECT setval(sequence, greatest(nextval(sequence), CAST(:beyond AS bigint)))
    FROM (VALUES (pg_get_serial_sequence('procrastinate_jobs', 'id')::regclass),
                 (pg_get_serial_sequence('procrastinate_workers', 'id')::regclass)) AS own(sequence)
''')


class RestoredQueue:
    """The queue of a database that was restored from a backup and that nobody works on yet.

    What ``notifying`` handlers had to tell when the backup was made, they have told since. Such
    jobs are cancelled and say when (``superseded_at`` among their arguments); only what was
    planned for a time that has not come is left.
    """

    def __init__(self, engine: Engine, clock: Clock, *, notifying: Sequence[str]) -> None:
        self._engine = engine
        self._clock = clock
        self._notifying = list(notifying)

    def settle(self) -> None:
        """Raises DatabaseUnavailable, Busy."""
        now = self._clock.now().astimezone(UTC)
        with database_failures(), self._engine.begin() as connection:
            connection.execute(_GIVE_BACK)
            connection.execute(_SUPERSEDE, {
                'names': self._notifying,
                'now': now,
                'told': now.isoformat(timespec='seconds')
            })
            connection.execute(_NOBODY_WORKS)
            connection.execute(_COUNT_ON, {'beyond': int(now.timestamp() * 1000)})

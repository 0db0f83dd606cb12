"""Gauges of what stands in the database, asked for when somebody reads the metrics."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import structlog
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import Engine, text

from talelio_backend.shared.data.bounded import Bounded
from talelio_backend.shared.data.failures import database_failures
from talelio_backend.shared.domain.errors import DomainError

LIMIT = 2.0  # seconds for a query
STATUSES = ('todo', 'doing', 'succeeded', 'failed', 'cancelled', 'aborting', 'aborted')
Rows = Sequence[tuple[Any, ...]]
Read = Callable[[Rows], Iterator[GaugeMetricFamily]]
log = structlog.get_logger('talelio.metrics')

_JOBS = 'SELECT status::text, count(*) FROM procrastinate_jobs GROUP BY status'
# A job waits from when it was stored or, put off, from the time that it was put off to.
_OLDEST = '''
    SELECT extract(epoch FROM max(now() - greatest(event.at, job.scheduled_at)))
    FROM procrastinate_jobs AS job
    JOIN procrastinate_events AS event ON event.job_id = job.id AND event.type = 'deferred'
    WHERE job.status = 'todo' AND (job.scheduled_at IS NULL OR job.scheduled_at <= now())
'''
_WORKER = 'SELECT extract(epoch FROM max(last_heartbeat)) FROM procrastinate_workers'
_CHAIN = 'SELECT ok, extract(epoch FROM verified_at) FROM activity_chain WHERE ok IS NOT NULL'


def _jobs(rows: Rows) -> Iterator[GaugeMetricFamily]:
    family = GaugeMetricFamily('talelio_jobs', 'Jobs in the queue.', labels=('status', ))
    numbers = dict.fromkeys(STATUSES, 0) | dict(rows)
    for status, number in numbers.items():
        family.add_metric((status, ), number)
    yield family


def _single(name: str, meaning: str) -> Read:

    def read(rows: Rows) -> Iterator[GaugeMetricFamily]:
        yield GaugeMetricFamily(name, meaning, value=float(rows[0][0] or 0))

    return read


def _verdict(rows: Rows) -> Iterator[GaugeMetricFamily]:
    for ok, verified_at in rows:  # none before the first verification
        yield GaugeMetricFamily('talelio_activity_chain_ok',
                                'Whether the chain of the activity held when last verified.',
                                value=float(ok))
        yield GaugeMetricFamily('talelio_activity_chain_verified_timestamp_seconds',
                                'When it was last verified.',
                                value=float(verified_at))


QUERIES: tuple[tuple[str, Read], ...] = (
    (_JOBS, _jobs),
    (_OLDEST, _single('talelio_job_oldest_seconds', 'How long the first job in line waits.')),
    (_WORKER,
     _single('talelio_worker_last_seen_timestamp_seconds', 'When a worker last gave a sign.')),
    (_CHAIN, _verdict),
)


class StateCollector(Collector):
    """``engine`` in autocommit, with one connection. A query that fails or takes too long costs
    its own gauge only."""

    def __init__(self, engine: Engine, *, limit: float = LIMIT) -> None:
        self._queries = [(_Query(engine, statement, limit), read) for statement, read in QUERIES]

    def collect(self) -> Iterator[GaugeMetricFamily]:
        for query, read in self._queries:
            rows = query.rows()
            if rows is not None:
                yield from read(rows)


class _Query:

    def __init__(self, engine: Engine, statement: str, limit: float) -> None:
        self._engine = engine
        self._statement = text(statement)
        self._rows: Rows | None = None
        self._bounded = Bounded(limit, self._run, name='metrics-query')

    def rows(self) -> Rows | None:
        """None where the answer did not come in time."""
        if not self._bounded.run():
            log.warning('metrics_query_too_slow')
            return None
        return self._rows

    def _run(self) -> None:
        self._rows = None
        try:
            with database_failures(), self._engine.connect() as connection:
                self._rows = [tuple(row) for row in connection.execute(self._statement)]
        except DomainError as error:
            log.warning('metrics_query_failed', reason=str(error))
        except Exception:  # pylint: disable=broad-exception-caught  # no schema yet, for one
            log.warning('metrics_query_failed', exc_info=True)


class BuildCollector(Collector):

    def __init__(self, version: str, revision: str) -> None:
        self._labels = (version, revision)

    def collect(self) -> Iterator[GaugeMetricFamily]:
        family = GaugeMetricFamily('talelio_build_info',
                                   'What runs here.',
                                   labels=('version', 'revision'))
        family.add_metric(self._labels, 1)
        yield family

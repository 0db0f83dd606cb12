"""Gauges of how the backups stand, asked for when somebody reads the metrics."""

from collections.abc import Callable, Iterator
from datetime import datetime

import structlog
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from talelio_backend.operations.services.reporting import Standing
from talelio_backend.shared.data.bounded import Bounded

LIMIT = 2.0  # seconds
log = structlog.get_logger('talelio.metrics')


class BackupCollector(Collector):
    """Where the bucket does not answer in time, what it said last still holds: a backup that was
    there then. Before its first answer nothing is told."""

    def __init__(self, standing: Callable[[], Standing], *, limit: float = LIMIT) -> None:
        self._ask = standing
        self._last: Standing | None = None
        self._bounded = Bounded(limit, self._run, name='backup-metrics')

    def collect(self) -> Iterator[GaugeMetricFamily]:
        if not self._bounded.run():
            log.warning('backup_metrics_too_slow')
        standing = self._last
        if standing is None:
            return
        yield _gauge('backup_last_success_timestamp_seconds', 'When the newest backup was made.',
                     _seconds(standing.last_success))
        yield _gauge('backup_last_verified_timestamp_seconds', 'When a backup was last proven.',
                     _seconds(standing.last_verified))
        yield _gauge('backup_bytes', 'Size of the newest backup.', standing.size)
        yield _gauge('backup_media_missing', 'Files that rows name and the bucket lacked.',
                     standing.media_missing)
        yield _gauge('restore_drill_seconds', 'How long the last drill took.', standing.seconds)

    def _run(self) -> None:
        try:
            self._last = self._ask()
        except Exception:  # pylint: disable=broad-exception-caught  # a scrape must not fail on it
            log.warning('backup_metrics_failed', exc_info=True)


def _gauge(name: str, meaning: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f'talelio_{name}', meaning, value=value)


def _seconds(moment: datetime | None) -> float:
    return 0 if moment is None else moment.timestamp()

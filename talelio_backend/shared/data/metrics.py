"""The counters of one process. Everything is there with 0 from the start, so that an alert can
be written on it before the first event."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Engine, event

from talelio_backend.shared.services.metrics import JOB_OUTCOMES, LOGIN_FAILURES

PREFIX = 'talelio_'
BUCKETS = (.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10)
COUNTERS = {
    'login_failures': ('Sign-ins that were refused.', ('reason', )),
    'refresh_token_reuse': ('Refresh tokens that came a second time.', ()),
    'job_runs': ('Jobs that ended, for now or for good.', ('task', 'outcome')),
}


class ProcessMetrics:
    """Implements the ports ``Counters`` and ``RequestMeter``."""

    def __init__(self) -> None:
        # At first use, since it looks at the environment when it is imported.
        from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

        self.registry = CollectorRegistry()
        self._counters: dict[str, Any] = {
            name: Counter(PREFIX + name, text, labels, registry=self.registry)
            for name, (text, labels) in COUNTERS.items()
        }
        self._requests = Counter(f'{PREFIX}http_requests',
                                 'Requests that were answered.', ('method', 'route', 'status'),
                                 registry=self.registry)
        self._durations = Histogram(f'{PREFIX}http_request_duration_seconds',
                                    'Time until the answer.', ('method', 'route', 'status'),
                                    buckets=BUCKETS,
                                    registry=self.registry)
        self._in_progress = Gauge(f'{PREFIX}http_requests_in_progress',
                                  'Requests that are being worked on.',
                                  registry=self.registry,
                                  multiprocess_mode='livesum')
        self._pool = Gauge(f'{PREFIX}db_pool_connections',
                           'Connections to the database.', ('state', ),
                           registry=self.registry,
                           multiprocess_mode='livesum')
        self._children: dict[tuple[str, str, int], tuple[Any, Any]] = {}
        for reason in LOGIN_FAILURES:
            self._counters['login_failures'].labels(reason)
        for state in ('in_use', 'idle'):
            self._pool.labels(state)

    def count(self, name: str, **labels: str) -> None:
        counter = self._counters[name]
        (counter.labels(**labels) if labels else counter).inc()

    def began(self) -> None:
        self._in_progress.inc()

    def ended(self) -> None:
        self._in_progress.dec()

    def answered(self, *, method: str, route: str, status: int, seconds: float) -> None:
        key = (method, route, status)
        children = self._children.get(key)
        if children is None:
            children = self._children[key] = (
                self._requests.labels(method, route, str(status)),
                self._durations.labels(method, route, f'{status // 100}xx'),
            )
        children[0].inc()
        children[1].observe(seconds)

    def watch_pool(self, engine: Engine) -> None:
        """Follows the connections of an engine, from before it makes the first."""
        in_use, idle = self._pool.labels('in_use'), self._pool.labels('idle')
        for name, changes in {
                'connect': ((idle, 1), ),
                'close': ((idle, -1), ),
                'checkout': ((in_use, 1), (idle, -1)),
                'checkin': ((in_use, -1), (idle, 1)),
        }.items():
            event.listen(engine, name, _change(changes))

    def begin_at_zero(
        self, *, routes: Iterable[tuple[str, str]] = (), tasks: Iterable[str] = ()) -> None:
        """``routes`` are pairs of method and rule, ``tasks`` names of jobs: what there will be
        something to count of."""
        for task in tasks:
            for outcome in JOB_OUTCOMES:
                self._counters['job_runs'].labels(task, outcome)
        for method, route in (*routes, ('GET', 'none')):
            self._requests.labels(method, route, '500')


def _change(changes: tuple[tuple[Any, int], ...]) -> Any:

    def change(*_arguments: Any) -> None:
        for gauge, amount in changes:
            gauge.inc(amount)

    return change

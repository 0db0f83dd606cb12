from collections.abc import Iterator
from threading import Event

import pytest
from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily
from sqlalchemy import create_engine
from sqlalchemy.pool import QueuePool

from talelio_backend.shared.data.bounded import Bounded
from talelio_backend.shared.data.metrics import ProcessMetrics
from talelio_backend.shared.data.metrics_server import metrics_app


def samples(metrics: ProcessMetrics) -> dict[str, float]:
    return {
        f'{sample.name}{dict(sorted(sample.labels.items()))}': sample.value
        for family in metrics.registry.collect()
        for sample in family.samples if not sample.name.endswith(('_created', '_bucket'))
    }


def test_everything_is_there_with_0_from_the_start() -> None:
    metrics = ProcessMetrics()
    metrics.begin_at_zero(routes=[('GET', '/v1/things')], tasks=['mail.send'])
    found = samples(metrics)

    assert found["talelio_refresh_token_reuse_total{}"] == 0
    assert found["talelio_login_failures_total{'reason': 'wrong_password'}"] == 0
    assert found["talelio_job_runs_total{'outcome': 'failed', 'task': 'mail.send'}"] == 0
    assert found["talelio_http_requests_total"
                 "{'method': 'GET', 'route': '/v1/things', 'status': '500'}"] == 0
    assert found["talelio_http_requests_in_progress{}"] == 0
    assert found["talelio_db_pool_connections{'state': 'in_use'}"] == 0
    assert set(found.values()) == {0}


def test_requests_are_counted_by_status_and_timed_by_its_class() -> None:
    metrics = ProcessMetrics()

    metrics.began()
    metrics.answered(method='GET', route='/v1/things', status=404, seconds=0.2)
    metrics.answered(method='GET', route='/v1/things', status=404, seconds=0.3)

    found = samples(metrics)
    assert found["talelio_http_requests_total"
                 "{'method': 'GET', 'route': '/v1/things', 'status': '404'}"] == 2
    assert found["talelio_http_request_duration_seconds_sum"
                 "{'method': 'GET', 'route': '/v1/things', 'status': '4xx'}"] == 0.5
    assert found["talelio_http_requests_in_progress{}"] == 1


def test_events_are_counted_by_name() -> None:
    metrics = ProcessMetrics()

    metrics.count('refresh_token_reuse')
    metrics.count('login_failures', reason='wrong_code')

    found = samples(metrics)
    assert found["talelio_refresh_token_reuse_total{}"] == 1
    assert found["talelio_login_failures_total{'reason': 'wrong_code'}"] == 1
    with pytest.raises(KeyError):
        metrics.count('unheard_of')


def test_connections_are_in_use_or_idle() -> None:
    metrics = ProcessMetrics()
    engine = create_engine('sqlite://', poolclass=QueuePool, pool_size=1, max_overflow=1)
    metrics.watch_pool(engine)

    def pool() -> tuple[float, float]:
        found = samples(metrics)
        return (found["talelio_db_pool_connections{'state': 'in_use'}"],
                found["talelio_db_pool_connections{'state': 'idle'}"])

    with engine.connect():
        assert pool() == (1, 0)
        with engine.connect():
            assert pool() == (2, 0)
    assert pool() == (0, 1)
    engine.dispose()
    assert pool() == (0, 0)


class FakeCollector:

    def __init__(self) -> None:
        self.asked = 0

    def collect(self) -> Iterator[GaugeMetricFamily]:
        self.asked += 1
        yield GaugeMetricFamily('talelio_sample', 'A sample.', value=7)


def ask(path: str, method: str = 'GET') -> tuple[str, bytes, FakeCollector]:
    collector, started = FakeCollector(), []
    app = metrics_app([collector])
    environ = {'PATH_INFO': path, 'REQUEST_METHOD': method}
    body = b''.join(app(environ, lambda status, _headers: started.append(status)))
    return started[0], body, collector


def test_metrics_are_told_under_their_path_alone() -> None:
    status, body, collector = ask('/metrics')
    assert status == '200 OK'
    assert b'talelio_sample 7.0' in body
    assert collector.asked == 1

    status, body, collector = ask('/')
    assert (status, body, collector.asked) == ('404 Not Found', b'', 0)


def test_registry_of_a_process_is_its_own() -> None:
    assert isinstance(ProcessMetrics().registry, CollectorRegistry)
    assert ProcessMetrics().registry is not ProcessMetrics().registry


def test_work_that_hangs_is_left_alone_and_not_started_twice() -> None:
    release, started = Event(), []

    def hang() -> None:
        started.append(1)
        release.wait(30)

    bounded = Bounded(0.05, hang, name='sample')

    assert not bounded.run()
    assert not bounded.run()
    assert len(started) == 1
    release.set()
    assert Bounded(5, lambda: None, name='sample').run()

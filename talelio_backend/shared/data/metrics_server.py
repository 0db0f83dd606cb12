"""The process that tells what all others counted."""

import signal
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from socketserver import ThreadingMixIn
from threading import Thread
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import structlog
from prometheus_client import CollectorRegistry, Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from talelio_backend.shared.data.metrics_files import alone, forget_dead

Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]
log = structlog.get_logger('talelio.metrics')


class ProcessesCollector(Collector):
    """What all processes counted, those included that are gone."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        make: Any = MultiProcessCollector
        self._inner = make(None, path=str(folder))

    def collect(self) -> Iterator[Metric]:
        forget_dead(self._folder)
        with alone(self._folder):
            merged = list(self._inner.collect())
        yield from merged


def metrics_app(collectors: Sequence[Collector]) -> Wsgi:
    """``GET /metrics`` in the format that the reader prefers; nothing else."""
    registry = CollectorRegistry()
    for collector in collectors:
        # Nobody asks a database for the names of its gauges, so none is asked for here.
        registry.register(_Unasked(collector))

    def app(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ['PATH_INFO'] != '/metrics':
            start_response('404 Not Found', [('Content-Length', '0')])
            return [b'']
        encode, content_type = choose_encoder(environ.get('HTTP_ACCEPT', ''))
        body = encode(registry)
        start_response('200 OK', [('Content-Type', content_type),
                                  ('Content-Length', str(len(body)))])
        return [b'' if environ['REQUEST_METHOD'] == 'HEAD' else body]

    return app


class _Unasked(Collector):

    def __init__(self, collector: Collector) -> None:
        self._collector = collector

    def collect(self) -> Iterable[Metric]:
        return self._collector.collect()

    def describe(self) -> Iterable[Metric]:
        return ()


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _QuietHandler(WSGIRequestHandler):
    timeout = 10  # seconds for a reader to say what it wants

    def log_message(self, format: str, *args: Any) -> None:  # pylint: disable=redefined-builtin
        pass


def serve_metrics(app: Wsgi, *, host: str, port: int) -> None:
    """Blocks until SIGTERM or SIGINT. Port 0 takes a free one; the log tells which."""
    with make_server(host, port, app, server_class=_Server, handler_class=_QuietHandler) as server:

        def stop(_number: int, _frame: Any) -> None:
            # It waits for the loop that this very thread runs.
            Thread(target=server.shutdown).start()

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
        log.info('metrics_ready', url=f'http://{host}:{server.server_port}/metrics')
        server.serve_forever(poll_interval=0.2)

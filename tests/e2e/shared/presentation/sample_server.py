"""A small application behind the product's own server: PORT THREADS NOTICE PATIENCE
[TRUSTED ...]"""

import sys
import time
from collections.abc import Iterator

from flask import Flask, Response, request

from talelio_backend.shared.data.logs import configure_logs
from talelio_backend.shared.presentation.api import answer_errors
from talelio_backend.shared.presentation.application import AnyHost
from talelio_backend.shared.presentation.health import add_health
from talelio_backend.shared.presentation.reading import raw_body
from talelio_backend.shared.presentation.serving import Serving, serve
from talelio_backend.shared.presentation.shutdown import ShutdownFlag

SHUTDOWN = ShutdownFlag()


def make_app() -> Flask:
    app = AnyHost('sample')
    answer_errors(app)
    add_health(app, {'sample': lambda: {'status': 'ok'}}, version={}, shutdown=SHUTDOWN)

    @app.get('/slow')
    def slow() -> str:
        time.sleep(float(request.args['seconds']))
        return 'x' * 100_000

    @app.get('/stream')
    def stream() -> Response:

        def pieces() -> Iterator[bytes]:
            yield b'x' * 1000
            time.sleep(1)
            yield b'x' * 1000

        return Response(pieces())

    @app.get('/client')
    def client() -> dict[str, str | None]:
        return {'ip': request.remote_addr, 'url': request.url}

    @app.post('/body')
    def body() -> str:
        request.max_content_length = 10_000_000
        return str(len(raw_body()))

    @app.get('/header')
    def header() -> Response:
        response = Response('')
        response.headers.add('X-Sample', 'fine')
        list.append(response.headers._list, ('X-Bad', 'a\x00b'))  # pylint: disable=protected-access
        return response

    return app


if __name__ == '__main__':
    port, threads, notice, patience, *trusted = sys.argv[1:]
    configure_logs(level='INFO', format='json')
    serve(
        make_app,
        Serving(bind=f'127.0.0.1:{port}',
                workers=2,
                threads=int(threads),
                grace=6,
                notice=float(notice),
                patience=float(patience),
                shutdown=SHUTDOWN,
                trusted_proxies=trusted))

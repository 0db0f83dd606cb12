from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread

import pytest

from benchmarks.servers import Server


class Answers:
    """A server on this machine: ``answer`` gets the path, the body and the headers, and gives a
    status, headers and a body. What was asked is kept in ``asked``."""

    def __init__(self) -> None:
        self.answer: Callable[[str, str, dict[str, str]], tuple[int, dict[str, str], bytes]]
        self.answer = lambda path, body, headers: (200, {}, b'{}')
        self.asked: list[tuple[str, str, dict[str, str]]] = []
        self.connections = 0
        self.server = Server(name='other', base='http://127.0.0.1')
        self.lock = Lock()


@pytest.fixture
def answers() -> Iterator[Answers]:
    told = Answers()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = 'HTTP/1.1'
        wbufsize = -1
        disable_nagle_algorithm = True

        def setup(self) -> None:
            super().setup()
            with told.lock:
                told.connections += 1

        def log_message(self, format: str, *args: object) -> None:  # pylint: disable=redefined-builtin
            pass

        def do_GET(self) -> None:  # pylint: disable=invalid-name  # the library's
            self._reply()

        def do_POST(self) -> None:  # pylint: disable=invalid-name  # the library's
            self._reply()

        def _reply(self) -> None:
            sent = {name.lower(): value for name, value in self.headers.items()}
            body = self.rfile.read(int(sent.get('content-length', 0))).decode()
            with told.lock:
                told.asked.append((self.path, body, sent))
            status, headers, content = told.answer(self.path, body, sent)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header('Content-Length', str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    with ThreadingHTTPServer(('127.0.0.1', 0), Handler) as server:
        server.daemon_threads = True
        told.server = Server(name='other', base=f'http://127.0.0.1:{server.server_port}')
        thread = Thread(target=server.serve_forever, kwargs={'poll_interval': 0.05})
        thread.start()
        try:
            yield told
        finally:
            server.shutdown()
            thread.join()

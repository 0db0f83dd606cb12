"""A stand-in for Open Library on a free port of this machine."""

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class OpenLibraryServer:
    """``answers`` are bodies or statuses by the beginning of the path; ``asked`` are the paths
    with the headers that came."""

    url: str
    answers: dict[str, bytes | int] = field(default_factory=dict)
    asked: list[tuple[str, Mapping[str, str]]] = field(default_factory=list)
    hangs: threading.Event = field(default_factory=threading.Event)

    def knows(self, isbn13: str, **details: Any) -> None:
        name = f'ISBN:{isbn13}'
        body = {name: {'bib_key': name, 'details': details}}
        self.answers[f'/api/books?bibkeys={name}'] = json.dumps(body).encode()

    def answer(self, path: str) -> bytes | int:
        return next((given for start, given in self.answers.items() if path.startswith(start)),
                    b'{}')


@contextmanager
def open_library() -> Iterator[OpenLibraryServer]:
    done = threading.Event()

    class Handler(BaseHTTPRequestHandler):

        def do_GET(self) -> None:  # pylint: disable=invalid-name  # the library's name
            known.asked.append((self.path, dict(self.headers)))
            given = known.answer(self.path)
            if known.hangs.is_set():
                done.wait(30)
                return
            body = given if isinstance(given, bytes) else b''
            self.send_response(given if isinstance(given, int) else 200)
            self.send_header('Content-Length', str(len(body)))
            if given == 302:
                self.send_header('Location', '/kept.jpg')
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:  # pylint: disable=redefined-builtin
            pass

    with ThreadingHTTPServer(('127.0.0.1', 0), Handler) as server:
        server.daemon_threads = True
        known = OpenLibraryServer(url=f'http://127.0.0.1:{server.server_address[1]}')
        thread = threading.Thread(target=server.serve_forever, args=(0.02, ), daemon=True)
        thread.start()
        try:
            yield known
        finally:
            done.set()
            server.shutdown()
            thread.join()

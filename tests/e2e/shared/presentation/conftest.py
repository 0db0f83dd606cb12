"""A small application behind the product's own server."""

import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from talelio_backend.development.ports import free_port
from tests import plain_http
from tests.eventually import eventually

ROOT = Path(__file__).parents[4]
SAMPLE = 'tests/e2e/shared/presentation/sample_server.py'


class Server:

    def __init__(self,
                 log: Path,
                 *,
                 threads: int = 4,
                 notice: float = 0,
                 patience: float = 20,
                 trusted: str = '') -> None:
        self.threads = threads
        arguments = map(str, (threads, notice, patience, *trusted.split()))
        self.port = free_port()
        self.url = f'http://127.0.0.1:{self.port}'
        self.log = log
        with log.open('wb') as stream:
            self.process = subprocess.Popen(  # pylint: disable=consider-using-with
                [sys.executable, SAMPLE, str(self.port), *arguments],
                cwd=ROOT,
                env=os.environ | {'PYTHONPATH': str(ROOT)},
                stdout=stream,
                stderr=stream,
                start_new_session=True)
        eventually(self.lives)

    def lives(self) -> bool:
        try:
            return plain_http.get(f'{self.url}/livez').status_code == 200
        except httpx.TransportError:
            return False

    def workers(self) -> set[int]:
        children = Path(f'/proc/{self.process.pid}/task/{self.process.pid}/children')
        return {int(pid) for pid in children.read_text(encoding='ascii').split()}

    def raw(self, request: bytes) -> tuple[str, str]:
        """Head and body of what comes back for these bytes."""
        with socket.create_connection(('127.0.0.1', self.port), timeout=10) as link:
            link.sendall(request)
            answer = b''
            while piece := link.recv(65536):
                answer += piece
        head, _, body = answer.decode().partition('\r\n\r\n')
        return head, body

    def slow(self, seconds: float) -> str:
        """What a client sees: status and length, or ``refused`` where nobody listens, ``reset``
        before an answer has begun, ``cut`` within it."""
        begun = False
        try:
            with plain_http.stream('GET', f'{self.url}/slow?seconds={seconds}',
                                   timeout=30) as answer:
                begun = True
                return f'{answer.status_code} {len(answer.read())}'
        except httpx.ConnectError:
            return 'refused'
        except (httpx.ReadError, httpx.RemoteProtocolError):
            return 'cut' if begun else 'reset'

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(20)


Start = Callable[..., Server]


@pytest.fixture(name='start')
def _start(tmp_path: Path) -> Iterator[Start]:
    started: list[Server] = []

    def start(threads: int = 4, notice: float = 0, trusted: str = '') -> Server:
        log = tmp_path / f'{len(started)}.log'
        server = Server(log, threads=threads, notice=notice, trusted=trusted)
        started.append(server)
        return server

    yield start
    for server in started:
        server.end()

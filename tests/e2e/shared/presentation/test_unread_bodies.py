"""An answer that is complete before its request is: the server had read enough to refuse it."""

import socket
from collections.abc import Iterator

import pytest

from tests.e2e.shared.presentation.conftest import Server

REST = 32 * 1024 * 1024  # more than all buffers on the way


@pytest.fixture(name='server', scope='module', params=[1, 4], ids=['sync', 'threads'])
def _server(request: pytest.FixtureRequest,
            tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    log = tmp_path_factory.mktemp('unread') / 'server.log'
    server = Server(log, threads=request.param)
    yield server
    server.end()


@pytest.mark.parametrize('ending', [b'Connection: close\r\n', b''])
def test_who_sends_on_reads_the_answer(server: Server, ending: bytes) -> None:
    head = b'GET /slow?seconds=0 HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n%s\r\n'
    with socket.create_connection(('127.0.0.1', server.port), timeout=30) as link:
        link.sendall(head % (REST, ending) + b'x' * REST)
        answer = b''
        while not answer.endswith(b'x' * 100_000):
            piece = link.recv(65536)
            assert piece, answer[:200]
            answer += piece
    assert answer.startswith(b'HTTP/1.1 200 ')

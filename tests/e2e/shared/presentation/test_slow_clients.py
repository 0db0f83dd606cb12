"""Clients that stall, trickle, break off, or never hang up, at the server itself."""

import json
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from threading import Event, Thread
from time import monotonic

import pytest

from tests.e2e.shared.presentation.conftest import Server
from tests.eventually import eventually

PATIENCE = 0.5
BREATHERS = 12
HEAD = b'POST /body HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 120000\r\n\r\n'
CHUNKED = b'POST /body HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n'


@pytest.fixture(name='server', scope='module', params=[1, 4], ids=['sync', 'threads'])
def _server(request: pytest.FixtureRequest,
            tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    log = tmp_path_factory.mktemp('impatient') / 'server.log'
    server = Server(log, threads=request.param, patience=PATIENCE)
    yield server
    server.end()


@contextmanager
def sending(server: Server, begun: bytes = b'') -> Iterator[socket.socket]:
    with socket.create_connection(('127.0.0.1', server.port), timeout=30) as link:
        link.sendall(begun)
        yield link


def answer_to(link: socket.socket) -> tuple[int, str]:
    """Status and body, once the server has closed the connection."""
    answer = b''
    while piece := link.recv(65536):
        answer += piece
    head, _, body = answer.decode().partition('\r\n\r\n')
    return int(head.split()[1]), body


def refusal_of(link: socket.socket) -> tuple[int, str]:
    status, problem = answer_to(link)
    return status, json.loads(problem)['code']


@contextmanager
def trickling(link: socket.socket) -> Iterator[None]:
    """A byte now and then, from beside."""
    enough = Event()

    def trickle() -> None:
        try:
            while not enough.wait(PATIENCE / 10):
                link.sendall(b'x')
        except OSError:
            pass  # the server had enough of it

    thread = Thread(target=trickle)
    thread.start()
    yield
    enough.set()
    thread.join()


@pytest.mark.parametrize('begun', [b'POST /bo', HEAD, HEAD + b'{"half": ', HEAD + b'x' * 9000])
def test_request_that_stalls_is_given_up(server: Server, begun: bytes) -> None:
    with sending(server, begun) as link:
        assert refusal_of(link) == (408, 'request_too_slow')


@pytest.mark.parametrize('begun', [b'GET /', HEAD])
def test_request_that_trickles_is_given_up(server: Server, begun: bytes) -> None:
    with sending(server, begun) as link, trickling(link):
        assert refusal_of(link) == (408, 'request_too_slow')


def test_no_worker_dies_of_clients_that_are_given_up(server: Server) -> None:
    before = eventually(lambda: len(found := server.workers()) == 2 and found)
    with sending(server, HEAD) as one, sending(server, HEAD) as other:
        assert {answer_to(one)[0], answer_to(other)[0]} == {408}
    assert eventually(server.lives)
    assert server.workers() == before


def test_who_goes_on_sending_is_waited_for_by_threads_alone(server: Server) -> None:
    """Longer than the patience lasts: so a large upload arrives over a slow line."""
    with sending(server, HEAD) as link:
        try:
            for _ in range(BREATHERS):
                link.sendall(b'x' * (120_000 // BREATHERS))
                Event().wait(PATIENCE / 8)
        except OSError:
            pass  # given up
        assert answer_to(link)[0] == (408 if server.threads == 1 else 200)


@pytest.mark.parametrize(
    'begun',
    [HEAD + b'{"name": "boat"}', HEAD, CHUNKED, CHUNKED + b'5\r\nab', CHUNKED + b'2\r\nab\r\n'])
def test_body_that_breaks_off_is_refused(server: Server, begun: bytes) -> None:
    with sending(server, begun) as link:
        link.shutdown(socket.SHUT_WR)
        assert refusal_of(link) == (400, 'bad_request')


def test_who_does_not_hang_up_holds_no_other_up_for_long(server: Server) -> None:
    if server.threads == 1:
        pytest.skip('one at a time')
    began = monotonic()
    with ExitStack() as stack:
        for _ in range(6):
            link = stack.enter_context(
                sending(server, b'GET /slow?seconds=0 HTTP/1.0\r\nHost: x\r\n\r\n'))
            answer_to(link)
        assert server.slow(0) == '200 100000'
    # Two seconds if one worker gets all of them, six if they wait for each other.
    assert monotonic() - began < 5

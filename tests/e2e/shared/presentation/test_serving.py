"""The server itself, with a small application behind it: what happens outside of requests."""

import json
import os
import signal
import socket
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from time import monotonic

import httpx
import pytest

from tests import plain_http
from tests.e2e.shared.presentation.conftest import Start
from tests.eventually import eventually


@pytest.mark.parametrize(('request_bytes', 'status'), [
    (b'GARBAGE\r\n\r\n', 400),
    (b'GET / HTTP/9.9\r\nHost: x\r\n\r\n', 400),
    (b'GET /' + b'a' * 9000 + b' HTTP/1.1\r\nHost: x\r\n\r\n', 414),
    (b'GET / HTTP/1.1\r\nHost: x\r\nX-Long: ' + b'a' * 20_000 + b'\r\n\r\n', 431),
    (b'GET / HTTP/1.1\r\nHost: x\r\n' + b'X-Many: a\r\n' * 80 + b'\r\n', 431),
    (b'GET / HTTP/1.1\r\nHost: x\r\nBad Header: a\r\n\r\n', 400),
    (b'POST /body HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\nabc\r\n', 400),
    (b'POST /body HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: nonsense\r\n\r\n', 501),
    (b'GET /header HTTP/1.1\r\nHost: x\r\n\r\n', 500),
])
@pytest.mark.parametrize('threads', [1, 4])
def test_what_is_no_request_gets_a_problem(start: Start, threads: int, request_bytes: bytes,
                                           status: int) -> None:
    head, body = start(threads).raw(request_bytes)

    assert head.startswith(f'HTTP/1.1 {status} ')
    assert 'Content-Type: application/problem+json' in head
    assert json.loads(body)['status'] == status
    assert '<' not in body


@pytest.mark.parametrize('threads', [1, 4])
def test_stop_cuts_no_answer(start: Start, threads: int) -> None:
    server = start(threads)
    with ThreadPoolExecutor(20) as pool:
        answers = [pool.submit(server.slow, 0.2) for _ in range(20)]
        eventually(lambda: any(answer.done() for answer in answers))
        server.process.send_signal(signal.SIGTERM)

        assert {answer.result() for answer in answers} <= {'200 100000', 'refused', 'reset'}
    assert server.process.wait(10) == 0


@pytest.mark.parametrize('threads', [1, 4])
def test_who_waited_to_be_let_in_is_answered_at_the_stop(start: Start, threads: int) -> None:
    """But for one or two who knock in the very moment when the door is shut."""
    server = start(threads)

    def ask() -> list[str]:
        seen = ['']
        while seen[-1] in ('', '200 100000'):
            seen.append(server.slow(0.02))
        return seen[1:]

    with ThreadPoolExecutor(20) as pool:
        asking = [pool.submit(ask) for _ in range(20)]
        eventually(lambda: server.slow(0) == '200 100000')
        server.process.send_signal(signal.SIGTERM)

        ends = Counter(outcome for each in asking for outcome in each.result())
    assert set(ends) <= {'200 100000', 'refused', 'reset'}
    assert ends['200 100000'] and ends['reset'] <= 2
    assert server.process.wait(10) == 0


@pytest.mark.parametrize('threads', [1, 4])
def test_stop_is_announced_while_everything_is_still_served(start: Start, threads: int) -> None:
    server = start(threads, notice=1.5)
    server.process.send_signal(signal.SIGTERM)

    answer = eventually(lambda: plain_http.get(f'{server.url}/readyz').status_code == 503 and
                        plain_http.get(f'{server.url}/readyz'))
    assert isinstance(answer, httpx.Response)
    assert answer.json()['status'] == 'shutting_down'
    assert server.slow(0.1) == '200 100000'
    assert server.process.wait(10) == 0


def test_interrupt_of_the_whole_group_lets_requests_end(start: Start) -> None:
    server = start()
    with plain_http.stream('GET', f'{server.url}/stream', timeout=30) as answer:
        pieces = answer.iter_bytes()
        received = len(next(pieces))
        os.killpg(server.process.pid, signal.SIGINT)

        assert received + sum(len(piece) for piece in pieces) == 2000
    assert server.process.wait(10) == 0


@pytest.mark.skipif(sys.platform != 'linux', reason='the kernel cannot be asked elsewhere')
@pytest.mark.parametrize('threads', [1, 4])
def test_killed_master_leaves_nobody_on_the_port(start: Start, threads: int) -> None:
    server = start(threads)
    server.process.kill()
    server.process.wait(5)

    eventually(lambda: not server.lives(), seconds=5)


def test_worker_that_is_killed_is_replaced(start: Start) -> None:
    server = start()
    workers = server.workers()
    os.kill(min(workers), signal.SIGKILL)

    eventually(lambda: server.workers() - workers)
    assert server.lives()


def test_only_a_named_proxy_speaks_for_the_client(start: Start) -> None:
    forwarded = {
        'X-Forwarded-For': '1.1.1.1, 203.0.113.9',
        'X-Forwarded-Proto': 'https',
        'X-Forwarded-Host': 'api.example.org'
    }
    server = start()
    seen = plain_http.get(f'{server.url}/client', headers=forwarded).json()
    assert seen == {'ip': '127.0.0.1', 'url': f'{server.url}/client'}

    behind = start(trusted='127.0.0.1/32')
    seen = plain_http.get(f'{behind.url}/client', headers=forwarded).json()
    assert seen == {'ip': '203.0.113.9', 'url': 'https://api.example.org/client'}


@pytest.mark.parametrize('host', ['', 'x' * 300, 'evil"<>', '[::1'])
def test_process_lives_whatever_the_host(start: Start, host: str) -> None:
    head, _ = start().raw(
        f'GET /livez HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n'.encode())

    assert head.startswith('HTTP/1.1 200 ')


def test_server_logs_json_lines_alone(start: Start) -> None:
    server = start()
    server.raw(b'GARBAGE\r\n\r\n')
    server.raw(b'GET /header HTTP/1.1\r\nHost: x\r\n\r\n')
    server.end()

    events = [json.loads(line) for line in server.log.read_text(encoding='utf-8').splitlines()]
    assert {'request_refused', 'request_failed'} <= {event['event'] for event in events}


def test_idle_connections_leave_room_for_others(start: Start) -> None:
    server = start(threads=2)
    with ExitStack() as stack:
        for _ in range(50):
            stack.enter_context(socket.create_connection(('127.0.0.1', server.port)))
        started = monotonic()
        assert server.slow(0) == '200 100000'
        assert monotonic() - started < 5  # as long as gunicorn gives each of them a thread

        server.process.terminate()
        assert server.process.wait(5) == 0

"""A closed-loop load generator: a fixed number of connections, each with one request at a time.

One process over raw sockets, so that it takes little of the processors that it shares with the
server, and the same for every server that it measures: the ratios are what counts.
"""

import multiprocessing
import selectors
import socket
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

MOST_REQUESTS = 200_000
SAMPLE_EVERY = 101


@dataclass(frozen=True, kw_only=True)
class Request:
    """What is sent; ``number`` in curly brackets in the body is replaced by a running number."""

    method: str = 'GET'
    path: str
    headers: tuple[tuple[str, str], ...] = ()
    body: str = ''
    # Each connection begins with a cookie of its own and sends back what it was set.
    follow_cookie: bool = False


@dataclass(kw_only=True)
class Measured:
    """Latencies in seconds. ``samples`` are some whole answers, for checking."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    samples: list[bytes] = field(default_factory=list)
    broken: int = 0

    @property
    def per_second(self) -> float:
        return len(self.latencies) / self.seconds if self.seconds else 0.0

    def percentile(self, share: float) -> float:
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0

    @property
    def unexpected(self) -> float:
        """The share of answers that are neither 2xx nor 304, broken connections included."""
        bad = sum(count for status, count in self.statuses.items()
                  if not 200 <= status < 300 and status != 304)
        total = len(self.latencies) + self.broken
        return (bad + self.broken) / total if total else 1.0


class Connection:
    """One client: sends, waits for the whole answer, sends again."""

    def __init__(self, host: str, port: int) -> None:
        self._address = (host, port)
        self.sock: socket.socket | None = None
        self._received = b''
        self.sent_at = 0.0
        self.cookie = ''

    def send(self, raw: bytes) -> socket.socket:
        if self.sock is None:
            self.sock = socket.create_connection(self._address, timeout=30)
            self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._received = b''
        self.sent_at = time.perf_counter()
        self.sock.sendall(raw)
        return self.sock

    def receive(self) -> bytes | None:
        """The whole answer once it is there, None before. Raises OSError for a cut one."""
        assert self.sock is not None
        piece = self.sock.recv(262144)
        self._received += piece
        head, found, rest = self._received.partition(b'\r\n\r\n')
        if not found:
            if not piece:
                raise OSError('closed before an answer')
            return None
        lower = head.lower()
        if self.cookie and b'set-cookie: ' in lower:
            place = lower.index(b'set-cookie: ') + len(b'set-cookie: ')
            self.cookie = head[place:].split(b';', 1)[0].decode()
        length = _content_length(lower)
        if len(rest) < length and piece:
            return None
        if len(rest) < length:
            raise OSError('closed in the middle of an answer')
        if b'connection: close' in lower:
            self.close()
        return self._received

    def close(self) -> None:
        if self.sock is not None:
            self.sock.close()
            self.sock = None


def _content_length(head: bytes) -> int:
    if head.split(b' ', 2)[1] in (b'204', b'304'):
        return 0
    _, found, rest = head.partition(b'content-length:')
    return int(rest.split(b'\r\n', 1)[0]) if found else 0


def raw_request(request: Request, host: str, number: int, cookie: str = '') -> bytes:
    body = request.body.replace('{number}', str(number)).encode()
    lines = [f'{request.method} {request.path} HTTP/1.1', f'Host: {host}', 'Accept: */*']
    lines += [f'{name}: {value}' for name, value in request.headers]
    if cookie:
        lines.append(f'Cookie: {cookie}')
    if request.method != 'GET':
        lines.append(f'Content-Length: {len(body)}')
    return '\r\n'.join(lines).encode() + b'\r\n\r\n' + body


class Drive:
    """One measurement in progress."""

    def __init__(self, base: str, request: Request, *, connections: int, first: int,
                 cookies: Sequence[str]) -> None:
        url = urlsplit(base)
        self._host = url.netloc
        self._request = request
        self._number = first
        self._selector = selectors.DefaultSelector()
        self._clients = [
            Connection(url.hostname or '127.0.0.1', url.port or 80) for _ in range(connections)
        ]
        for client, cookie in zip(self._clients, cookies, strict=False):
            client.cookie = cookie
        varies = '{number}' in request.body or request.follow_cookie
        self._fixed = None if varies else raw_request(request, self._host, 0)
        self._until = 0.0
        self.measured = Measured()

    def run(self, seconds: float) -> Measured:
        started = time.perf_counter()
        self._until = started + seconds
        for client in self._clients:
            self._send(client)
        while self._selector.get_map() and time.perf_counter() < self._until + 30:
            for key, _events in self._selector.select(timeout=5):
                self._receive(key.data, key.fileobj)
        self.measured.seconds = time.perf_counter() - started
        for client in self._clients:
            client.close()
        return self.measured

    def _send(self, client: Connection) -> None:
        over = len(self.measured.latencies) >= MOST_REQUESTS
        if over or time.perf_counter() >= self._until:
            return
        self._number += 1
        raw = self._fixed or raw_request(self._request, self._host, self._number, client.cookie)
        self._selector.register(client.send(raw), selectors.EVENT_READ, client)

    def _receive(self, client: Connection, link: Any) -> None:
        try:
            answer = client.receive()
        except OSError:
            self.measured.broken += 1
            client.close()
        else:
            if answer is None:
                return
            self._note(client, answer)
        self._selector.unregister(link)
        self._send(client)

    def _note(self, client: Connection, answer: bytes) -> None:
        measured = self.measured
        measured.latencies.append(time.perf_counter() - client.sent_at)
        measured.statuses[int(answer[9:12])] += 1
        if len(measured.latencies) % SAMPLE_EVERY == 1:
            measured.samples.append(answer)


def run(base: str,
        request: Request,
        *,
        seconds: float,
        connections: int = 16,
        first: int = 0,
        cookies: Sequence[str] = ()) -> Measured:
    """Drives ``base`` for about ``seconds``. ``first`` is where the running number begins;
    ``cookies`` are those that the connections begin with."""
    drive = Drive(base, request, connections=connections, first=first, cookies=cookies)
    return drive.run(seconds)


def run_apart(base: str, request: Request, **options: Any) -> Measured:
    """``run`` in a process of its own, so that its garbage does not slow the harness down."""
    with multiprocessing.get_context('fork').Pool(1) as pool:
        return pool.apply(run, (base, request), options)


Check = Callable[[bytes], bool]


def all_right(samples: Sequence[bytes], check: Check) -> bool:
    return bool(samples) and all(check(sample) for sample in samples)

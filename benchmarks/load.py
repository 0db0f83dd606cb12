"""A closed-loop load generator for machines without ``wrk``: a fixed number of connections, each
with one request at a time.

One process over raw sockets and epoll, so that it takes little of the processors that it shares
with the server, and the same for every server: the ratios are what counts. A latency runs from
opening the connection, where one is opened, to the last byte of the answer.

    python -m benchmarks.load < pickled Load > pickled Measured
"""

import errno
import gc
import pickle
import select
import socket
import subprocess
import sys
import time
from urllib.parse import urlsplit

from benchmarks.answers import cookie_of, whole
from benchmarks.traffic import Load, Measured, is_expected, percentile, raw_request

_PATIENCE = 30  # seconds for the last answers
_MOST_BROKEN = 1000
_MOST_SAMPLES = 100


class _Client:
    """One connection, opened anew where the server closes it."""

    __slots__ = ('link', 'sent_at', 'unsent', 'received', 'cookie')

    def __init__(self, cookie: str) -> None:
        self.link: socket.socket | None = None
        self.sent_at = 0.0
        self.unsent = b''
        self.received = b''
        self.cookie = cookie


class Drive:
    """One measurement in progress."""

    def __init__(self, load: Load) -> None:
        url = urlsplit(load.base)
        # Once: to look the name up for each connection would cost more than to connect.
        found = socket.getaddrinfo(url.hostname, url.port or 80, type=socket.SOCK_STREAM)[0]
        self._family, self._address = found[0], found[4]
        self._load = load
        self._number = load.first
        self._fixed = None if load.request.varies else raw_request(load.request, load.base)
        self._left = load.most
        self._until = 0.0
        self._poll = select.epoll()
        self._clients: dict[int, _Client] = {}
        self._waiting = 0
        self._latencies: list[float] = []
        self._samples: list[bytes] = []
        self._unexpected = self._broken = 0

    def run(self) -> Measured:
        began, processor = time.perf_counter(), time.process_time()
        self._until = began + self._load.seconds
        cookies = [*self._load.cookies, *('', ) * self._load.connections]
        for cookie in cookies[:self._load.connections]:
            self._send(_Client(cookie), began)
        while self._waiting and time.perf_counter() < self._until + _PATIENCE:
            for descriptor, events in self._poll.poll(1):
                client = self._clients[descriptor]
                if client.unsent and events & ~select.EPOLLIN:
                    self._write_rest(client)
                else:
                    self._receive(client)
        seconds = time.perf_counter() - began
        self._latencies.sort()
        return Measured(seconds=seconds,
                        answers=len(self._latencies) + self._broken + self._waiting,
                        unexpected=self._unexpected + self._broken + self._waiting,
                        p50=percentile(self._latencies, 0.5),
                        p99=percentile(self._latencies, 0.99),
                        processor=time.process_time() - processor,
                        samples=tuple(self._samples))

    def _send(self, client: _Client, now: float) -> None:
        while now < self._until and self._left and self._broken < _MOST_BROKEN:
            self._left -= 1
            client.sent_at = now
            client.unsent = self._fixed or self._next_of(client)
            try:
                self._write(client)
            except OSError:
                self._broken += 1
                self._close(client)
                now = time.perf_counter()
            else:
                self._waiting += 1
                return
        self._close(client)

    def _next_of(self, client: _Client) -> bytes:
        self._number += 1
        return raw_request(self._load.request, self._load.base, self._number, client.cookie)

    def _write(self, client: _Client) -> None:
        """As much as goes at once, the rest when the kernel asks for it: a server that lets
        nobody in must not hold the other connections up."""
        link = client.link or self._open(client)
        try:
            client.unsent = client.unsent[link.send(client.unsent):]
        except BlockingIOError:
            pass
        if client.unsent:
            self._poll.modify(link, select.EPOLLIN | select.EPOLLOUT)

    def _write_rest(self, client: _Client) -> None:
        assert client.link is not None
        try:
            self._write(client)
        except OSError:
            self._broken += 1
            self._close(client)
            self._finish(client)
        else:
            if not client.unsent:
                self._poll.modify(client.link, select.EPOLLIN)

    def _open(self, client: _Client) -> socket.socket:
        link = client.link = socket.socket(self._family, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
        refused = link.connect_ex(self._address)
        if refused not in (0, errno.EINPROGRESS):
            raise OSError(refused, 'no connection')
        self._clients[link.fileno()] = client
        self._poll.register(link, select.EPOLLIN)
        return link

    def _receive(self, client: _Client) -> None:
        assert client.link is not None
        try:
            piece = client.link.recv(1 << 18)
            received = client.received + piece if client.received else piece
            answer = whole(received, ended=not piece)
        except BlockingIOError:
            return
        except (OSError, ValueError):
            self._broken += 1
            self._close(client)
        else:
            if answer is None:
                client.received = received
                return
            if not answer.stays:
                self._close(client)
            self._note(client, answer.status, received)
            if client.cookie:
                client.cookie = cookie_of(answer.head, received) or client.cookie
        self._finish(client)

    def _finish(self, client: _Client) -> None:
        client.received = client.unsent = b''
        self._waiting -= 1
        self._send(client, time.perf_counter())

    def _note(self, client: _Client, status: int, received: bytes) -> None:
        if len(self._latencies) % self._load.sample_every == 0:
            if len(self._samples) < _MOST_SAMPLES:
                self._samples.append(received)
        if not is_expected(status):
            self._unexpected += 1
        self._latencies.append(time.perf_counter() - client.sent_at)

    def _close(self, client: _Client) -> None:
        if client.link is not None:
            client.link.close()  # which ends its registration too
            client.link = None


def drive_apart(load: Load) -> Measured:
    """In a process of its own, which has nothing else to do and nothing to collect."""
    done = subprocess.run([sys.executable, '-m', 'benchmarks.load'],
                          input=pickle.dumps(load),
                          stdout=subprocess.PIPE,
                          timeout=load.seconds + 2 * _PATIENCE,
                          check=True)
    measured: Measured = pickle.loads(done.stdout)
    return measured


def main() -> None:
    load: Load = pickle.load(sys.stdin.buffer)
    gc.disable()
    sys.stdout.buffer.write(pickle.dumps(Drive(load).run()))


if __name__ == '__main__':
    main()

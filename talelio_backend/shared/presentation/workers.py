"""gunicorn's workers and master, with what they lack here: refusals as problems, an end that
loses no connection, and bounds on clients that stall or never hang up."""

import ctypes
import os
import selectors
import signal
import socket
import sys
import time
from functools import partial
from typing import Any

from gunicorn.arbiter import Arbiter  # type: ignore[import-untyped]
from gunicorn.glogging import Logger  # type: ignore[import-untyped]
from gunicorn.util import close_graceful, write_nonblock  # type: ignore[import-untyped]
from gunicorn.workers.base import Worker  # type: ignore[import-untyped]
from gunicorn.workers.gthread import TConn, ThreadWorker  # type: ignore[import-untyped]
from gunicorn.workers.sync import SyncWorker  # type: ignore[import-untyped]

from talelio_backend.shared.presentation import refusals
from talelio_backend.shared.presentation.clients import Client, knocking
from talelio_backend.shared.presentation.shutdown import ShutdownFlag

SLOWEST = 8 * 1024  # bytes a second of a client that is waited for without end
_PR_SET_PDEATHSIG = 1


class QuietLogger(Logger):  # type: ignore[misc]
    """Hands gunicorn's lines to the standard library's root logger, which leads to ours."""

    def setup(self, cfg: Any) -> None:
        self.cfg = cfg
        self._access_log_enabled = False  # requests are logged by the application
        self.error_log.propagate = True
        self.access_log.propagate = True


class Manners(Worker):  # type: ignore[misc]  # pylint: disable=abstract-method

    def init_signals(self) -> None:
        super().init_signals()
        # Ctrl-C reaches the whole group; the master alone decides what it means.
        signal.signal(signal.SIGINT, signal.SIG_IGN)

    @property
    def patience(self) -> float:
        seconds: float = self.app.patience
        return seconds

    def handle_error(self, req: Any, client: Any, addr: Any, exc: BaseException) -> None:
        status = refusals.status_of(exc)
        request_id, response = refusals.render(status)
        details = {'request_id': request_id, 'client_ip': (addr or ('', ))[0]}
        if status >= 500:
            refusals.log.error('request_failed', **details, exc_info=exc)
        else:
            refusals.log.warning('request_refused', **details, reason=type(exc).__name__)
        try:
            write_nonblock(client, response)
        except OSError:
            pass  # the client is gone


class SyncServant(Manners, SyncWorker):  # type: ignore[misc]
    """One request at a time; for an API behind a proxy that holds the clients' connections. So a
    request has to come in one go: everybody else waits meanwhile."""

    def handle(self, listener: Any, client: socket.socket, addr: Any) -> None:
        bounded = Client.of(client)
        bounded.expect(self.patience)
        # Of the listener only the address is wanted, and it may be closed by now.
        super().handle(bounded, bounded, addr)

    def run(self) -> None:
        super().run()
        last = list(knocking(self.sockets))
        close(self.sockets)
        # One by one, so this takes its time; half of it, so that none is cut off at the end.
        end = time.monotonic() + self.cfg.graceful_timeout / 2
        for client, address in last:
            if time.monotonic() < end:
                self.handle(None, client, address)


class Connection(TConn):  # type: ignore[misc]

    def close(self, graceful: bool = False) -> None:
        if self.sock.fileno() != -1:
            super().close(graceful)


class ThreadedServant(Manners, ThreadWorker):  # type: ignore[misc]
    """Threads. A connection gets one when it has sent something: browsers open some that they
    never use, and gunicorn would give each of them a thread for 5 s. A thread keeps it until the
    client hangs up, where gunicorn would let everybody wait for that, up to 2 s."""

    def accept(self, listener: Any) -> None:
        try:
            self._take_in(*listener.accept())
        except (BlockingIOError, ConnectionAbortedError):
            pass

    def _take_in(self, accepted: socket.socket, address: Any) -> None:
        client = Client.of(accepted)
        conn = Connection(self.cfg, client, address, client.getsockname())
        self.nr_conns += 1
        conn.set_timeout()
        self.pending_conns.append(conn)
        self.poller.register(client, selectors.EVENT_READ,
                             partial(self.on_pending_socket_readable, conn))

    def enqueue_req(self, conn: Any) -> None:
        conn.sock.expect(self.patience, bytes_per_second=SLOWEST)
        super().enqueue_req(conn)

    def handle(self, conn: Any) -> Any:
        goes_on = super().handle(conn)
        if not goes_on:
            close_graceful(conn.sock)
        return goes_on

    def set_accept_enabled(self, enabled: bool) -> None:
        super().set_accept_enabled(enabled)
        if not enabled and not self.alive:
            for client, address in knocking(self.sockets):
                self._take_in(client, address)
            close(self.sockets)

    def _cap_keepalive(self, deadline: float) -> None:
        super()._cap_keepalive(deadline)
        for conn in self.pending_conns:
            conn.timeout = min(conn.timeout, deadline)


class Master(Arbiter):  # type: ignore[misc]
    """On SIGTERM or SIGINT it first tells that it will stop, serves on for ``notice`` seconds so
    that a load balancer can turn away, and then lets running requests end. A second signal ends
    that patience."""

    def __init__(self, app: Any, *, flag: ShutdownFlag, notice: float) -> None:
        self._flag = flag
        self._notice = notice
        self._stop_at: float | None = None
        self._ending = False
        super().__init__(app)

    def handle_term(self) -> None:
        if self._stop_at is not None:
            raise StopIteration
        self._flag.begin()
        self._stop_at = time.monotonic() + self._notice

    def handle_int(self) -> None:
        if self._stop_at is not None:
            super().handle_int()
        self.handle_term()

    def stop(self, graceful: bool = True) -> None:
        self._ending = True
        super().stop(graceful)

    def reap_workers(self) -> None:
        super().reap_workers()
        if self._ending:
            # A worker that was being born lost the first signal: its handlers were the master's.
            self.kill_workers(signal.SIGTERM)

    def wait_for_signals(self, timeout: float = 1.0) -> Any:
        if self._stop_at is None:
            return super().wait_for_signals(timeout)
        left = self._stop_at - time.monotonic()
        if left <= 0:
            raise StopIteration
        return super().wait_for_signals(min(timeout, left))


def close(listeners: list[Any]) -> None:
    """At once: who knocks from here on is refused, instead of let in and then forgotten."""
    for listener in listeners:
        listener.close()


def follow_parent(parent: int) -> None:
    """Asks the kernel to end this process when its master dies, so that no orphan keeps the
    port. Elsewhere than on Linux the worker notices by itself, later."""
    if sys.platform == 'linux':
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            os.kill(os.getpid(), signal.SIGTERM)

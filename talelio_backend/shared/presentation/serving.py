import gc
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import Flask, Response
from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]
from gunicorn.http.errors import ParseException  # type: ignore[import-untyped]

from talelio_backend.shared.presentation import problems
from talelio_backend.shared.presentation.clients import ClientTooSlow
from talelio_backend.shared.presentation.forwarded import TrustedProxies
from talelio_backend.shared.presentation.shutdown import ShutdownFlag
from talelio_backend.shared.presentation.workers import (Master, QuietLogger, SyncServant,
                                                         ThreadedServant, follow_parent)

_HEARTBEATS = Path('/dev/shm')  # a disk that stalls must not look like a worker that does


def _nothing(*_arguments: Any) -> None:
    pass


@dataclass(frozen=True, kw_only=True)
class Serving:
    """``bind`` as host:port. ``grace``: seconds for running requests at the end; ``notice``:
    seconds before that in which readiness says so and everything is still served. ``patience``:
    seconds that a client may let wait for its request. ``on_fork`` runs in each new worker,
    ``on_child_exit`` gets the pid of one that is gone."""

    bind: str
    workers: int
    threads: int
    grace: float
    notice: float
    shutdown: ShutdownFlag
    patience: float = 20  # less than gunicorn's own, after which it kills the worker
    trusted_proxies: Sequence[str] = ()
    on_fork: Callable[[], None] = field(default=_nothing)
    on_child_exit: Callable[[int], None] = field(default=_nothing)
    on_ready: Callable[[], None] = field(default=_nothing)


class Gunicorn(BaseApplication):  # type: ignore[misc]  # pylint: disable=abstract-method
    """The application is built before the workers are forked, so that they share its memory;
    what it connects to, it connects to at first use, so that they share no connection."""

    def __init__(self, make_app: Callable[[], Flask], serving: Serving) -> None:
        self._make_app = make_app
        self._serving = serving
        self.patience = serving.patience
        super().__init__()

    def load_config(self) -> None:
        serving = self._serving
        options = {
            'bind': serving.bind,
            'workers': serving.workers,
            'threads': serving.threads,
            'worker_class': SyncServant if serving.threads == 1 else ThreadedServant,
            'preload_app': True,
            'logger_class': QuietLogger,
            'accesslog': None,
            'proc_name': 'talelio',
            'control_socket_disable': True,
            'worker_tmp_dir': str(_HEARTBEATS) if os.access(_HEARTBEATS, os.W_OK) else None,
            'timeout': 30,
            'graceful_timeout': max(1, round(serving.grace)),
            'keepalive': 5,
            'limit_request_line': 8190,
            'limit_request_fields': 64,
            'limit_request_field_size': 16380,
            # Forwarded headers are read by TrustedProxies, and by it alone.
            'forwarded_allow_ips': '',
            'secure_scheme_headers': {},
            'pre_fork': lambda _master, _worker: gc.freeze(),
            'post_fork': self._on_fork,
            'child_exit': lambda _master, worker: serving.on_child_exit(worker.pid),
            'when_ready': lambda _master: serving.on_ready(),
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        app = self._make_app()
        app.register_error_handler(ParseException, _unreadable)
        app.register_error_handler(ClientTooSlow, _too_slow)
        gc.collect()
        return TrustedProxies(app, self._serving.trusted_proxies)

    def run(self) -> None:
        Master(self, flag=self._serving.shutdown, notice=self._serving.notice).run()

    def _on_fork(self, _master: Any, worker: Any) -> None:
        follow_parent(worker.ppid)
        self._serving.on_fork()


def serve(make_app: Callable[[], Flask], serving: Serving) -> None:
    """Serves until SIGTERM or SIGINT; ends the process."""
    Gunicorn(make_app, serving).run()


def _unreadable(_error: Exception) -> Response:
    """A body whose framing is broken; gunicorn closes the connection after it."""
    return problems.respond(problems.BadRequest())


def _too_slow(_error: Exception) -> Response:
    return problems.respond(problems.RequestTooSlow())

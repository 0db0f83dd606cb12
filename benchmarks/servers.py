"""Web servers that a run starts beside each other, and what a measurement knows of each."""

import os
import signal
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks.processes import Usage, usage_of
from talelio_backend.development.parts import PROJECT
from talelio_backend.development.ports import HOST, free_port, http_status
from talelio_backend.development.process import Child

_REFERENCE = 'benchmarks.reference:application'
_LOCAL = (HOST, 'localhost', '::1')
_READY_SECONDS = 120
_LOOK_SECONDS = 0.1
_GRACE_SECONDS = 15


class NotReady(Exception):
    """A server did not come up; the text is the end of what it said."""


@dataclass(frozen=True, kw_only=True)
class Server:
    """``application``: what it calls itself in its connections to the database of this run; empty
    where its statements cannot be counted."""

    name: str
    base: str
    application: str = ''

    @property
    def port(self) -> int:
        return urlsplit(self.base).port or 80

    def usage(self) -> Usage | None:
        return usage_of(self.port) if urlsplit(self.base).hostname in _LOCAL else None


def base_at(port: int) -> str:
    return f'http://{HOST}:{port}'


def environment(**ours: str) -> dict[str, str]:
    """Nothing of the caller's that could lead a server of this run to data that is not its own."""
    kept = ('PATH', 'HOME', 'TMPDIR', 'LANG', 'LC_ALL', 'LD_LIBRARY_PATH')
    return {name: os.environ[name] for name in kept if name in os.environ} | ours


@contextmanager
def running(name: str,
            command: Sequence[str],
            variables: Mapping[str, str],
            *,
            port: int,
            log: Path,
            path: str = '/') -> Iterator[Child]:
    """Started, and answering ``path``. Raises NotReady. It ends when this process does."""
    child = Child(name=name,
                  command=command,
                  environment=variables,
                  working_dir=PROJECT,
                  log_file=log,
                  orphan_signal=signal.SIGTERM)
    try:
        child.start()
        _wait(child, port, path, log)
        yield child
    finally:
        child.stop(_GRACE_SECONDS)


@contextmanager
def running_reference(log: Path, *, workers: int, threads: int) -> Iterator[Server]:
    """A plain gunicorn of the class, the processes and the threads that the product has with these
    numbers. ``log`` is a folder. Raises NotReady."""
    port = free_port()
    kind = ['--worker-class', 'gthread', '--threads', str(threads)] if threads > 1 else []
    command = [
        sys.executable, '-m', 'gunicorn', '--workers',
        str(workers), *kind, '--keep-alive', '5', '--bind', f'{HOST}:{port}',
        '--no-control-socket', _REFERENCE
    ]
    name = f'reference {workers}×{threads}'
    file = log / f'reference-{workers}-{threads}.log'
    with running(name, command, environment(), port=port, log=file):
        yield Server(name=name, base=base_at(port))


def _wait(child: Child, port: int, path: str, log: Path) -> None:
    deadline = time.monotonic() + _READY_SECONDS
    while http_status(port, path) != 200:
        if not child.alive() or time.monotonic() > deadline:
            said = log.read_text(encoding='utf-8', errors='replace')[-3000:]
            raise NotReady(f'{child.name} does not answer {path}:\n{said}')
        time.sleep(_LOOK_SECONDS)

"""The rivals: made into an environment of their own, and started on the product's database."""

import hashlib
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import make_url

from benchmarks.servers import Server, base_at, environment, running
from benchmarks.stack import PROCESSES, Stack
from talelio_backend.development.parts import PROJECT
from talelio_backend.development.ports import HOST, free_port

_VENV = PROJECT / '.venv-rivals'
_BIN = _VENV / 'bin'
_REQUIREMENTS = Path(__file__).with_name('requirements.txt')
_STAMP = _VENV / 'talelio-stamp'


@dataclass(frozen=True)
class Rival:
    """``command`` of its usual server in production; ``{port}`` and ``{workers}`` are put in."""

    name: str
    command: tuple[str, ...]


RIVALS = (
    Rival('Django REST', ('gunicorn', '--workers', '{workers}', '--bind', f'{HOST}:{{port}}',
                          '--no-control-socket', 'benchmarks.rivals.django_rest:application')),
    Rival('FastAPI',
          ('uvicorn', '--workers', '{workers}', '--host', HOST, '--port', '{port}',
           '--no-access-log', '--log-level', 'warning', 'benchmarks.rivals.fast_api:application')),
)


def make_environment() -> None:
    """Installs the pinned packages, unless they are there. Raises CalledProcessError."""
    stamp = hashlib.sha256(_REQUIREMENTS.read_bytes()).hexdigest() + sys.version
    if _STAMP.exists() and _STAMP.read_text(encoding='utf-8') == stamp:
        return
    print('installing the rivals into .venv-rivals', file=sys.stderr, flush=True)
    python = getattr(sys, '_base_executable', '') or sys.executable
    subprocess.run([python, '-m', 'venv', '--clear', str(_VENV)], check=True)
    subprocess.run([
        str(_BIN / 'python'), '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check',
        '--no-deps', '-r',
        str(_REQUIREMENTS)
    ],
                   check=True)
    _STAMP.write_text(stamp, encoding='utf-8')


def start(stack: Stack, enter: Callable[[AbstractContextManager[Any]], Any], *,
          path: str) -> list[Server]:
    """All of them, ended with what ``enter`` belongs to. ``path`` is asked until it is answered.
    """
    return [_start(rival, stack, enter, path) for rival in RIVALS]


def _start(rival: Rival, stack: Stack, enter: Callable[[AbstractContextManager[Any]], Any],
           path: str) -> Server:
    port = free_port()
    application = rival.name.replace(' ', '-').lower()
    program, *words = rival.command
    command = [str(_BIN / program), *(word.format(port=port, workers=PROCESSES) for word in words)]
    variables = environment(PYTHONPATH=str(PROJECT), **database_variables(stack, application))
    enter(
        running(rival.name,
                command,
                variables,
                port=port,
                log=stack.log / f'{application}.log',
                path=path))
    return Server(name=rival.name, base=base_at(port), application=application)


def database_variables(stack: Stack, application: str) -> Mapping[str, str]:
    """As PostgreSQL's own clients read them: the role of the product's API."""
    url = make_url(stack.environment_of_api['DATABASE_URL'])
    return {
        'PGHOST': url.host or '',
        'PGPORT': str(url.port or 5432),
        'PGUSER': url.username or '',
        'PGPASSWORD': str(url.password or ''),
        'PGDATABASE': url.database or '',
        'PGAPPNAME': application,
        'BENCH_ARTICLES_URL': f'{stack.environment_of_api["CLIENT_URL"]}/articles/',
    }

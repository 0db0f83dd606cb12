"""The product as ``make serve-api`` starts it, with production's settings, on data of its own."""

import json
import os
import subprocess
import sys
import time
import urllib.request
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psycopg

from benchmarks.processes import environment_of, listeners
from benchmarks.servers import Server, base_at, environment, running
from talelio_backend.development.parts import PROJECT
from talelio_backend.development.ports import free_port

PASSWORD = 'a quiet heron by the water'
EMAIL, USERNAME = 'bench@example.org', 'bench'
PROCESSES = 2
APPLICATION = 'talelio'
_MANY = '10000000/minute'
_DEVELOPMENT = [sys.executable, '-m', 'talelio_backend.development']
_SETTLE_SECONDS = 300

# Production's settings; only the limits' numbers are raised. Mail is handed to nobody: no job of
# these runs reaches a server, and the worker is busy like any other.
_SETTINGS = {
    'TALELIO_ENV': 'production',
    'REGISTRATION': 'closed',
    'BACKUP_PLAINTEXT': '1',  # nothing of it is kept
    'MAIL_BACKEND': 'smtp',
    'SMTP_URL': 'smtp://127.0.0.1:9',
    'MAIL_SENDER': 'bench@example.org',
    'TALELIO_METADATA': 'off',
    'PUBLIC_URL': 'https://api.example.org',
    'CLIENT_URL': 'https://example.org',
    'CORS_ORIGINS': 'https://example.org',
    'TALELIO_RATE_LIMIT': _MANY,
    'TALELIO_LOGIN_LIMIT': _MANY,
    'TALELIO_MAIL_LIMIT': _MANY,
    'LOG_LEVEL': 'INFO',
    'LOG_FORMAT': 'json',
}


class Refused(Exception):
    """An operator command failed; the text is what it said."""


class Stack:
    """Everything that ``make serve-api`` runs, from ``with`` on."""

    def __init__(self, folder: Path, *, workers: int = PROCESSES, threads: int = 1) -> None:
        self.data = folder / 'data'
        self.log = folder / 'log'
        port = free_port()
        self.server = Server(name='talelio', base=base_at(port), application=APPLICATION)
        self._environment = environment(**_SETTINGS,
                                        SECRET_KEY=os.urandom(48).hex(),
                                        WEB_CONCURRENCY=str(workers),
                                        WEB_THREADS=str(threads),
                                        PORT=str(port),
                                        TALELIO_DATA_DIR=str(self.data))
        self._open = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as started:
            started.enter_context(
                running('talelio', [*_DEVELOPMENT, 'serve-api'],
                        self._environment,
                        port=self.server.port,
                        log=self.log / 'talelio.log',
                        path='/readyz'))
            self.operator('create-admin',
                          '--email',
                          EMAIL,
                          '--username',
                          USERNAME,
                          '--password',
                          '-',
                          answer=PASSWORD)
            self._open = started.pop_all()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self._open.close()

    @cached_property
    def facts(self) -> dict[str, Any]:
        facts: dict[str, Any] = json.loads((self.data / 'run.json').read_text(encoding='utf-8'))
        return facts

    @cached_property
    def environment_of_api(self) -> dict[str, str]:
        """With which another process like the running ones can be started."""
        return environment_of(listeners(self.server.port)[0])

    def database(self) -> psycopg.Connection[tuple[Any, ...]]:
        """As the superuser."""
        return psycopg.connect(self.facts['database_url'], autocommit=True)

    def settle(self) -> None:
        """Waits until the worker has done what the last requests left to it."""
        waiting = ("SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing') "
                   'AND (scheduled_at IS NULL OR scheduled_at <= now())')
        deadline = time.monotonic() + _SETTLE_SECONDS
        with self.database() as link:
            while link.execute(waiting).fetchall() != [(0, )]:
                if time.monotonic() > deadline:
                    raise TimeoutError('the worker does not get done')
                time.sleep(0.2)

    def operator(self, *arguments: str, answer: str = '') -> str:
        """What an operator command writes. Raises Refused."""
        done = subprocess.run([*_DEVELOPMENT, 'exec', '--', *arguments],
                              cwd=PROJECT,
                              env=self._environment,
                              input=answer,
                              capture_output=True,
                              text=True,
                              check=False)
        if done.returncode:
            raise Refused(f'{arguments[0]}: {done.stderr}')
        return done.stdout

    def call(self,
             method: str,
             path: str,
             body: Any = None,
             headers: dict[str, str] | None = None) -> tuple[dict[str, str], bytes]:
        """One request outside of the measurement; raises HTTPError for a refusal."""
        raw = None if body is None else json.dumps(body).encode()
        sent = {'Content-Type': 'application/json', **(headers or {})}
        request = urllib.request.Request(self.server.base + path, raw, sent, method=method)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return dict(answer.headers), answer.read()

    def sign_in(self) -> tuple[str, str]:
        """An access token and the Cookie header of its session."""
        headers, body = self.call('POST', '/v1/accounts/login', {
            'email': EMAIL,
            'password': PASSWORD
        })
        return json.loads(body)['access_token'], headers['Set-Cookie'].split(';')[0]

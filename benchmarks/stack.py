"""The product as ``make serve-api`` starts it, with production settings, and the reference on the
same gunicorn beside it."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from benchmarks.load import Request, raw_request

THREADS = int(os.environ.get('WEB_THREADS') or 1)
PROCESSES = int(os.environ.get('WEB_CONCURRENCY') or 2)
MANY = '10000000/minute'
PASSWORD = 'a quiet heron by the water'
EMAIL, USERNAME = 'bench@example.org', 'bench'

# Production's settings; only the limits' numbers are raised. Mail is handed to nobody: no job
# of these runs reaches a server, and the worker is busy like any other.
_ENVIRONMENT = {
    'TALELIO_ENV': 'production',
    'SECRET_KEY': os.urandom(48).hex(),
    'REGISTRATION': 'closed',
    'MAIL_BACKEND': 'smtp',
    'SMTP_URL': 'smtp://127.0.0.1:9',
    'MAIL_SENDER': 'bench@example.org',
    'PUBLIC_URL': 'https://api.example.org',
    'CLIENT_URL': 'https://example.org',
    'CORS_ORIGINS': 'https://example.org',
    'TALELIO_RATE_LIMIT': MANY,
    'TALELIO_LOGIN_LIMIT': MANY,
    'TALELIO_MAIL_LIMIT': MANY,
    'WEB_CONCURRENCY': str(PROCESSES),
    'WEB_THREADS': str(THREADS),
    'LOG_LEVEL': 'INFO',
    'LOG_FORMAT': 'json',
}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        port: int = probe.getsockname()[1]
        return port


def _is_statement(line: bytes) -> bool:
    name, _, rest = line.partition(b'|')
    transaction = (b'statement: BEGIN', b'statement: COMMIT', b'statement: ROLLBACK')
    return name == b'talelio' and b'statement: ' in rest and not rest.strip().endswith(
        tuple(b'LOG:  ' + word for word in transaction))


class Stack:
    """Both servers, in a folder that is gone afterwards."""

    def __init__(self) -> None:
        self._data = Path(tempfile.mkdtemp(prefix='talelio-bench-'))
        self.port, self.reference_port = free_port(), free_port()
        self.base = f'http://127.0.0.1:{self.port}'
        self.reference = f'http://127.0.0.1:{self.reference_port}'
        self._children: list[subprocess.Popen[bytes]] = []
        self._log = (self._data / 'bench.log').open('wb')

    def __enter__(self) -> Self:
        environment = {
            **os.environ,
            **_ENVIRONMENT, 'PORT': str(self.port),
            'TALELIO_DATA_DIR': str(self._data)
        }
        self._start([sys.executable, '-m', 'talelio_backend.development', 'serve-api'],
                    environment)
        # The reference is a plain gunicorn of the same class, processes and threads.
        kind = ['--worker-class', 'gthread', '--threads', str(THREADS)] if THREADS > 1 else []
        self._start([
            sys.executable, '-m', 'gunicorn', '--workers',
            str(PROCESSES), *kind, '--keep-alive', '5', '--bind',
            f'127.0.0.1:{self.reference_port}', 'benchmarks.reference:application'
        ], dict(os.environ))
        self._wait(f'{self.base}/readyz')
        self._wait(self.reference)
        self.operator('create-admin',
                      '--email',
                      EMAIL,
                      '--username',
                      USERNAME,
                      '--password',
                      '-',
                      answer=PASSWORD)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        for child in self._children:
            child.send_signal(signal.SIGTERM)
        for child in self._children:
            try:
                child.wait(15)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
        self._log.close()
        shutil.rmtree(self._data, ignore_errors=True)

    @property
    def facts(self) -> dict[str, Any]:
        facts: dict[str, Any] = json.loads((self._data / 'run.json').read_text(encoding='utf-8'))
        return facts

    def database(self) -> psycopg.Connection[tuple[Any, ...]]:
        return psycopg.connect(self.facts['database_url'], autocommit=True)

    def operator(self, *arguments: str, answer: str = '') -> str:
        """Runs an operator command against this stack."""
        environment = {**os.environ, **_ENVIRONMENT, 'TALELIO_DATA_DIR': str(self._data)}
        done = subprocess.run(
            [sys.executable, '-m', 'talelio_backend.development', 'exec', '--', *arguments],
            env=environment,
            input=answer,
            capture_output=True,
            text=True,
            check=False)
        if done.returncode:
            raise SystemExit(f'{arguments[0]} failed: {done.stderr}')
        return done.stdout

    def call(self,
             method: str,
             path: str,
             body: Any = None,
             headers: dict[str, str] | None = None) -> tuple[dict[str, str], bytes]:
        """One request outside of the measurement."""
        raw = None if body is None else json.dumps(body).encode()
        sent = {'Content-Type': 'application/json', **(headers or {})}
        request = urllib.request.Request(self.base + path, raw, sent, method=method)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return dict(answer.headers), answer.read()

    def send(self, request: Request, cookie: str = '') -> None:
        """The request of a case, once."""
        url = urlsplit(self.base)
        with socket.create_connection((str(url.hostname), self.port), timeout=30) as link:
            link.sendall(raw_request(request, url.netloc, time.monotonic_ns(), cookie))
            link.shutdown(socket.SHUT_WR)
            while link.recv(65536):
                pass

    def sign_in(self) -> tuple[str, str]:
        """An access token and the Cookie header of its session."""
        headers, body = self.call('POST', '/v1/accounts/login', {
            'email': EMAIL,
            'password': PASSWORD
        })
        cookie = headers['Set-Cookie'].split(';')[0]
        return json.loads(body)['access_token'], cookie

    def memory(self) -> float:
        """MiB that gunicorn and its workers share out among themselves (PSS)."""
        total = 0
        for pid in self._api_processes():
            rollup = Path(f'/proc/{pid}/smaps_rollup').read_text(encoding='utf-8')
            total += int(rollup.split('Pss:')[1].split()[0])
        return total / 1024

    def _api_processes(self) -> list[int]:
        children: dict[int, list[int]] = {}
        commands: dict[int, str] = {}
        for folder in Path('/proc').glob('[0-9]*'):
            try:
                status = (folder / 'stat').read_text(encoding='utf-8')
                commands[int(folder.name)] = (folder / 'cmdline').read_text(
                    encoding='utf-8').replace('\0', ' ')
            except OSError:
                continue
            parent = int(status.rpartition(')')[2].split()[1])
            children.setdefault(parent, []).append(int(folder.name))
        masters = [
            pid for pid in children.get(self._children[0].pid, [])
            if commands.get(pid, '').rstrip().endswith('talelio_backend serve')
        ]
        return [*masters, *(child for pid in masters for child in children.get(pid, []))]

    def statements_of(self, send: Callable[[], object]) -> int:
        """How many SQL statements ``send`` causes in the API, counted by the server's own log;
        the least of three, since the worker writes into the same log."""
        log = self._data / 'log' / 'postgres.log'
        with self.database() as link:
            self._tell_server(link, log_statement='all', log_line_prefix='%a|')
            counts = []
            for _ in range(3):
                before = log.stat().st_size
                send()
                counts.append(sum(map(_is_statement, log.read_bytes()[before:].splitlines())))
            self._tell_server(link, log_statement='none', log_line_prefix='%m [%p] ')
        return min(counts)

    @staticmethod
    def _tell_server(link: psycopg.Connection[Any], **settings: str) -> None:
        for name, value in settings.items():
            link.execute(
                sql.SQL('ALTER SYSTEM SET {} = {}').format(sql.Identifier(name),
                                                           sql.Literal(value)))
        link.execute('SELECT pg_reload_conf()')
        time.sleep(0.5)  # the server's processes read it in their own time

    def _start(self, command: list[str], environment: dict[str, str]) -> None:
        self._children.append(
            subprocess.Popen(  # pylint: disable=consider-using-with  # ended in __exit__
                command,
                env=environment,
                stdout=self._log,
                stderr=subprocess.STDOUT))

    def _wait(self, url: str) -> None:
        deadline = time.monotonic() + 90
        while time.monotonic() < deadline:
            try:
                with urllib.request.urlopen(url, timeout=2):
                    return
            except (urllib.error.URLError, OSError):
                if any(child.poll() is not None for child in self._children):
                    break
                time.sleep(0.2)
        self._log.flush()
        raise SystemExit(f'{url} does not answer:\n' +
                         (self._data / 'bench.log').read_text(encoding='utf-8')[-3000:])

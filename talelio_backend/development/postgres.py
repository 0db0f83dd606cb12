"""A PostgreSQL cluster in a folder."""
import hashlib
import os
import shutil
import signal
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from talelio_backend.development import binaries, orphans, privileges
from talelio_backend.development.ports import HOST, free_port
from talelio_backend.development.process import Child, RunAs, StartFailed

SUPERUSER, ROLE, DATABASE = 'postgres', 'talelio', 'talelio'
_READY_SECONDS = 60
_RETRY_SECONDS = 0.05
_SOCKET_PATH_LIMIT = 107 - len('/.s.PGSQL.65535')
_SETTINGS = {
    'listen_addresses': HOST,
    'max_connections': '100',
    'shared_buffers': '64MB',
    'max_wal_size': '512MB',
    'log_min_messages': 'warning',
    # A refused statement and the row that it collides with hold addresses and hashes.
    'log_min_error_statement': 'panic',
    'log_error_verbosity': 'terse',
    'timezone': 'UTC',
    'log_timezone': 'UTC',
}
_NOT_DURABLE = {'fsync': 'off', 'synchronous_commit': 'off', 'full_page_writes': 'off'}


class PostgresServer:
    """`data_dir` is the cluster's own folder. `start` returns when it answers.

    Not `durable`: no fsync, for tests that throw the cluster away.
    """

    name = 'PostgreSQL'

    def __init__(self,
                 data_dir: Path,
                 *,
                 superuser_password: str,
                 password: str,
                 log_file: Path,
                 durable: bool = True) -> None:
        self.data_dir = data_dir.absolute()
        self.bin_dir = binaries.postgres_bin_dir()
        self.port = free_port()
        self._superuser_password = superuser_password
        self._password = password
        self._log_file = log_file
        self._durable = durable
        self._user: RunAs | None = None
        self._child: Child | None = None
        self.socket_dir = _socket_dir(self.data_dir)

    @property
    def url(self) -> str:
        """Of the ordinary role that owns the database."""
        return self._url(ROLE, self._password)

    @property
    def superuser_url(self) -> str:
        return self._url(SUPERUSER, self._superuser_password)

    @property
    def pid(self) -> int | None:
        return self._child.pid if self._child else None

    def alive(self) -> bool:
        return self._child is not None and self._child.alive()

    def start(self) -> None:
        self.launch()
        self.wait_ready()

    def launch(self) -> None:
        """Everything of `start` but the waiting."""
        self._make_folder(self.data_dir)
        self._user = privileges.postgres_user(self.data_dir, self.bin_dir)
        privileges.give(self.data_dir, self._user)
        self._make_folder(self.socket_dir)
        privileges.give(self.socket_dir, self._user)
        orphans.end_postgres(self.data_dir)
        if not (self.data_dir / 'PG_VERSION').exists():
            self._initialise()
        settings = _SETTINGS | {
            'port': str(self.port),
            'unix_socket_directories': str(self.socket_dir)
        } | ({} if self._durable else _NOT_DURABLE)
        options = [word for key, value in settings.items() for word in ('-c', f'{key}={value}')]
        self._child = self._program('postgres', '-D', str(self.data_dir), *options)
        self._child.start()

    def wait_ready(self) -> None:
        deadline = time.monotonic() + _READY_SECONDS
        administration = self._url(SUPERUSER, self._superuser_password, 'postgres')
        while True:
            try:
                with psycopg.connect(administration, autocommit=True, connect_timeout=3) as link:
                    self._make_role_and_database(link)
                return
            except psycopg.OperationalError as error:
                if not self.alive() or time.monotonic() > deadline:
                    raise StartFailed(self.name, f'see {self._log_file}') from error
                time.sleep(_RETRY_SECONDS)

    def ask_to_stop(self) -> None:
        if self._child:
            self._child.ask_to_stop()

    def stop(self, seconds: float = 10.0) -> None:
        """Fast shutdown; what is left after that is killed, and recovers at the next start."""
        if self._child:
            self._child.stop(seconds)
        shutil.rmtree(self.socket_dir, ignore_errors=True)

    def kill(self) -> None:
        if self._child:
            self._child.kill()

    def _initialise(self) -> None:
        """In a folder beside it, renamed when complete: an interrupted attempt leaves no half."""
        attempt = self.data_dir.with_name(f'{self.data_dir.name}.new')
        shutil.rmtree(attempt, ignore_errors=True)
        self._make_folder(attempt)
        privileges.give(attempt, self._user)
        with tempfile.NamedTemporaryFile('w', dir=self.socket_dir) as password_file:
            password_file.write(self._superuser_password)
            password_file.flush()
            privileges.give(Path(password_file.name), self._user)
            child = self._program('initdb', '-D', str(attempt), '--username', SUPERUSER, '--auth',
                                  'scram-sha-256', '--pwfile', password_file.name, '--encoding',
                                  'UTF8', '--no-locale', '--locale-provider', 'builtin',
                                  '--builtin-locale', 'C.UTF-8', '--no-instructions',
                                  *([] if self._durable else ['--no-sync']))
            child.start()
            child.wait(_READY_SECONDS)
        if child.exit_code != 0:
            child.kill()
            raise StartFailed(self.name, f'initdb failed, see {self._log_file}')
        self.data_dir.rmdir()
        attempt.rename(self.data_dir)

    def _program(self, name: str, *arguments: str) -> Child:
        return Child(
            name=self.name,
            command=[str(self.bin_dir / name), *arguments],
            # Nothing of the caller's: PGDATA, PGPORT or a locale would change how it behaves.
            environment={
                'PATH': os.defpath,
                'LC_ALL': 'C'
            },
            working_dir=self.data_dir.parent,
            log_file=self._log_file,
            stop_signal=signal.SIGINT,
            orphan_signal=signal.SIGINT,
            run_as=self._user)

    def _make_role_and_database(self, link: psycopg.Connection) -> None:
        """Also what an attempt that was interrupted between the two left out."""
        if not link.execute('SELECT 1 FROM pg_roles WHERE rolname = %s', [ROLE]).fetchone():
            hashed = link.pgconn.encrypt_password(self._password.encode(), ROLE.encode(),
                                                  b'scram-sha-256').decode()
            # CREATEDB, because a restore builds its database beside the live one.
            link.execute(
                sql.SQL('CREATE ROLE {} LOGIN CREATEDB PASSWORD {}').format(
                    sql.Identifier(ROLE), sql.Literal(hashed)))
        found = link.execute('SELECT 1 FROM pg_database WHERE datname = %s', [DATABASE])
        if not found.fetchone():
            link.execute(
                sql.SQL('CREATE DATABASE {} OWNER {}').format(sql.Identifier(DATABASE),
                                                              sql.Identifier(ROLE)))

    def _url(self, user: str, password: str, database: str = DATABASE) -> str:
        return f'postgresql://{user}:{quote(password, safe="")}@{HOST}:{self.port}/{database}'

    @staticmethod
    def _make_folder(folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def _socket_dir(data_dir: Path) -> Path:
    """The same for a data folder at each start, so that nothing piles up after a kill."""
    known = hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:16]
    name = f'talelio-{os.geteuid()}-{known}'
    usual = Path(tempfile.gettempdir()) / name
    return usual if len(os.fsencode(usual)) <= _SOCKET_PATH_LIMIT else Path('/tmp') / name

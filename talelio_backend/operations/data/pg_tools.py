"""pg_dump and pg_restore as child processes."""

import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress

from talelio_backend.operations.data.child import Child, running
from talelio_backend.operations.data.connections import Address, plain_url
from talelio_backend.operations.domain.errors import DumpFailed, LoadFailed
from talelio_backend.operations.services.ports import Readable, Writable

_LOCK_SECONDS = 60  # for a table that a migration holds
_VERSION_SECONDS = 20
# What our own programs may take over of the surroundings; PG* too, for they say how to connect.
_INHERITED = ('PATH', 'HOME', 'LD_LIBRARY_PATH', 'TZ')
# What the address says; from elsewhere it would be about another database.
_OF_ADDRESS = ('PGDATABASE', 'PGHOST', 'PGHOSTADDR', 'PGPORT', 'PGUSER', 'PGSERVICE', 'PGOPTIONS')


class Surroundings:
    """The command line and the environment of a child: the password stands in the second, since
    everybody on the machine can read the first."""

    def __init__(self, address: Address, environment: Mapping[str, str]) -> None:
        self._address = address
        self._inherited = {
            name: value
            for name, value in environment.items()
            if name in _INHERITED or (name.startswith('PG') and name not in _OF_ADDRESS)
        }

    def place(self, database: str | None = None) -> str:
        """Where to connect, without a password."""
        url = plain_url(self._address(), database)
        query = {name: value for name, value in url.query.items() if name != 'password'}
        # URL.set passes over a password of None.
        return url.set(query=query)._replace(password=None).render_as_string(hide_password=False)

    def environment(self) -> dict[str, str]:
        url = plain_url(self._address())
        password = url.password or url.query.get('password')
        given = {'PGPASSWORD': str(password)} if password else {}
        return {
            'PGCONNECT_TIMEOUT': '10'
        } | self._inherited | given | {
            'PGAPPNAME': 'talelio backup',
            'LC_ALL': 'C'
        }


class PgDump:

    def __init__(self, surroundings: Surroundings) -> None:
        self._surroundings = surroundings

    def version(self) -> str:
        try:
            told = subprocess.run(['pg_dump', '--version'],
                                  env=self._surroundings.environment(),
                                  capture_output=True,
                                  text=True,
                                  timeout=_VERSION_SECONDS,
                                  check=True).stdout
        except FileNotFoundError as error:
            raise DumpFailed('pg_dump is not on the path') from error
        except (OSError, subprocess.SubprocessError) as error:
            raise DumpFailed('pg_dump does not tell its version') from error
        return told.rpartition('(PostgreSQL)')[2].split()[0]

    @contextmanager
    def dump(self, snapshot: str) -> Iterator[Readable]:
        command = [
            'pg_dump', '--format=custom', '--no-password', f'--snapshot={snapshot}',
            f'--lock-wait-timeout={_LOCK_SECONDS * 1000}', f'--dbname={self._surroundings.place()}'
        ]
        with running(command, self._surroundings.environment(), DumpFailed) as child:
            yield child.output
            # Whoever stopped reading before the end has not got the dump.
            if child.output.read(1):
                raise DumpFailed('it was not read to its end')
            child.must_succeed()


class PgRestore:

    def __init__(self, surroundings: Surroundings) -> None:
        self._surroundings = surroundings

    @contextmanager
    def load(self, database: str) -> Iterator[Writable]:
        command = [
            'pg_restore', '--format=custom', '--no-password', '--no-owner', '--no-privileges',
            '--single-transaction', f'--dbname={self._surroundings.place(database)}'
        ]
        with running(command, self._surroundings.environment(), LoadFailed) as child:
            yield _Feed(child)
            with suppress(BrokenPipeError):
                child.input.close()
            child.must_succeed()


class _Feed:
    """The standard input of a child that may give up on what it gets."""

    def __init__(self, child: Child) -> None:
        self._child = child

    def write(self, content: bytes, /) -> int:
        try:
            return self._child.input.write(content)
        except BrokenPipeError:
            self._child.fail()
            raise

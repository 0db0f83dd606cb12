"""An installation whose live database is its own, so that another may take its place."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg
from click.testing import Result
from psycopg import sql
from sqlalchemy import make_url

from talelio_backend.shared.services.jobs import Job
from tests.conftest import Servers, at_database, create_database
from tests.integration.operations.installation import Installation, MakeInstallation

MakeReplaceable = Callable[..., 'Replaceable']


@dataclass(frozen=True, kw_only=True)
class Replaceable(Installation):
    servers: Servers
    created: list[str] = field(default_factory=list)

    @property
    def database(self) -> str:
        return str(make_url(self.settings.database_url).database)

    def jobs(self, database: str | None = None) -> set[str]:
        """The jobs that wait, by name: they are what is written and restored here."""
        with psycopg.connect(at_database(self.servers, database or self.database)) as link:
            rows = link.execute('SELECT task_name FROM procrastinate_jobs').fetchall()
        return {row[0] for row in rows}

    def write(self, *jobs: str) -> None:
        self.house.kernel.engine.dispose()  # a restore ended its connections
        self.house.kernel.jobs.defer(*(Job(name=job) for job in jobs))

    def do(self, *arguments: str) -> Result:
        """A command that ends well."""
        answer = self.run(*arguments)
        assert answer.exit_code == 0, (answer.output, answer.exc_info)
        return answer

    def back_up(self) -> str:
        return self.backups.backing_up.back_up().name

    def notes(self) -> list[str | None]:
        return [manifest.note for manifest in self.adapters.vault.list()]

    def scalar(self, statement: str) -> Any:
        with psycopg.connect(at_database(self.servers, self.database)) as link:
            row = link.execute(statement.encode()).fetchone()
            return row[0] if row else None

    @property
    def databases(self) -> set[str]:
        # Over a new connection: those of the house were ended by the last restore.
        with psycopg.connect(self.servers.superuser_url) as link:
            rows = link.execute('SELECT datname FROM pg_database WHERE starts_with(datname, %s)',
                                [f'{self.database}_']).fetchall()
        return {row[0] for row in rows}


@contextmanager
def replaceable(make: MakeInstallation, servers: Servers, name: str) -> Iterator[MakeReplaceable]:
    """Makes installations on databases of their own, called ``name`` and a number."""
    made: list[Replaceable] = []

    def build(**overrides: Any) -> Replaceable:
        database = f'{name}_{len(made)}'
        url = create_database(servers, database)
        changed = {'database_url': url} | overrides.pop('settings', {})
        inner = make(settings=changed, **overrides)
        made.append(Replaceable(house=inner.house, store=inner.store, servers=servers))
        return made[-1]

    try:
        yield build
    finally:
        for installation in made:
            # The other tests of this session want to hear of a silent database, not of a restore.
            installation.house.kernel.redis.delete('restoring')
        _drop_all(servers, f'{name}_')


def _drop_all(servers: Servers, beginning: str) -> None:
    with psycopg.connect(servers.superuser_url, autocommit=True) as link:
        for row in link.execute('SELECT datname FROM pg_database WHERE starts_with(datname, %s)',
                                [beginning]).fetchall():
            link.execute(sql.SQL('DROP DATABASE {} WITH (FORCE)').format(sql.Identifier(row[0])))

"""Databases, migrations, worker, metrics and API on one data folder: their start and stop."""
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from talelio_backend.development import binaries, credentials, ports
from talelio_backend.development.data_folder import DataFolder
from talelio_backend.development.databases import Databases
from talelio_backend.development.environment import base_url, for_programs
from talelio_backend.development.parts import PROJECT, Commands, Part, Program
from talelio_backend.development.process import Child, StartFailed
from talelio_backend.development.supervisor import Report, Supervisor, kill_all, stop_in_order

_READY_SECONDS = 60.0
_MIGRATION_SECONDS = 600.0
_LOOK_SECONDS = 0.1
_OLD_LISTENER_SECONDS = 8.0
_OK = 200
# Together less than the ten seconds that a stop may take.
_PROGRAM_SECONDS, _SERVER_SECONDS, _DATABASE_SECONDS = 5.8, 0.7, 2.5


@dataclass(frozen=True, kw_only=True)
class Options:
    folder: DataFolder
    port: int
    metrics_port: int | None
    clock_offset: float | None
    inherited: Mapping[str, str]
    interrupted: Callable[[], bool]  # another way to be told to stop than a signal


class PortTaken(Exception):

    def __init__(self, port: int, holder: str, variable: str) -> None:
        super().__init__(port, holder, variable)
        self.port, self.holder, self.variable = port, holder, variable

    def __str__(self) -> str:
        return f'port {self.port} is taken ({self.holder}); choose another with {self.variable}='


class Stack:
    """Everything on one data folder. Whoever makes one holds the folder's lock."""

    def __init__(self, options: Options, commands: Commands, report: Report) -> None:
        self._options = options
        self._commands = commands
        self._report = report
        self._folder = options.folder
        self.databases = Databases(options.folder, options.inherited)
        self._metrics_port = options.metrics_port or ports.free_port()
        self._environment = for_programs(options.inherited,
                                         options.folder,
                                         self.databases.backends(),
                                         pg_bin=binaries.postgres_bin_dir(),
                                         secret_key=credentials.load_or_make_secret_key(
                                             options.folder.path / 'secret_key'),
                                         port=options.port,
                                         metrics_port=self._metrics_port,
                                         clock_offset=options.clock_offset or 0.0)
        self._programs: list[Program] = []

    @property
    def environment(self) -> dict[str, str]:
        return self._environment

    def start_databases(self, migration_log: Path | None = None) -> None:
        """With the schema at head. `migration_log`: instead of the terminal."""
        self._folder.empty_metrics()
        self.databases.start(self._report)
        self._report('migrating the database')
        migration = Child(name='migrate',
                          command=self._commands.migrate,
                          environment=self._environment,
                          working_dir=PROJECT,
                          log_file=migration_log)
        migration.start()
        try:
            ended = migration.wait(_MIGRATION_SECONDS)
        finally:
            migration.kill()
        if not ended or migration.exit_code != 0:
            where = f'; see {migration_log}' if migration_log else ''
            raise StartFailed('migrations', f'exit code {migration.exit_code}{where}')

    def start_programs(self) -> None:
        """Returns when the API is ready. `run.json` is there before that."""
        self._folder.write_run(self.facts(serving=True))
        for name, command in (('worker', self._commands.worker),
                              ('metrics', self._commands.metrics), ('API', self._commands.web)):
            self._report(f'starting the {name}')
            program = Program(name, command, self._environment)
            self._programs.append(program)
            program.launch()
        self._await('API', self._options.port, '/livez')
        self._await('API', self._options.port, '/readyz')
        self._await('metrics', self._metrics_port, '/metrics')

    def facts(self, *, serving: bool) -> dict[str, Any]:
        url = base_url(self._options.port) if serving else None
        own = {
            'pid': os.getpid(),
            'url': url,
            'docs_url': url and f'{url}/v1/docs',
            'metrics_url': f'{base_url(self._metrics_port)}/metrics' if serving else None,
            'mail_dir': str(self._folder.mail_dir),
            'started_at': datetime.now(UTC).isoformat().replace('+00:00', 'Z'),
            'clock_offset': self._options.clock_offset or 0.0,
        }
        return own | self.databases.facts()

    def watch(self, until: Callable[[], bool]) -> None:
        Supervisor(self._parts(), self._report).watch(until)

    def stop(self) -> None:
        self._folder.remove_run()
        programs: list[Part] = list(reversed(self._programs))
        others = [part for part in (self.databases.s3, self.databases.redis) if part]
        database = [self.databases.postgres] if self.databases.postgres else []
        stop_in_order([(programs, _PROGRAM_SECONDS), (others, _SERVER_SECONDS),
                       (database, _DATABASE_SECONDS)])

    def kill(self) -> None:
        self._folder.remove_run()
        kill_all(self._parts())

    def _parts(self) -> list[Part]:
        return [*self.databases.servers, *self._programs]

    def _await(self, name: str, port: int, path: str) -> None:
        deadline = time.monotonic() + _READY_SECONDS
        while (status := ports.http_status(port, path)) != _OK:
            for part in self._parts():
                if not part.alive():
                    raise StartFailed(part.name, 'ended while it was starting')
            if time.monotonic() > deadline:
                raise StartFailed(name, f'{path} answers {status or "nothing"}')
            time.sleep(_LOOK_SECONDS)


def check_ports(options: Options) -> None:
    """Raises PortTaken, before anything is started."""
    # After a kill our own last web server may need a moment to notice.
    patience = _OLD_LISTENER_SECONDS if options.folder.run_file.exists() else 0.0
    deadline = time.monotonic() + patience
    for variable, port in (('PORT', options.port), ('METRICS_PORT', options.metrics_port)):
        while port and not ports.is_free(port):
            if time.monotonic() > deadline:
                raise PortTaken(port, ports.holder(port), variable)
            time.sleep(_LOOK_SECONDS)

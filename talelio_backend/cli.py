"""Operator commands: ``python -m talelio_backend <command>``. Answers go to stdout, everything
else to stderr; exit 0 good, 1 refused or failed, 2 wrong usage, 78 wrong settings."""

import os
import shutil
import sys
from functools import cached_property
from pathlib import Path
from typing import Any

import click
import structlog
from alembic.util import CommandError
from sqlalchemy import make_url

from talelio_backend import bootstrap
from talelio_backend.operations.doctor_command import doctor_command
from talelio_backend.operations.domain.diagnosis import Diagnosis, unsettled
from talelio_backend.settings import Settings, SettingsFaults
from talelio_backend.shared.data.logs import configure_logs
from talelio_backend.shared.data.machine import share_one_heap
from talelio_backend.shared.data.metrics import ProcessMetrics
from talelio_backend.shared.data.metrics_files import forget_process, open_folder
from talelio_backend.shared.data.revision import code_revision
from talelio_backend.shared.data.schema import Schema
from talelio_backend.shared.data.worker import Worker, build_worker_app
from talelio_backend.shared.domain.errors import DomainError
from talelio_backend.shared.presentation.edge import LogRequest
from talelio_backend.shared.presentation.serving import Serving
from talelio_backend.shared.presentation.serving import serve as serve_app
from talelio_backend.shared.presentation.shutdown import ShutdownFlag

BAD_CONFIGURATION = 78  # EX_CONFIG of sysexits.h


class Operator:
    """The settings and the house of a command, made at first need."""

    log_request: LogRequest | None = None

    @cached_property
    def settings(self) -> Settings:
        try:
            settings = Settings.load(os.environ, known_areas=bootstrap.AREAS)
        except SettingsFaults as error:
            click.echo('\n'.join(error.faults), err=True)
            raise SystemExit(BAD_CONFIGURATION) from error
        for warning in settings.warnings:
            click.echo(warning, err=True)
        return settings

    @cached_property
    def house(self) -> bootstrap.House:
        return bootstrap.build(self.settings)

    def start_logs(self, name: str) -> None:
        """Sends every log line of this process where the settings say."""
        settings = self.settings
        folder = settings.data_dir / 'log'
        configure_logs(level=settings.log_level,
                       format=settings.log_format,
                       secrets=settings.secret_values,
                       file=folder / f'{name}.jsonl' if settings.env == 'development' else None)

    def start_measured(self, name: str) -> tuple[Path, ProcessMetrics, bootstrap.House]:
        """Logs and counts from here on; the house of this process counts too."""
        share_one_heap()
        self.start_logs(name)
        folder = open_folder(self.settings.prometheus_multiproc_dir, empty=False)
        counts = ProcessMetrics()
        house = bootstrap.build(self.settings, counters=counts)
        for engine in (house.kernel.engine, house.read_engine):
            counts.watch_pool(engine)
        faults = house.faults()
        house.close()  # what is forked from this process connects by itself
        if faults:
            click.echo('\n'.join(faults), err=True)
            raise SystemExit(BAD_CONFIGURATION)
        return folder, counts, house

    @property
    def production(self) -> bool:
        return self.settings.env == 'production'

    @property
    def host(self) -> str:
        """A container is reached from outside of it, a development machine is not."""
        return '0.0.0.0' if self.production else '127.0.0.1'

    @cached_property
    def empty_house(self) -> bootstrap.House:
        """The house without its areas."""
        return bootstrap.build(self.settings, without_areas=True)

    @property
    def schema(self) -> Schema:
        return Schema(self.empty_house.kernel.engine)


class Commands(click.Group):
    """The commands below, and those that the house brings along."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*super().list_commands(ctx), *self._of_house(ctx)})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return super().get_command(ctx, cmd_name) or self._of_house(ctx).get(cmd_name)

    @staticmethod
    def _of_house(ctx: click.Context) -> dict[str, click.Command]:
        house = ctx.ensure_object(Operator).house
        return {str(command.name): command for command in house.commands}


pass_operator = click.make_pass_decorator(Operator, ensure=True)


@click.group(cls=Commands, context_settings={'help_option_names': ['-h', '--help']})
def cli() -> None:
    """Run and look after a talelio installation."""
    # The standard output is the answer's; a program that serves says where its log goes.
    structlog.configure(logger_factory=lambda *_: structlog.PrintLogger(sys.stderr))


@cli.command()
@pass_operator
def serve(operator: Operator) -> None:
    """Serve the API with gunicorn until it is told to stop."""
    settings = operator.settings
    folder, counts, house = operator.start_measured('api')
    shutdown = ShutdownFlag()
    house.preload()
    serve_app(
        lambda: bootstrap.make_flask(house, shutdown, counts, operator.log_request),
        Serving(
            bind=f'{operator.host}:{settings.port}',
            workers=settings.web_concurrency,
            threads=settings.web_threads,
            # A load balancer needs a moment to notice that this process is going.
            notice=5 if operator.production else 0,
            grace=25 if operator.production else 5,
            shutdown=shutdown,
            trusted_proxies=settings.trusted_proxies,
            on_fork=house.forget_connections,
            on_child_exit=lambda pid: forget_process(folder, pid)))


@cli.command()
@pass_operator
def worker(operator: Operator) -> None:
    """Run jobs until it is told to stop."""
    _folder, counts, house = operator.start_measured('worker')
    handlers = house.handlers
    counts.begin_at_zero(tasks=[handler.name for handler in handlers])
    app = build_worker_app(
        operator.settings.database_address, handlers,
        lambda task, outcome: counts.count('job_runs', task=task, outcome=outcome))
    Worker(app,
           engine=house.kernel.engine,
           jobs=house.kernel.jobs,
           handlers=handlers,
           concurrency=4,
           grace=25 if operator.production else 5).run()


@cli.command()
@pass_operator
def metrics(operator: Operator) -> None:
    """Serve /metrics for all processes of this machine."""
    # Only this process needs these, and every other would carry them along.
    from talelio_backend.shared.data.metrics_server import (ProcessesCollector, metrics_app,
                                                            serve_metrics)
    from talelio_backend.shared.data.secrets_metrics import SecretsCollector
    from talelio_backend.shared.data.state_metrics import BuildCollector, StateCollector
    settings = operator.settings
    operator.start_logs('metrics')
    folder = open_folder(settings.prometheus_multiproc_dir, empty=False)
    collectors = [
        ProcessesCollector(folder),
        StateCollector(bootstrap.watching_engine(settings)),
        SecretsCollector(settings.manager),
        operator.empty_house.operations.collector(),
        BuildCollector(bootstrap.VERSION, code_revision())
    ]
    serve_metrics(metrics_app(collectors), host=operator.host, port=settings.metrics_port)


@cli.command()
@click.option('--plan', is_flag=True, help='Print what would run, and run nothing.')
@pass_operator
def migrate(operator: Operator, plan: bool) -> None:
    """Bring the database's schema to this version's."""
    if plan:
        click.echo('\n'.join(operator.schema.pending()) or 'nothing to do')
        return
    operator.schema.upgrade()
    click.echo(f'schema is at {operator.schema.present()}')


@cli.command()
@click.argument('message')
@pass_operator
def revision(operator: Operator, message: str) -> None:
    """Write a migration for what the tables in the code have and the database has not."""
    if not message.strip():
        raise click.UsageError('a migration needs a message')
    operator.schema.autogenerate(message)


@cli.command('check-drift')
@pass_operator
def check_drift(operator: Operator) -> None:
    """Fail when the tables in the code and the migrations differ."""
    operator.schema.check()
    click.echo('the migrations make the tables of the code')


@cli.command(context_settings={'ignore_unknown_options': True})
@click.argument('arguments', nargs=-1, type=click.UNPROCESSED)
@pass_operator
def psql(operator: Operator, arguments: tuple[str, ...]) -> None:
    """Open psql on the database; further arguments are psql's."""
    url = make_url(operator.settings.database_url).set(drivername='postgresql')
    # By the environment, so that no password stands in the list of processes.
    environment = {
        'PGHOST': url.host or '',
        'PGPORT': str(url.port or 5432),
        'PGUSER': url.username or '',
        'PGPASSWORD': str(url.password or ''),
        'PGDATABASE': url.database or '',
    }
    program = shutil.which('psql')
    if program is None:
        raise click.ClickException('psql is not on the path')
    os.execve(program, ['psql', *arguments], os.environ | environment)


def _diagnose() -> Diagnosis:
    try:
        settings = Settings.load(os.environ, known_areas=bootstrap.AREAS)
    except SettingsFaults as error:
        return unsettled(error.faults)
    return bootstrap.doctor(bootstrap.build(settings)).diagnose()


cli.add_command(doctor_command(_diagnose))


def main(**options: Any) -> None:
    try:
        cli.main(prog_name='python -m talelio_backend', **options)
    except DomainError as error:
        click.echo(f'{error.code}: {error.detail}', err=True)
        sys.exit(1)
    except CommandError as error:
        click.echo(str(error), err=True)
        sys.exit(1)

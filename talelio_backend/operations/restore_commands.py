"""``restore``. Answers go to stdout, refusals to stderr."""

import sys
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path

import click

from talelio_backend.operations.commands import refusals, tidied_up
from talelio_backend.operations.domain.manifest import Manifest, written_time
from talelio_backend.operations.domain.replaced import KEPT
from talelio_backend.operations.domain.row_change import RowChange
from talelio_backend.operations.services.replacing import Replaced
from talelio_backend.operations.services.restoring import RestoringService

dry_run_flag = click.option('--dry-run',
                            is_flag=True,
                            help='Load it beside the live database, compare, and change nothing.')
yes_flag = click.option('--yes', is_flag=True, help='Do not ask.')
FILE = click.Path(exists=True, dir_okay=False, readable=True, resolve_path=True, path_type=Path)
_HOURS = KEPT // timedelta(hours=1)


def restore_command(bind: Callable[[], RestoringService]) -> click.Command:
    """``bind`` gives the use cases when the command runs."""

    @click.command('restore')
    @click.argument('name', required=False)
    @click.option('--latest', is_flag=True, help='The newest backup.')
    @click.option('--sql', type=FILE, help='A plain SQL dump in place of a backup.')
    @dry_run_flag
    @yes_flag
    def restore(name: str | None, latest: bool, sql: Path | None, dry_run: bool,
                yes: bool) -> None:
        """Put a backup in the place of the live database.

        What is replaced is backed up before, and kept for a day."""
        if sum([name is not None, latest, sql is not None]) != 1:
            raise click.UsageError('name a backup, or --latest, or --sql FILE')
        with refusals(), tidied_up():
            if sql is not None:
                _restore_sql(bind(), sql, dry_run=dry_run, yes=yes)
            else:
                _restore(bind(), name, dry_run=dry_run, yes=yes)

    return restore


def _restore(restoring: RestoringService, name: str | None, *, dry_run: bool, yes: bool) -> None:
    manifest = restoring.choose(name)
    if dry_run:
        tell_changes(restoring.preview(manifest))
        return
    ask(f'Replace the database by {_described(manifest)}?', yes=yes)
    tell_replaced(manifest.name, restoring.restore(manifest))


def _restore_sql(restoring: RestoringService, file: Path, *, dry_run: bool, yes: bool) -> None:
    if dry_run:
        tell_changes(restoring.preview_sql(file))
        return
    ask(f'Replace the database by what {file} makes?', yes=yes)
    tell_replaced(str(file), restoring.restore_sql(file))


def ask(question: str, *, yes: bool) -> None:
    """Goes on where the answer is yes; exits with 1 where it is no or nobody is there to ask."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise click.ClickException('nobody is there to ask; --yes goes on without asking')
    click.confirm(question, abort=True, err=True)


def tell_changes(changes: Sequence[RowChange]) -> None:
    rows = [('table', 'rows now', 'rows then'),
            *((change.table, _number(change.now), _number(change.then)) for change in changes)]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    for table, now, then in rows:
        click.echo(f'{table:<{widths[0]}}  {now:>{widths[1]}}  {then:>{widths[2]}}')


def tell_replaced(what: str, replaced: Replaced) -> None:
    tables = replaced.contents.tables
    click.echo(f'{what}: restored, {len(tables)} tables, {sum(tables.values())} rows')
    click.echo(f'{replaced.safety.name}: backup of what was replaced')
    click.echo(f'{replaced.before}: the replaced database, kept for {_HOURS} hours')


def _described(manifest: Manifest) -> str:
    made = f'{manifest.name} of {written_time(manifest.created_at)}'
    return f'{made} ({manifest.note})' if manifest.note else made


def _number(rows: int | None) -> str:
    return '–' if rows is None else str(rows)

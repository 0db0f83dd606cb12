"""``backup`` and its kin. Answers go to stdout, refusals to stderr."""

import json
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from types import FrameType
from typing import Any

import click

from talelio_backend.operations.backups import Backups
from talelio_backend.operations.domain.errors import OperationFailed
from talelio_backend.operations.domain.manifest import written_time
from talelio_backend.operations.services.drilling import Drill
from talelio_backend.operations.services.making import Made
from talelio_backend.operations.services.reporting import ListedBackup
from talelio_backend.shared.domain.errors import DomainError

_json_flag = click.option('--json', 'as_json', is_flag=True, help='Print one JSON document.')
_TERMINATED = 128 + signal.SIGTERM


@contextmanager
def refusals() -> Iterator[None]:
    """A refusal is one line on stderr and exit 1."""
    try:
        yield
    except OperationFailed as refused:
        raise click.ClickException(str(refused)) from refused
    except DomainError as refused:
        raise click.ClickException(f'{refused.detail}{_cause(refused)}') from refused


def _cause(refused: DomainError) -> str:
    """The code that a bucket refused with: an operator can do something about it."""
    answer = getattr(refused.__cause__, 'response', {})
    code = answer.get('Error', {}).get('Code') if isinstance(answer, dict) else None
    return f' ({code})' if code else ''


@contextmanager
def tidied_up() -> Iterator[None]:
    """SIGTERM as an exception, so that what is half done is removed before the end."""

    def end(_number: int, _frame: FrameType | None) -> None:
        sys.exit(_TERMINATED)

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def backup_group(backups: Backups) -> click.Group:

    @click.group('backup', invoke_without_command=True)
    @_json_flag
    @click.option('--no-verify', is_flag=True, help='Leave the drill and retention for later.')
    @click.option('--no-wait', is_flag=True, help='Fail where another backup is running.')
    @click.pass_context
    def backup(context: click.Context, as_json: bool, no_verify: bool, no_wait: bool) -> None:
        """Back up the database, prove that the backup restores, and remove what is too old."""
        if context.invoked_subcommand is not None:
            return
        with refusals(), tidied_up():
            made = backups.making.make(verify=not no_verify, wait=not no_wait)
        if as_json:
            click.echo(json.dumps(_made(made)))
        else:
            _tell(made)

    _add_list(backup, backups)
    _add_verify(backup, backups)
    _add_prune(backup, backups)
    return backup


def _add_list(backup: click.Group, backups: Backups) -> None:

    @backup.command('list')
    @_json_flag
    def list_backups(as_json: bool) -> None:
        """List the backups, newest first."""
        with refusals():
            found = backups.reporting.list()
        if as_json:
            click.echo(json.dumps({'backups': [_listed(one) for one in found]}))
            return
        for one in found:
            click.echo(_line(one))
        if not found:
            click.echo('there is no backup', err=True)


def _add_verify(backup: click.Group, backups: Backups) -> None:

    @backup.command('verify')
    @click.argument('name', required=False)
    @click.option('--latest', is_flag=True, help='The newest; also where no name is given.')
    def verify(name: str | None, latest: bool) -> None:
        """Restore a backup beside the live database, compare, and record the proof."""
        if name is not None and latest:
            raise click.UsageError('either a name or --latest')
        with refusals(), tidied_up():
            click.echo(_told(backups.drilling.drill(name)))


def _add_prune(backup: click.Group, backups: Backups) -> None:

    @backup.command('prune')
    @click.option('--dry-run', is_flag=True, help='Name what would go, and remove nothing.')
    def prune(dry_run: bool) -> None:
        """Remove the backups that retention does not keep, and dumps that were never one."""
        with refusals():
            pruned = backups.pruning.prune(dry_run=dry_run)
        for name in (*pruned.backups, *pruned.remains):
            click.echo(name)
        done = 'would be removed' if dry_run else 'removed'
        click.echo(
            f'{len(pruned.backups)} backups and {len(pruned.remains)} unfinished dumps {done}',
            err=True)


def _tell(made: Made) -> None:
    manifest = made.manifest
    click.echo(f'{manifest.name}: {manifest.size} bytes, {len(manifest.tables)} tables, '
               f'{sum(manifest.tables.values())} rows')
    if made.drill is not None:
        click.echo(_told(made.drill))
    for name in made.pruned:
        click.echo(f'{name}: removed')


def _made(made: Made) -> dict[str, Any]:
    proof = made.drill.proof if made.drill else None
    return made.manifest.to_json() | {
        'verified_at': _time(proof.verified_at if proof else None),
        'not_proven': made.drill.unproven if made.drill else None,
        'pruned': [*made.pruned],
    }


def _told(drill: Drill) -> str:
    if drill.proof is None:
        return f'not proven: {drill.unproven}; size and hash are those of the manifest'
    return f'{drill.manifest.name}: proven in {drill.proof.seconds:.1f} s'


def _listed(one: ListedBackup) -> dict[str, Any]:
    manifest = one.manifest
    return {
        'name': manifest.name,
        'created_at': _time(manifest.created_at),
        'object': manifest.object,
        'size': manifest.size,
        'encrypted': manifest.encrypted,
        'alembic_revision': manifest.alembic_revision,
        'note': manifest.note,
        'verified_at': _time(one.verified_at),
    }


def _line(one: ListedBackup) -> str:
    manifest = one.manifest
    words = [
        manifest.name, f'{manifest.size:>12}', 'encrypted' if manifest.encrypted else 'plain',
        f'proven {_time(one.verified_at)}' if one.verified_at else 'not proven'
    ]
    return '  '.join([*words, *([manifest.note] if manifest.note else [])])


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else written_time(moment)

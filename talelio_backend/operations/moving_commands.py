"""``export`` and ``import``. Answers go to stdout, refusals to stderr."""

from collections.abc import Callable
from pathlib import Path

import click

from talelio_backend.operations.commands import refusals, tidied_up
from talelio_backend.operations.restore_commands import (FILE, ask, dry_run_flag, tell_changes,
                                                         tell_replaced, yes_flag)
from talelio_backend.operations.services.moving import ExportingService, ImportingService

_NEW_FILE = click.Path(dir_okay=False, writable=True, resolve_path=True, path_type=Path)


def export_command(bind: Callable[[], ExportingService]) -> click.Command:
    """``bind`` gives the use case when the command runs."""

    @click.command('export')
    @click.argument('file', type=_NEW_FILE)
    def export(file: Path) -> None:
        """Write the whole installation, database and media, into one FILE.

        It holds what people trust this place with, unencrypted; only you may read it."""
        with refusals(), tidied_up():
            manifest = bind().export(file)
        size = sum(stored.size for stored in manifest.media)
        click.echo(f'{file}: {len(manifest.tables)} tables, {sum(manifest.tables.values())} rows, '
                   f'{len(manifest.media)} files of {size} bytes')

    return export


def import_command(bind: Callable[[], ImportingService]) -> click.Command:
    """``bind`` gives the use case when the command runs."""

    @click.command('import')
    @click.argument('file', type=FILE)
    @dry_run_flag
    @yes_flag
    @click.option('--replace', is_flag=True, help='Also where there are accounts already.')
    def import_(file: Path, dry_run: bool, yes: bool, replace: bool) -> None:
        """Put the installation of an exported FILE in the place of this one.

        What is replaced is backed up before, and kept for a day."""
        with refusals(), tidied_up():
            importing = bind()
            if dry_run:
                tell_changes(importing.preview(file, replace_accounts=replace))
                return
            ask(f'Replace this installation by that of {file}?', yes=yes)
            tell_replaced(str(file), importing.bring_in(file, replace_accounts=replace))

    return import_

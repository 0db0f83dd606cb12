"""The command line that the Makefile calls: `python -m talelio_backend.development`."""
import os
import sys
from collections.abc import Callable
from pathlib import Path

import click

from talelio_backend.development import background, executing
from talelio_backend.development.data_folder import DataFolder, InUse
from talelio_backend.development.parts import PROJECT
from talelio_backend.development.process import StartFailed
from talelio_backend.development.running import FAILED, STOPPED, complain
from talelio_backend.development.serving import serve
from talelio_backend.development.stack import Options, PortTaken
from talelio_backend.development.stopping import Parent

_PORT = click.IntRange(1, 65535)
_PORT_USUAL = 5000


@click.group()
@click.option('--data-dir',
              envvar='TALELIO_DATA_DIR',
              type=click.Path(path_type=Path),
              default=PROJECT / '.data')
@click.option('--port', envvar='PORT', type=_PORT, default=_PORT_USUAL)
@click.option('--metrics-port', envvar='METRICS_PORT', type=_PORT)
@click.option('--clock-offset', envvar='TALELIO_CLOCK_OFFSET', type=float)
@click.option('--end-with-parent', is_flag=True, help='Stop when the calling process dies.')
@click.pass_context
def main(context: click.Context, data_dir: Path, port: int, metrics_port: int | None,
         clock_offset: float | None, end_with_parent: bool) -> None:
    """The development runtime: databases, programs, and commands beside them."""
    parent = Parent.of_this_process() if end_with_parent else None
    context.obj = Options(folder=DataFolder(data_dir.absolute()),
                          port=port,
                          metrics_port=metrics_port,
                          clock_offset=clock_offset,
                          inherited=dict(os.environ),
                          interrupted=parent.interrupted if parent else _never)


@main.command('serve-api')
@click.pass_obj
def serve_api(options: Options) -> None:
    """Everything, in the foreground."""
    _finish(lambda: serve(options))


@main.command('start-dbs')
@click.pass_obj
def start_dbs(options: Options) -> None:
    """The three servers, in the background."""
    _finish(lambda: background.start(options.folder))


@main.command('supervise-dbs', hidden=True)
@click.pass_obj
def supervise_dbs(options: Options) -> None:
    _finish(lambda: background.supervise(options))


@main.command('stop-dbs')
@click.pass_obj
def stop_dbs(options: Options) -> None:
    """End what start-dbs started."""
    _finish(lambda: background.stop(options.folder))


@main.command('exec', context_settings={'ignore_unknown_options': True})
@click.argument('arguments', nargs=-1, type=click.UNPROCESSED)
@click.pass_obj
def execute(options: Options, arguments: tuple[str, ...]) -> None:
    """An operator command against this data folder."""
    _finish(lambda: executing.execute(options, arguments))


@main.command('clean-data')
@click.option('--yes', is_flag=True, help='Do not ask.')
@click.pass_obj
def clean_data(options: Options, yes: bool) -> None:
    """Remove the data folder."""
    folder = options.folder
    if not folder.path.exists():
        return
    if not yes:
        click.confirm(f'Remove {folder.path} and all that is in it?', abort=True)

    def remove() -> int:
        folder.remove()
        return STOPPED

    _finish(remove)


def _finish(action: Callable[[], int]) -> None:
    try:
        code = action()
    except (InUse, PortTaken, StartFailed, OSError) as refusal:
        complain(str(refusal))
        code = FAILED
    sys.exit(code)


def _never() -> bool:
    return False

import json

import click

from talelio_backend.app_activity.domain.formats import FORMATS
from talelio_backend.app_activity.services.chaining import ChainService
from talelio_backend.app_activity.services.exporting import ExportingService
from talelio_backend.app_activity.services.queries import ActivityFilter


def activity_group(chain: ChainService, exporting: ExportingService) -> click.Group:
    """The commands of this area, bound to its services."""

    @click.group('activity')
    def activity() -> None:
        """Prove and hand out the log of who did what."""

    @activity.command('verify')
    @click.option('--json', 'as_json', is_flag=True, help='Print a document.')
    def verify(as_json: bool) -> None:
        """Walk the chain from its first row; exit 1 where it is broken."""
        verdict = chain.verify()
        if as_json:
            click.echo(
                json.dumps({
                    'ok': verdict.ok,
                    'rows': verdict.rows,
                    'head_seq': verdict.head.seq,
                    'head': verdict.head.hash,
                    'broken_at': verdict.broken_at
                }))
        elif verdict.ok:
            click.echo(f'ok: {verdict.rows} rows, head {verdict.head.hash}')
        else:
            click.echo(f'broken at seq {verdict.broken_at}')
        if not verdict.ok:
            raise SystemExit(1)

    @activity.command('export')
    @click.option('--format', 'format_', type=click.Choice([*FORMATS]), required=True)
    def export(format_: str) -> None:
        """Write the whole log to standard output."""
        for part in exporting.export(ActivityFilter(), format_=format_):
            click.echo(part, nl=False)

    return activity

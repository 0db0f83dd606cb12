import json

import click

from talelio_backend.app_assets.services.sweeping import SweepingService
from talelio_backend.app_assets.services.variants import VariantsService


def assets_group(sweeping: SweepingService, variants: VariantsService) -> click.Group:
    """The commands of this area, bound to its services."""

    @click.group('assets')
    def assets() -> None:
        """Look after images and their files."""

    @assets.command('sweep')
    @click.option('--delete', is_flag=True, help='Delete them; without it they are only listed.')
    @click.option('--json', 'as_json', is_flag=True, help='Print one JSON document.')
    def sweep(delete: bool, as_json: bool) -> None:
        """List the files older than 24 hours that belong to no image, and delete them."""
        orphans = list(sweeping.orphans(delete=delete))
        if as_json:
            rows = [{'key': orphan.key, 'bytes': orphan.size} for orphan in orphans]
            click.echo(json.dumps({'deleted': delete, 'orphans': rows}))
            return
        for orphan in orphans:
            click.echo(f'{orphan.key}\t{orphan.size}')
        size = sum(orphan.size for orphan in orphans)
        done = 'deleted' if delete else 'found'
        click.echo(f'{done} {len(orphans)} files, {size} bytes', err=True)

    @assets.command('variants')
    @click.pass_context
    def make_variants(context: click.Context) -> None:
        """Make the smaller pictures that are missing, those that failed before included."""
        ready, failed = variants.make_missing()
        click.echo(f'{ready} ready, {failed} failed')
        if failed:
            context.exit(1)

    return assets

import json
from collections.abc import Sequence
from pathlib import Path

import click

from talelio_backend.app_library.data.isbn_records import as_list
from talelio_backend.app_library.domain.importing import Duplicates, Format
from talelio_backend.app_library.services.exporting import CatalogueExportService
from talelio_backend.app_library.services.importing import ImportService
from talelio_backend.app_library.services.intake_queries import ImportQueries
from talelio_backend.app_library.services.running_imports import ImportRunner


def intake_commands(importing: ImportService, runner: ImportRunner, queries: ImportQueries,
                    exporting: CatalogueExportService) -> Sequence[click.Command]:

    @click.command('import')
    @click.argument('file', type=click.Path(exists=True, dir_okay=False, path_type=Path))
    @click.option('--format',
                  'format_',
                  type=click.Choice([one.value for one in Format]),
                  required=True)
    @click.option('--duplicates',
                  type=click.Choice([one.value for one in Duplicates]),
                  default=Duplicates.SKIP.value,
                  help='What becomes of titles that are there already.')
    @click.option('--commit', is_flag=True, help='Store the books; else only tell what would be.')
    def import_(file: Path, format_: str, duplicates: str, commit: bool) -> None:
        """Import books from FILE; an isbn file has one ISBN on each line."""
        content = file.read_bytes()
        import_id = importing.start(
            format_=Format(format_),
            content=as_list(content) if format_ == Format.ISBN.value else content,
            dry_run=not commit,
            duplicates=Duplicates(duplicates),
            queued=False)
        try:
            runner.run(import_id=str(import_id))
        except BaseException:
            importing.cancel(import_id=import_id)  # nobody else would go on with it
            raise
        document = queries.one(import_id).body
        click.echo(document)
        if json.loads(document)['state'] == 'failed':
            raise SystemExit(1)

    @click.command('export')
    @click.option('--format', 'format_', type=click.Choice(['csv', 'marcxml']), required=True)
    def export(format_: str) -> None:
        """Write all titles with their copies to standard output."""
        for part in exporting.export(format_=format_):
            click.echo(part, nl=False)

    return import_, export

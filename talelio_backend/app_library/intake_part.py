from talelio_backend.app_library.area_settings import LibrarySettings
from talelio_backend.app_library.data.csv_books import CsvBooks
from talelio_backend.app_library.data.csv_records import CsvRecords
from talelio_backend.app_library.data.exported_books import SqlExportedBooks
from talelio_backend.app_library.data.intake_queries import SqlImportQueries
from talelio_backend.app_library.data.isbn_records import IsbnRecords
from talelio_backend.app_library.data.marc_binary import MarcRecords
from talelio_backend.app_library.data.marc_books import MarcXmlBooks
from talelio_backend.app_library.data.marc_xml import MarcXmlRecords
from talelio_backend.app_library.data.metadata_cache import SqlMetadataCache
from talelio_backend.app_library.data.offline_metadata import FakeMetadata, NoCovers, NoMetadata
from talelio_backend.app_library.data.unit_of_work import SqlLibraryUnitOfWork
from talelio_backend.app_library.domain.importing import Format
from talelio_backend.app_library.domain.intake_events import (CatalogueExported, ImportFinished,
                                                              ImportStarted)
from talelio_backend.app_library.intake_commands import intake_commands
from talelio_backend.app_library.part import Part
from talelio_backend.app_library.presentation import import_resources as imports
from talelio_backend.app_library.presentation import intake_resources as intake
from talelio_backend.app_library.services.completing import COPY_COVER, RecordCompleter
from talelio_backend.app_library.services.copying_covers import CoverService
from talelio_backend.app_library.services.exporting import CatalogueExportService
from talelio_backend.app_library.services.importing import RUN_IMPORT, ImportService
from talelio_backend.app_library.services.intake_ports import BookWriter, RecordReader
from talelio_backend.app_library.services.looking_up import CachedMetadata, MetadataService
from talelio_backend.app_library.services.metadata import CoverSource, MetadataSource
from talelio_backend.app_library.services.running_imports import ImportRunner
from talelio_backend.shared.area import Kernel, Route
from talelio_backend.shared.services.jobs import Handler

_IMPORTS = '/v1/library/imports'
_IMPORT = f'{_IMPORTS}/<uuid:import_id>'
_READERS: dict[Format, RecordReader] = {
    Format.CSV: CsvRecords(),
    Format.MARC: MarcRecords(),
    Format.MARCXML: MarcXmlRecords(),
    Format.ISBN: IsbnRecords()
}
_WRITERS: dict[str, BookWriter] = {'csv': CsvBooks(), 'marcxml': MarcXmlBooks()}


def plug(kernel: Kernel, settings: LibrarySettings) -> Part:

    def open_uow() -> SqlLibraryUnitOfWork:
        return SqlLibraryUnitOfWork(kernel.transactions)

    source, cover_source = _sources(kernel, settings)
    metadata = MetadataService(source)
    covers = CoverService(open_uow=open_uow,
                          source=cover_source,
                          keepers=kernel.picture_keepers,
                          clock=kernel.clock)
    importing = ImportService(open_uow=open_uow, readers=_READERS, clock=kernel.clock)
    runner = ImportRunner(open_uow=open_uow,
                          readers=_READERS,
                          completer=RecordCompleter(metadata),
                          clock=kernel.clock)
    exporting = CatalogueExportService(open_uow=open_uow,
                                       books=SqlExportedBooks(kernel.read),
                                       writers=_WRITERS)
    queries = SqlImportQueries(kernel.read, cursors=kernel.cursors)
    return Part(
        events=(ImportStarted, ImportFinished, CatalogueExported),
        routes=_routes(importing, queries, exporting, metadata),
        handlers=(
            # A database that is away for a while ends no import.
            Handler(name=RUN_IMPORT,
                    run=runner.run,
                    attempts=10,
                    longest_pause=300,
                    on_exhausted=runner.give_up),
            Handler(name=COPY_COVER, run=covers.copy, attempts=8)),
        commands=intake_commands(importing, runner, queries, exporting))


def _sources(kernel: Kernel, settings: LibrarySettings) -> tuple[MetadataSource, CoverSource]:
    if settings.metadata != 'openlibrary':
        return FakeMetadata() if settings.metadata == 'fake' else NoMetadata(), NoCovers()
    # What speaks HTTP is needed here alone.
    from talelio_backend.app_library.data.openlibrary import OpenLibrary
    from talelio_backend.app_library.data.turns import RedisTurns
    turns = RedisTurns(kernel.redis, name='openlibrary', interval=1)
    who = f'talelio ({settings.public_url}; {settings.metadata_contact})'
    library = OpenLibrary(turns=turns, user_agent=who)
    cache = SqlMetadataCache(kernel.engine, kernel.read)
    return CachedMetadata(library, cache=cache, clock=kernel.clock), library


def _routes(importing: ImportService, queries: SqlImportQueries, exporting: CatalogueExportService,
            metadata: MetadataService) -> list[Route]:
    both = {'imports': importing, 'queries': queries}
    return [
        Route(rule=_IMPORTS, resource=imports.ImportsResource, arguments=both),
        Route(rule=_IMPORT, resource=imports.ImportResource, arguments=both),
        Route(rule=f'{_IMPORT}/problems',
              resource=imports.ProblemsResource,
              arguments={'queries': queries}),
        Route(rule='/v1/library/export',
              resource=intake.ExportResource,
              arguments={'exporting': exporting}),
        Route(rule='/v1/library/metadata',
              resource=intake.MetadataResource,
              arguments={'metadata': metadata}),
    ]

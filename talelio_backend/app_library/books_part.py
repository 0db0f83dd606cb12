from typing import Any

from talelio_backend.app_library.area_settings import LibrarySettings
from talelio_backend.app_library.data.book_json import Covers
from talelio_backend.app_library.data.book_queries import SqlBookQueries
from talelio_backend.app_library.data.copy_queries import SqlCopyQueries
from talelio_backend.app_library.data.unit_of_work import SqlLibraryUnitOfWork
from talelio_backend.app_library.domain import events
from talelio_backend.app_library.part import Part
from talelio_backend.app_library.presentation import book_resources as books
from talelio_backend.app_library.presentation import copy_resources as copies
from talelio_backend.app_library.services.book_ports import BookUnitOfWork
from talelio_backend.app_library.services.cataloguing import CataloguingService
from talelio_backend.app_library.services.copies import CopyService
from talelio_backend.shared.area import Kernel, Route

_BOOKS, _COPIES = '/v1/library/books', '/v1/library/copies'
_BOOK = f'{_BOOKS}/<uuid:book_id>'


def plug(kernel: Kernel, settings: LibrarySettings) -> Part:

    def open_uow() -> BookUnitOfWork:
        return SqlLibraryUnitOfWork(kernel.transactions)

    covers = Covers(public_url=settings.public_url, s3_public_url=settings.s3_public_url)
    about_books = {
        'cataloguing': CataloguingService(open_uow=open_uow, clock=kernel.clock),
        'queries': SqlBookQueries(kernel.read, covers=covers, cursors=kernel.cursors),
    }
    copy_queries = SqlCopyQueries(kernel.read, covers=covers, cursors=kernel.cursors)
    about_copies = {
        'copies': CopyService(open_uow=open_uow, clock=kernel.clock),
        'queries': copy_queries,
    }
    return Part(events=(events.BookCreated, events.BookUpdated, events.BookDeactivated,
                        events.BookRestored, events.CopyAdded, events.CopyUpdated),
                routes=(
                    *_book_routes(about_books),
                    Route(rule=f'{_BOOK}/copies',
                          resource=copies.BookCopiesResource,
                          arguments=about_copies),
                    Route(rule=_COPIES,
                          resource=copies.CopiesResource,
                          arguments={'queries': copy_queries}),
                    Route(rule=f'{_COPIES}/<uuid:copy_id>',
                          resource=copies.CopyResource,
                          arguments=about_copies),
                ))


def _book_routes(arguments: dict[str, Any]) -> list[Route]:
    return [
        Route(rule=_BOOKS, resource=books.BooksResource, arguments=arguments),
        Route(rule=_BOOK, resource=books.BookResource, arguments=arguments),
        Route(rule=f'{_BOOK}/deactivate',
              resource=books.DeactivatedBookResource,
              arguments=arguments),
        Route(rule=f'{_BOOK}/restore', resource=books.RestoredBookResource, arguments=arguments),
    ]

from collections.abc import Callable, Iterator, Mapping
from typing import Protocol

from talelio_backend.app_library.domain.intake_events import CatalogueExported
from talelio_backend.app_library.services.intake_ports import BookWriter, ExportedBooks
from talelio_backend.shared.domain.events import Event
from talelio_backend.shared.services.unit_of_work import UnitOfWork

PART = 200  # books


class RecordingUnitOfWork(UnitOfWork, Protocol):

    def record(self, event: Event) -> None:
        """Notes what happened to no aggregate."""
        ...


class CatalogueExportService:
    """Hands the catalogue out as a file of any length."""

    def __init__(self, *, open_uow: Callable[[], RecordingUnitOfWork], books: ExportedBooks,
                 writers: Mapping[str, BookWriter]) -> None:
        self._open_uow = open_uow
        self._books = books
        self._writers = writers

    def export(self, *, format_: str) -> Iterator[bytes]:
        """The file in parts, each read when it is asked for, so that nothing is held in between.
        That it was handed out is noted first. Raises KeyError for another format."""
        writer = self._writers[format_]
        with self._open_uow() as uow:
            uow.record(CatalogueExported(format=format_))
            uow.commit()

        def parts() -> Iterator[bytes]:
            yield writer.begin().encode()
            for books in self._books.parts(at_most=PART):
                yield writer.write(books).encode()
            yield writer.end().encode()

        return parts()

    def writer(self, format_: str) -> BookWriter:
        """Raises KeyError for another format."""
        return self._writers[format_]

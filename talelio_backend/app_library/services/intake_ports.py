"""What imports, exports and the look-up of metadata need from outside."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from talelio_backend.app_library.domain.importing import Import, Problem
from talelio_backend.app_library.domain.record import Person, Record
from talelio_backend.app_library.services.book_ports import BookUnitOfWork
from talelio_backend.app_library.services.catalogue_ports import (AuthorRepository,
                                                                  CategoryRepository)

MAX_RECORDS = 20_000
MAX_FILE_BYTES = 10 * 1024 * 1024


class RecordReader(Protocol):
    """One format of files."""

    def count(self, content: bytes) -> int:
        """The number of records, read to the end of the file. Raises FileUnreadable where none
        of them can be taken."""
        ...

    def records(self, content: bytes) -> Iterator[Record]:
        """Of a file that was counted, in its order. A record that cannot be read has faults."""
        ...


@dataclass(frozen=True, kw_only=True)
class ExportedBook:
    """A title with its copies, as files carry it. ``barcodes`` are those of the copies that are
    neither lost nor withdrawn."""

    title: str
    subtitle: str | None
    authors: tuple[Person, ...]
    category: str
    isbn13: str | None
    publisher: str | None
    year: int | None
    language: str | None
    item_type: str
    description: str
    barcodes: tuple[str, ...]


class ExportedBooks(Protocol):

    def parts(self, *, at_most: int) -> Iterator[Sequence[ExportedBook]]:
        """Every title in the order in which they came, ``at_most`` at a time. Nothing is held
        between two parts."""
        ...


class BookWriter(Protocol):
    """One format of files."""

    @property
    def media_type(self) -> str:
        ...

    @property
    def extension(self) -> str:
        ...

    def begin(self) -> str:
        """What stands above all books."""
        ...

    def write(self, books: Sequence[ExportedBook]) -> str:
        ...

    def end(self) -> str:
        """What stands below all books."""
        ...


@dataclass(frozen=True, kw_only=True)
class KnownParent:
    """A category or an author that a record may mean."""

    id: UUID
    active: bool


@dataclass(frozen=True, kw_only=True)
class KnownTitle:
    """A title that a record may mean. ``first_author`` is the full name."""

    id: UUID
    active: bool
    title: str
    first_author: str
    year: int | None
    isbn13: str | None


class Shelf(Protocol):
    """The catalogue, as somebody sees it who decides what becomes of a record. Names and titles
    are found without regard to case."""

    def of_isbn(self, isbn13: str) -> KnownTitle | None:
        ...

    def titled(self, title: str) -> Sequence[KnownTitle]:
        """Oldest first."""
        ...

    def category(self, name: str) -> KnownParent | None:
        ...

    def author(self, person: Person) -> KnownParent | None:
        """Of several the oldest that is active, else the oldest."""
        ...

    def has_item_type(self, item_type: str) -> bool:
        ...

    def owner_of(self, barcode: str) -> UUID | None:
        """The title of the copy that has it, whatever became of the copy."""
        ...


class ImportRepository(Protocol):

    def add(self, new: Import, content: bytes) -> None:
        """With the file, which is kept until the import has ended."""
        ...

    def locked(self, import_id: UUID) -> Import | None:
        """Kept from changes of others until the end of the transaction."""
        ...

    def content(self, import_id: UUID) -> bytes | None:
        ...

    def forget_content(self, import_id: UUID) -> None:
        ...

    def add_problems(self, problems: Sequence[Problem]) -> None:
        ...


class IntakeUnitOfWork(BookUnitOfWork, Protocol):

    @property
    def authors(self) -> AuthorRepository:
        ...

    @property
    def categories(self) -> CategoryRepository:
        ...

    @property
    def imports(self) -> ImportRepository:
        ...

    @property
    def shelf(self) -> Shelf:
        ...


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A former answer of a source; ``found`` is JSON-able, None where it knew nothing."""

    found: dict[str, object] | None
    fetched_at: datetime


class MetadataCache(Protocol):

    def get(self, isbn13: str) -> Kept | None:
        ...

    def put(self, isbn13: str, kept: Kept) -> None:
        ...

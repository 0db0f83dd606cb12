"""Records that hold an ISBN alone, and what others know of the book."""

from dataclasses import replace
from uuid import UUID

from talelio_backend.app_library.domain.intake_errors import MetadataNotFound, MetadataUnavailable
from talelio_backend.app_library.domain.isbn import NoIsbn, isbn13_of
from talelio_backend.app_library.domain.judging import isbn_fault
from talelio_backend.app_library.domain.record import Person, Record
from talelio_backend.app_library.services.intake_ports import Shelf
from talelio_backend.app_library.services.looking_up import MetadataService
from talelio_backend.app_library.services.metadata import Metadata
from talelio_backend.shared.domain.errors import Fault
from talelio_backend.shared.services.jobs import Job

COPY_COVER = 'library.copy_cover'
# Seconds that a record waits for its turn: everybody's requests share one a second.
PATIENCE = 120.0


class RecordCompleter:

    def __init__(self, metadata: MetadataService) -> None:
        self._metadata = metadata

    def known(self, shelf: Shelf, record: Record) -> Record | None:
        """As much of a title that is there already as tells that it is; None where it is not."""
        try:
            title = shelf.of_isbn(isbn13_of(record.isbn or ''))
        except NoIsbn:
            return None
        if title is None:
            return None
        author = Person(family_name=title.first_author[:100] or title.title[:100])
        return replace(record, title=title.title, authors=(author, ))

    def complete(self, record: Record) -> Record:
        """With faults where nobody knows the book."""
        try:
            isbn13 = isbn13_of(record.isbn or '')
            found = self._metadata.find(isbn13, patience=PATIENCE)
        except NoIsbn as error:
            return replace(record, faults=(isbn_fault(error), ))
        except (MetadataNotFound, MetadataUnavailable) as error:
            return replace(record, faults=(Fault('/isbn', error.code, error.detail), ))
        return _completed(record, found)

    def cover_job(self, book_id: UUID, url: str, *, owner_id: UUID) -> Job:
        arguments = {'book_id': str(book_id), 'url': url, 'owner_id': str(owner_id)}
        return Job(name=COPY_COVER, arguments=arguments)


def _completed(record: Record, found: Metadata) -> Record:
    return replace(record,
                   title=found.title,
                   subtitle=found.subtitle,
                   authors=tuple(map(_person, found.authors)),
                   isbn=found.isbn13,
                   publisher=found.publisher,
                   year=None if found.year is None else str(found.year),
                   language=found.language,
                   description=found.description,
                   cover_url=found.cover_url)


def _person(full_name: str) -> Person:
    """The last word is the family name: sources tell no more than this."""
    given, _, family = full_name.strip().rpartition(' ')
    return Person(family_name=family, given_name=given.strip() or None)

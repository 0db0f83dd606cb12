"""The catalogue as a table; ``csv_records`` reads what this writes."""

import csv
import re
from collections.abc import Iterable, Sequence
from io import StringIO

from talelio_backend.app_library.data.csv_records import COLUMNS
from talelio_backend.app_library.domain.record import Person
from talelio_backend.app_library.services.intake_ports import ExportedBook

# A spreadsheet takes what begins so for a formula and runs it. One that begins with the sign of
# that gets another, so that what comes back is what was there.
_FORMULA = re.compile(r"'*[=+\-@]")
_SPECIAL = re.compile(r'[\\;|,]')


class CsvBooks:
    """See the port ``BookWriter``."""

    media_type = 'text/csv; charset=utf-8'
    extension = 'csv'

    def begin(self) -> str:
        return _table([COLUMNS])

    def write(self, books: Sequence[ExportedBook]) -> str:
        return _table([_cell(value) for value in _values(book)] for book in books)

    def end(self) -> str:
        return ''


def _values(book: ExportedBook) -> list[str | int | None]:
    return [
        book.title, book.subtitle, '; '.join(map(_author, book.authors)), book.category,
        book.isbn13, book.publisher, book.year, book.language, book.item_type, book.description,
        len(book.barcodes), ';'.join(book.barcodes)
    ]


def _author(person: Person) -> str:
    name = _escaped(person.family_name)
    if person.given_name:
        name = f'{name}, {_escaped(person.given_name)}'
    return name if person.role == 'author' else f'{name}|{person.role}'


def _escaped(name: str) -> str:
    return _SPECIAL.sub(r'\\\g<0>', name)


def _cell(value: str | int | None) -> str:
    text = '' if value is None else str(value)
    return f"'{text}" if _FORMULA.match(text) else text


def _table(rows: Iterable[Iterable[str]]) -> str:
    written = StringIO()
    csv.writer(written).writerows(rows)
    return written.getvalue()

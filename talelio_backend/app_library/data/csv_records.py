"""Tables of books, as spreadsheets write them. ``csv_books`` writes what this reads."""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from io import StringIO
from itertools import islice
from typing import Any

from talelio_backend.app_library.domain.record import FileUnreadable, Person, Record
from talelio_backend.shared.domain.errors import Fault

COLUMNS = ('title', 'subtitle', 'authors', 'category', 'isbn', 'publisher', 'year', 'language',
           'item_type', 'description', 'copies', 'barcodes')
REQUIRED = ('title', 'authors', 'category')
_DELIMITERS = (',', ';')
_SIMPLE = ('subtitle', 'category', 'isbn', 'publisher', 'year', 'language', 'item_type',
           'description', 'copies')
# What the export put in front of a cell that a spreadsheet would run.
_ESCAPED = re.compile(r"'+[=+\-@]")
_PIECE = re.compile(r'\\([\\;|,])|([;|,])|(.)', re.DOTALL)
# One cell may be as long as a whole file; the default of the library is shorter than a page.
_LONGEST_CELL = 2**31 - 1


class CsvRecords:
    """See the port ``RecordReader``."""

    def count(self, content: bytes) -> int:
        return sum(1 for _ in _table(content)[1])

    def records(self, content: bytes) -> Iterator[Record]:
        columns, rows = _table(content)
        for number, cells in enumerate(rows, start=2):
            yield _record(number, columns, cells)


def _table(content: bytes) -> tuple[Sequence[str], Iterator[Sequence[str]]]:
    """The names of the columns, and the cells of each record."""
    text = _text(content)
    delimiter, columns = _header(text)
    return columns, islice(_read(text, delimiter), 1, None)


def _text(content: bytes) -> str:
    try:
        return content.decode('utf-8-sig')
    except UnicodeDecodeError as error:
        raise FileUnreadable('unreadable_file', 'the file is not text in UTF-8') from error


def _read(text: str, delimiter: str) -> Iterator[list[str]]:
    csv.field_size_limit(_LONGEST_CELL)
    try:
        for cells in csv.reader(StringIO(text, newline=''), delimiter=delimiter, strict=True):
            if any(cell.strip() for cell in cells):
                yield cells
    except csv.Error as error:
        raise FileUnreadable('unreadable_file', f'the file is no table: {error}') from error


def _header(text: str) -> tuple[str, Sequence[str]]:
    """The delimiter that finds more of our columns, and the names of all. Raises FileUnreadable
    for those that are missing or not ours."""
    found = [(_names(text, delimiter), delimiter) for delimiter in _DELIMITERS]
    columns, delimiter = max(found, key=lambda one: len(set(one[0]) & set(COLUMNS)))
    missing = [name for name in REQUIRED if name not in columns]
    unknown = [name for name in columns if name not in COLUMNS]
    double = sorted({name for name in columns if columns.count(name) > 1})
    for code, names, text_ in (('missing_column', missing, 'there is no column'),
                               ('unknown_column', unknown, 'nobody knows the column'),
                               ('duplicate_column', double, 'there is more than one column')):
        if names:
            raise FileUnreadable(code, f'{text_} {", ".join(names)[:200]}')
    return delimiter, columns


def _names(text: str, delimiter: str) -> list[str]:
    try:
        names = [name.strip().casefold() for name in next(_read(text, delimiter), ())]
    except FileUnreadable:  # by this delimiter
        return []
    while names and not names[-1]:
        names.pop()
    return names


def _record(number: int, columns: Sequence[str], cells: Sequence[str]) -> Record:
    if any(cell.strip() for cell in cells[len(columns):]):
        fault = Fault('', 'too_many', f'the record has more than {len(columns)} cells')
        return Record(row=number, faults=(fault, ))
    values = {
        name: _cell(cell)
        for name, cell in zip(columns, cells, strict=False)  # ends may be left out
    }
    record = Record(row=number,
                    title=values.get('title', ''),
                    authors=authors_of(values.get('authors', '')),
                    barcodes=_barcodes(values))
    texts: dict[str, Any] = {name: values.get(name) or None for name in _SIMPLE}
    if texts['category'] is None:
        texts['faults'] = (Fault('/category', 'required', 'there is nothing here'), )
    return replace(record, **texts)


def _cell(text: str) -> str:
    text = text.strip()
    return text[1:] if _ESCAPED.match(text) else text


def _barcodes(values: Mapping[str, str]) -> tuple[str, ...]:
    parts = (part.strip() for part in values.get('barcodes', '').split(';'))
    return tuple(part for part in parts if part)


def authors_of(cell: str) -> tuple[Person, ...]:
    """``Family, Given|role; …``; a backslash takes the meaning from ``;``, ``|``, ``,`` and from
    another backslash."""
    return tuple(_person(part) for part in _split(cell, ';') if part.strip())


def _person(part: str) -> Person:
    name, role = _split_once(part, '|')
    family, given = _split_once(name, ',')
    return Person(family_name=_plain(family),
                  given_name=_plain(given) or None,
                  role=_plain(role).casefold() or 'author')


def _split(text: str, separator: str) -> Iterator[str]:
    start = 0
    for piece in _PIECE.finditer(text):
        if piece[2] == separator:
            yield text[start:piece.start()]
            start = piece.end()
    yield text[start:]


def _split_once(text: str, separator: str) -> tuple[str, str]:
    first = next(_split(text, separator))
    return first, text[len(first) + 1:]


def _plain(text: str) -> str:
    return _PIECE.sub(lambda piece: piece[1] or piece[0], text).strip()

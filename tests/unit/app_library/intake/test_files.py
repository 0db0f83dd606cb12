"""What the writers write, the readers read: every text comes back as it was."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talelio_backend.app_library.data.csv_books import CsvBooks
from talelio_backend.app_library.data.csv_records import CsvRecords
from talelio_backend.app_library.data.marc_books import MarcXmlBooks
from talelio_backend.app_library.data.marc_xml import MarcXmlRecords
from talelio_backend.app_library.domain.record import Person
from talelio_backend.app_library.services.intake_ports import (BookWriter, ExportedBook,
                                                               RecordReader)

FORMATS: list[tuple[BookWriter, RecordReader]] = [(CsvBooks(), CsvRecords()),
                                                  (MarcXmlBooks(), MarcXmlRecords())]
LETTERS = st.characters(exclude_categories=('Cc', 'Cs'), exclude_characters='\ufffe\uffff')
SPECIAL = st.text(st.sampled_from(list("=+-@'\";,|\\.:/<>& aÄ")), min_size=1, max_size=8)


def lines(most: int) -> Any:
    text = st.one_of(SPECIAL, st.text(LETTERS, min_size=1, max_size=most))
    return text.map(str.strip).filter(bool)


PEOPLE = st.builds(Person,
                   family_name=lines(10),
                   given_name=st.one_of(st.none(), lines(10)),
                   role=st.sampled_from(['author', 'editor', 'translator', 'illustrator',
                                         'contributor']))  # yapf: disable
BOOKS = st.builds(ExportedBook,
                  title=lines(20),
                  subtitle=st.one_of(st.none(), lines(20)),
                  authors=st.lists(PEOPLE, min_size=1, max_size=3).map(tuple),
                  category=lines(20),
                  isbn13=st.sampled_from([None, '9780141439587']),
                  publisher=st.one_of(st.none(), lines(20)),
                  year=st.one_of(st.none(), st.integers(1000, 2030)),
                  language=st.sampled_from([None, 'en', 'de', 'sms', 'en-GB', 'x-own']),
                  item_type=st.sampled_from(['regular', 'novel']),
                  description=st.one_of(st.just(''), st.just('a\r\nb\n\tc\rd'), lines(40)),
                  barcodes=st.lists(st.sampled_from(['A-1', '-2', '3']), unique=True).map(tuple))


@pytest.mark.parametrize(('writer', 'reader'), FORMATS, ids=['csv', 'marcxml'])
@given(books=st.lists(BOOKS, max_size=3))
def test_every_text_comes_back(writer: BookWriter, reader: RecordReader,
                               books: list[ExportedBook]) -> None:
    content = (writer.begin() + writer.write(books) + writer.end()).encode()
    assert reader.count(content) == len(books)
    for book, record in zip(books, reader.records(content), strict=True):
        assert (record.faults, record.remarks) == ((), ())
        assert (record.title, record.subtitle, record.category,
                record.publisher) == (book.title, book.subtitle, book.category, book.publisher)
        assert record.authors == book.authors
        assert (record.isbn, record.language) == (book.isbn13, book.language)
        assert record.year == (None if book.year is None else str(book.year))
        assert (record.item_type, record.description or '') == (book.item_type, book.description)
        assert (record.copies, record.barcodes) == (str(len(book.barcodes)), book.barcodes)


@pytest.mark.parametrize('text', ['=1+1', '+1', '-1', '@x', "'=1", '=', "''-"])
def test_no_cell_is_a_formula(text: str) -> None:
    book = ExportedBook(title=text,
                        subtitle=None,
                        authors=(Person(family_name='x'), ),
                        category='x',
                        isbn13=None,
                        publisher=text,
                        year=None,
                        language=None,
                        item_type='regular',
                        description='',
                        barcodes=('-1', ))
    cells = CsvBooks().write([book]).strip().split(',')
    assert [cell for cell in cells if cell.startswith("'")] == [f"'{text}", f"'{text}", "'-1"]
    assert not [cell for cell in cells if cell[:1] in ('=', '+', '-', '@') and cell]

from collections.abc import Sequence

import pytest

from talelio_backend.app_library.data.csv_records import CsvRecords, authors_of
from talelio_backend.app_library.domain.record import FileUnreadable, Person, Record
from tests.intake import EMMA, table


def read(content: str | bytes) -> Sequence[Record]:
    raw = content.encode() if isinstance(content, str) else content
    reader = CsvRecords()
    records = [*reader.records(raw)]
    assert reader.count(raw) == len(records)
    return records


@pytest.mark.parametrize('delimiter', [',', ';'])
@pytest.mark.parametrize('mark', ['', '\ufeff'])
def test_either_delimiter_and_a_byte_order_mark_are_fine(delimiter: str, mark: str) -> None:
    record, = read(mark + table({**EMMA, 'barcodes': 'A-1; A-2'}, delimiter=delimiter))
    assert (record.row, record.title, record.category) == (2, 'Emma', 'Novels')
    assert record.authors == (Person(family_name='Austen', given_name='Jane'), )
    assert record.barcodes == ('A-1', 'A-2')
    assert (record.subtitle, record.copies, record.year) == (None, None, None)


def test_quoted_header_is_read_by_its_own_delimiter() -> None:
    record, = read('"title";"authors";"category"\r\n"A, B";"Austen; Bell";"Novels"\r\n')
    assert record.title == 'A, B'
    assert [person.family_name for person in record.authors] == ['Austen', 'Bell']


def test_rows_count_the_records_and_not_the_lines() -> None:
    text = 'title,authors,category,description\n\nA,B,C,"two\nlines"\n,,,\nD,E,F,\n'
    assert [(one.row, one.title, one.description) for one in read(text)] == [
        (2, 'A', 'two\nlines'),
        (3, 'D', None),
    ]


def test_cells_are_trimmed_and_lose_the_sign_of_the_export() -> None:
    text = "title,authors,category,description\n  ' x ,B,C,'=1+1\n''=2,B,C,'quoted'\n"
    assert [(one.title, one.description) for one in read(text)] == [
        ("' x", '=1+1'),
        ("'=2", "'quoted'"),
    ]


def test_columns_may_be_left_out_at_the_end_of_a_row() -> None:
    record, = read('title,authors,category,isbn,publisher\nA,B,C\n')
    assert (record.isbn, record.faults) == (None, ())


def test_cells_beyond_the_columns_are_a_fault_of_the_record() -> None:
    first, second = read('title,authors,category\nA,B,C,lost\nD,E,F,\n')
    assert [fault.code for fault in first.faults] == ['too_many']
    assert second.faults == ()


def test_category_is_needed() -> None:
    record, = read('title,authors,category\nA,B,\n')
    assert [(fault.pointer, fault.code) for fault in record.faults] == [('/category', 'required')]


@pytest.mark.parametrize(('content', 'code', 'told'), [
    (b'', 'missing_column', 'title, authors, category'),
    (b'title,category\nA,B\n', 'missing_column', 'authors'),
    (b'title,authors,category,colour,shelf\n', 'unknown_column', 'colour, shelf'),
    (b'title,authors,category,title\n', 'duplicate_column', 'title'),
    (b'title,authors,category\n\xff,B,C\n', 'unreadable_file', 'UTF-8'),
    (b'title,authors,category\n"A,B,C\n', 'unreadable_file', 'table'),
    (b'\x89PNG\r\n\x1a\n', 'unreadable_file', 'UTF-8'),
])
def test_file_that_cannot_be_read_is_refused_as_a_whole(content: bytes, code: str,
                                                        told: str) -> None:
    with pytest.raises(FileUnreadable) as refused:
        CsvRecords().count(content)
    assert refused.value.fault.code == code
    assert told in refused.value.fault.detail


@pytest.mark.parametrize(('cell', 'people'), [
    ('Austen, Jane', [('Austen', 'Jane', 'author')]),
    ('Plato', [('Plato', None, 'author')]),
    ('Austen, Jane|Editor; Bell | translator;', [('Austen', 'Jane', 'editor'),
                                                ('Bell', None, 'translator')]),
    (r'Smith\, Jr, A\|B|editor; AC\DC\\', [('Smith, Jr', 'A|B', 'editor'),
                                          ('AC\\DC\\', None, 'author')]),
    (' ; ', []),
    ('|editor', [('', None, 'editor')]),
])  # yapf: disable
def test_authors_are_read_from_one_cell(cell: str, people: list[tuple[str, str | None,
                                                                      str]]) -> None:
    found = [(one.family_name, one.given_name, one.role) for one in authors_of(cell)]
    assert found == people


def test_long_cell_is_the_records_own_problem() -> None:
    first, second = read(f'title,authors,category\n{"x" * 300_000},B,C\nD,E,F\n')
    assert (len(first.title), second.title) == (300_000, 'D')

"""Which field of a MARC 21 record says what of a book. ``marc_books`` writes what this reads."""

import re
from collections.abc import Iterable

from talelio_backend.app_library.data.languages import tag_of
from talelio_backend.app_library.data.marc_people import people_of
from talelio_backend.app_library.data.marc_punctuation import without_end
from talelio_backend.app_library.data.marc_record import DataField, MarcRecord
from talelio_backend.app_library.domain.record import Record
from talelio_backend.shared.domain.errors import Fault

# What says how a tag of BCP 47 is named in 041 $2.
TAG_SOURCES = frozenset({'rfc5646', 'rfc4646', 'rfc3066', 'rfc1766'})
# For local use: the type of the item, and the number of copies.
LOCAL, ITEM_TYPE, COPIES = '942', 'c', 'q'
_ISBN = re.compile(r'[0-9][0-9-]*[0-9Xx](?![0-9])')
_YEAR = re.compile(r'(?<!\d)\d{4}(?!\d)')
_SLUG = re.compile(r'[a-z][a-z0-9_-]{1,29}')


def record_of(row: int, marc: MarcRecord) -> Record:
    if marc.faults:
        return Record(row=row, faults=marc.faults)
    authors, of_authors = people_of(marc)
    isbn, of_isbn = _isbn(marc)
    year, of_year = _year(marc)
    item_type, of_type = _item_type(marc)
    publication = _publication(marc)
    title, subtitle = _title(marc)
    return Record(row=row,
                  title=title,
                  subtitle=subtitle,
                  authors=authors,
                  category=_category(marc),
                  isbn=isbn,
                  publisher=without_end(publication.get('b', '')) or None,
                  year=year,
                  language=_language(marc),
                  item_type=item_type,
                  description=_description(marc),
                  copies=_local(marc, COPIES),
                  barcodes=tuple(code.strip() for field in marc.of('876')
                                 for code in field.all('p')),
                  remarks=(*of_authors, *of_isbn, *of_year, *of_type))


def _title(marc: MarcRecord) -> tuple[str, str | None]:
    """With the number and the name of a part, which tell one volume from another."""
    for field in marc.of('245'):
        parts = [without_end(text) for code, text in field.subfields if code in 'anp']
        subtitle = without_end(field.first('b') or '') or None
        return '. '.join(part for part in parts if part), subtitle
    return '', None


def _isbn(marc: MarcRecord) -> tuple[str | None, list[Fault]]:
    """The first; one of 10 digits and one of 13 may be the same."""
    texts = [text for field in marc.of('020') for text in field.all('a')]
    found: list[str] = []
    remarks = []
    for text in texts:
        match = _ISBN.search(text)
        isbn = match[0].replace('-', '') if match else ''
        if len(isbn) not in (10, 13):
            remarks.append(_not_understood('/isbn', text))
        elif not any(_core(isbn) == _core(other) for other in found):
            found.append(isbn)
    remarks += [
        _not_understood('/isbn', isbn, 'the book has another already') for isbn in found[1:]
    ]
    return (found[0] if found else None), remarks


def _core(isbn: str) -> str:
    return isbn[-10:-1] if len(isbn) == 13 else isbn[:-1]


def _publication(marc: MarcRecord) -> dict[str, str]:
    """The first of each subfield: of the publication, before what else 264 tells of."""
    fields = [field for field in marc.of('264') if field.indicators[1:2] == '1']
    return _firsts((*fields, *marc.of('260')), 'bc') or _firsts(marc.of('264'), 'bc')


def _firsts(fields: Iterable[DataField], codes: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for field in fields:
        for code in codes:
            text = field.first(code)
            if text is not None:
                found.setdefault(code, text)
    return found


def _year(marc: MarcRecord) -> tuple[str | None, list[Fault]]:
    text = _publication(marc).get('c', '')
    match = _YEAR.search(text) or _YEAR.fullmatch(marc.control.get('008', '')[7:11])
    if match is not None:
        return match[0], []
    return None, [_not_understood('/year', text)] if text else []


def _language(marc: MarcRecord) -> str | None:
    for field in marc.of('041'):
        code = field.first('a')
        if code is not None and (field.first('2') or '').strip() in TAG_SOURCES:
            return code.strip()
        if code is not None:
            return tag_of(code[:3])  # older records write several codes in a row
    return tag_of(marc.control.get('008', '')[35:38])


def _category(marc: MarcRecord) -> str | None:
    for field in marc.of('650', '655'):
        name = without_end(field.first('a') or '')
        if name:
            return name
    return None


def _description(marc: MarcRecord) -> str | None:
    texts = [
        ' '.join(text for code, text in field.subfields if code in 'ab')
        for field in marc.of('520')
    ]
    return '\n\n'.join(text.strip() for text in texts if text.strip()) or None


def _item_type(marc: MarcRecord) -> tuple[str | None, list[Fault]]:
    """Other systems have types of their own in this place."""
    text = _local(marc, ITEM_TYPE)
    if text is None or _SLUG.fullmatch(text):
        return text, []
    return None, [_not_understood('/item_type', text)]


def _local(marc: MarcRecord, code: str) -> str | None:
    texts = [text.strip() for field in marc.of(LOCAL) for text in field.all(code)]
    return texts[0] if texts else None


def _not_understood(pointer: str, text: str, why: str = 'left out') -> Fault:
    return Fault(pointer, 'not_understood', f'“{text[:100]}”: {why}')

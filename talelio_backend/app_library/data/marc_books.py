"""The catalogue as MARCXML; ``marc_xml`` reads what this writes. Each text that ISBD ends with a
mark has one here, whatever it ends with itself."""

import re
from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape, quoteattr

from talelio_backend.app_library.data.languages import code_of
from talelio_backend.app_library.data.marc_mapping import COPIES, ITEM_TYPE, LOCAL
from talelio_backend.app_library.data.marc_people import CODES, FAMILY
from talelio_backend.app_library.data.marc_punctuation import ended
from talelio_backend.app_library.data.marc_xml import NAMESPACE
from talelio_backend.app_library.domain.record import Person
from talelio_backend.app_library.services.intake_ports import ExportedBook

_LEADER = '00000nam a2200000 i 4500'
# No character of XML 1.0, not even by its number.
_NO_XML = re.compile('[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]')
_AS_NUMBERS = {'\r': '&#13;', '\n': '&#10;', '\t': '&#9;'}
Subfields = Sequence[tuple[str, str | None]]


class MarcXmlBooks:
    """See the port ``BookWriter``."""

    media_type = 'application/marcxml+xml'
    extension = 'xml'

    def begin(self) -> str:
        return f'<?xml version="1.0" encoding="UTF-8"?>\n<collection xmlns="{NAMESPACE}">\n'

    def write(self, books: Sequence[ExportedBook]) -> str:
        return ''.join(map(_record, books))

    def end(self) -> str:
        return '</collection>\n'


def _record(book: ExportedBook) -> str:
    fields = ''.join(_fields(book))
    return f'<record>\n<leader>{_LEADER}</leader>\n{_fixed(book)}{fields}</record>\n'


def _fixed(book: ExportedBook) -> str:
    date = f's{book.year:04d}    ' if book.year is not None else 'nuuuuuuuu'
    text = f'      {date}xx{" " * 18}{code_of(book.language)} d'
    return f'<controlfield tag="008">{text}</controlfield>\n'


def _fields(book: ExportedBook) -> Iterator[str]:
    yield _field('020', '  ', [('a', book.isbn13)])
    yield _field('041', ' 7', [('a', book.language), ('2', 'rfc5646' if book.language else None)])
    for place, person in enumerate(book.authors):
        yield _person('700' if place else '100', person)
    names = ', '.join(person.full_name for person in book.authors)
    ends = (f'{book.title} :', f'{book.subtitle} /') if book.subtitle else (f'{book.title} /',
                                                                            None)
    yield _field('245', '00', [('a', ends[0]), ('b', ends[1]), ('c', f'{names}.')])
    yield _field('264', ' 1', [('b', book.publisher and f'{book.publisher},'),
                               ('c', None if book.year is None else f'{book.year}.')])
    yield _field('520', '  ', [('a', book.description or None)])
    yield _field('650', ' 4', [('a', ended(book.category))])
    yield _field(LOCAL, '  ', [(ITEM_TYPE, book.item_type), (COPIES, str(len(book.barcodes)))])
    for barcode in book.barcodes:
        yield _field('876', '  ', [('p', barcode)])


def _person(tag: str, person: Person) -> str:
    whole = person.family_name if ',' in person.family_name else None
    if person.given_name is None:
        name = f'{person.family_name},'
        return _field(tag, '0 ', [('a', name), ('4', CODES[person.role])])
    name = f'{person.family_name}, {person.given_name},'
    return _field(tag, '1 ', [('a', name), ('4', CODES[person.role]), (FAMILY, whole)])


def _field(tag: str, indicators: str, subfields: Subfields) -> str:
    """Nothing where there is nothing to say."""
    texts = ''.join(f'<subfield code={quoteattr(code)}>{_text(text)}</subfield>'
                    for code, text in subfields if text)
    if not texts:
        return ''
    opened = f'<datafield tag="{tag}" ind1="{indicators[0]}" ind2="{indicators[1]}">'
    return f'{opened}{texts}</datafield>\n'


def _text(text: str) -> str:
    return escape(_NO_XML.sub('\ufffd', text), _AS_NUMBERS)

"""Files of MARCXML (the schema MARC21slim). Nothing that is declared in a document type is ever
read: a file that has one is refused at its first character."""

from collections.abc import Iterator, Sequence
from typing import Any
from xml.parsers import expat

from talelio_backend.app_library.data.marc_mapping import record_of
from talelio_backend.app_library.data.marc_record import DataField, MarcRecord, unreadable
from talelio_backend.app_library.domain.record import FileUnreadable, Record

NAMESPACE = 'http://www.loc.gov/MARC21/slim'
_PIECE = 64 * 1024
_ROOTS = ('collection', 'record')
_TEXTS = ('leader', 'controlfield', 'subfield')


class MarcXmlRecords:
    """See the port ``RecordReader``."""

    def count(self, content: bytes) -> int:
        return sum(1 for _ in _records(content))

    def records(self, content: bytes) -> Iterator[Record]:
        for number, record in enumerate(_records(content), start=1):
            yield record_of(number, record)


def _records(content: bytes) -> Iterator[MarcRecord]:
    document = _Document()
    try:
        for start in range(0, max(len(content), 1), _PIECE):
            last = start + _PIECE >= len(content)
            document.parser.Parse(content[start:start + _PIECE], last)
            yield from document.take()
    except (expat.ExpatError, ValueError, LookupError) as error:  # also an unknown encoding
        raise FileUnreadable('unreadable_file', f'the file is no XML: {error}'[:200]) from error


class _Document:
    """Gathers records while a file is parsed."""

    def __init__(self) -> None:
        self.parser = parser = expat.ParserCreate(namespace_separator=' ')
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = _refuse
        parser.EntityDeclHandler = _refuse
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        self._found: list[MarcRecord] = []
        self._depth = 0
        self._begin()

    def take(self) -> Sequence[MarcRecord]:
        found, self._found = self._found, []
        return found

    def _begin(self) -> None:
        self._control: dict[str, str] = {}
        self._fields: list[DataField] = []
        self._subfields: list[tuple[str, str]] = []
        self._attributes: dict[str, str] = {}
        self._field: dict[str, str] = {}
        self._characters_read: list[str] = []
        self._broken = False

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        element = _local(name)
        self._depth += 1
        if self._depth == 1 and element not in _ROOTS:
            raise FileUnreadable('unreadable_file', 'the file is no MARCXML')
        self._characters_read = []
        if element == 'record':
            self._begin()
        elif element == 'datafield':
            self._field, self._subfields = attributes, []
        elif element in _TEXTS:
            self._attributes = attributes

    def _characters(self, text: str) -> None:
        self._characters_read.append(text)

    def _end(self, name: str) -> None:
        element = _local(name)
        self._depth -= 1
        text = ''.join(self._characters_read)
        if element == 'controlfield':
            self._control[self._needed(self._attributes, 'tag')] = text
        elif element == 'subfield':
            self._subfields.append((self._needed(self._attributes, 'code'), text))
        elif element == 'datafield':
            indicators = self._field.get('ind1', ' ') + self._field.get('ind2', ' ')
            self._fields.append(
                DataField(tag=self._needed(self._field, 'tag'),
                          indicators=indicators,
                          subfields=self._subfields))
        elif element == 'record':
            self._found.append(self._record())

    def _needed(self, attributes: dict[str, str], name: str) -> str:
        self._broken = self._broken or name not in attributes
        return attributes.get(name, '')

    def _record(self) -> MarcRecord:
        if self._broken:
            return MarcRecord(faults=(unreadable('a field has no tag, or a subfield no code'), ))
        return MarcRecord(control=self._control, fields=self._fields)


def _local(name: str) -> str:
    """The element's name where it is one of MARCXML; some leave the namespace out."""
    namespace, _, local = name.rpartition(' ')
    return local if namespace in ('', NAMESPACE) else ''


def _refuse(*_declared: Any) -> None:
    raise FileUnreadable('document_type', 'a document type or an entity is not accepted')

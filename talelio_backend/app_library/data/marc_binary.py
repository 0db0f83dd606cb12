"""Files of MARC 21 records (ISO 2709) in UTF-8 or MARC-8."""

from collections.abc import Iterator
from typing import Any

from talelio_backend.app_library.data.marc_mapping import record_of
from talelio_backend.app_library.data.marc_record import DataField, MarcRecord, unreadable
from talelio_backend.app_library.domain.record import FileUnreadable, Record

_END = b'\x1d'
_LEADER = 24
# What some programs write between records.
_BETWEEN = b'\r\n\0 \x1a'


class MarcRecords:
    """See the port ``RecordReader``."""

    def count(self, content: bytes) -> int:
        first = next(_chunks(content), None)
        if first is None or not first[:5].isdigit() or len(first) <= _LEADER:
            raise FileUnreadable('unreadable_file', 'the file holds no MARC 21 records')
        return sum(1 for _ in _chunks(content))

    def records(self, content: bytes) -> Iterator[Record]:
        for number, chunk in enumerate(_chunks(content), start=1):
            yield record_of(number, _read(chunk))


def _chunks(content: bytes) -> Iterator[bytes]:
    """Each record with its terminator; the last one without where it is cut off. They are told
    apart by their ends and not by their lengths, so that one wrong length spoils one record."""
    start = 0
    while start < len(content):
        end = content.find(_END, start)
        end = len(content) if end < 0 else end + 1
        chunk = content[start:end].lstrip(_BETWEEN)
        if chunk.rstrip(_BETWEEN):
            yield chunk
        start = end


def _read(chunk: bytes) -> MarcRecord:
    # Large, and needed by the worker alone.
    from pymarc import Record as RawRecord
    if not chunk.endswith(_END):
        return MarcRecord(faults=(unreadable('the record ends too early'), ))
    try:
        raw: Any = RawRecord(b'%05d' % min(len(chunk), 99999) + chunk[5:], to_unicode=False)
        in_utf8 = chunk[9:10] == b'a'
        fields = [_field(field, in_utf8) for field in raw.fields if not field.control_field]
        control = {
            field.tag: bytes(field.data).decode('ascii', 'replace')
            for field in raw.fields if field.control_field
        }
    except Exception as error:  # pylint: disable=broad-exception-caught  # whatever the bytes do
        return MarcRecord(
            faults=(unreadable(f'no MARC 21 record: {error or type(error)}'[:200]), ))
    return MarcRecord(control=control, fields=fields)


def _field(field: Any, in_utf8: bool) -> DataField:
    read = _utf8 if in_utf8 else _marc8
    return DataField(tag=field.tag,
                     indicators=''.join(field.indicators),
                     subfields=[(part.code, read(part.value)) for part in field.subfields])


def _utf8(text: bytes) -> str:
    return text.decode()


def _marc8(text: bytes) -> str:
    """Raises ValueError for a character that is none: it would become a blank."""
    from pymarc.marc8 import marc8_to_unicode
    found = marc8_to_unicode(text, hide_utf8_warnings=True)
    if found.count(' ') > text.count(b' '):
        raise ValueError('a character is not in MARC-8')
    return found

"""Lists of ISBNs, whose books others know."""

import json
from collections.abc import Iterator

from talelio_backend.app_library.domain.record import FileUnreadable, Record


class IsbnRecords:
    """See the port ``RecordReader``. A record holds its ISBN alone."""

    def count(self, content: bytes) -> int:
        return len(_isbns(content))

    def records(self, content: bytes) -> Iterator[Record]:
        for number, isbn in enumerate(_isbns(content), start=1):
            yield Record(row=number, isbn=isbn.strip())


def _isbns(content: bytes) -> list[str]:
    try:
        found = json.loads(content)['isbns']
    except (ValueError, TypeError, KeyError) as error:
        raise FileUnreadable('unreadable_file', 'the file is no list of ISBNs') from error
    if not isinstance(found, list) or not all(isinstance(isbn, str) for isbn in found):
        raise FileUnreadable('unreadable_file', 'the file is no list of ISBNs')
    return found


def as_list(lines: bytes) -> bytes:
    """What is read here, of a text with one ISBN on each line."""
    isbns = [line.strip() for line in lines.decode('utf-8-sig', 'replace').splitlines()]
    return json.dumps({'isbns': [isbn for isbn in isbns if isbn]}).encode()

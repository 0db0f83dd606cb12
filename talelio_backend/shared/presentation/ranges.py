"""Parts of a representation (RFC 9110, section 14): one range of bytes."""

import re
from dataclasses import dataclass
from datetime import datetime

from flask import request
from werkzeug.http import parse_date

from talelio_backend.shared.presentation.problems import RangeNotSatisfiable

_ONE_RANGE = re.compile(r'bytes=[ \t]*([0-9]{0,18})-([0-9]{0,18})[ \t]*', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ByteRange:
    """Bytes ``first`` to ``last``, both included, of ``size``."""

    first: int
    last: int
    size: int

    @property
    def length(self) -> int:
        return self.last - self.first + 1

    @property
    def content_range(self) -> str:
        return f'bytes {self.first}-{self.last}/{self.size}'


def wanted_range(*, size: int, etag: str, last_modified: datetime) -> ByteRange | None:
    """The range that the present GET asks for, or None for the whole: without Range, with several
    ranges or a malformed one (which may be ignored), and where If-Range names another state.

    ``size`` in bytes; ``etag`` as the header has it. Raises RangeNotSatisfiable.
    """
    header = request.headers.get('Range')
    if header is None or request.method != 'GET' or not _is_same(etag, last_modified):
        return None
    match = _ONE_RANGE.fullmatch(header.strip())
    if match is None or not (match[1] or match[2]):
        return None
    if match[1]:
        first = int(match[1])
        last = min(int(match[2]), size - 1) if match[2] else size - 1
        if match[2] and int(match[2]) < first:
            return None
    else:
        first, last = max(0, size - int(match[2])), size - 1
    if first >= size:
        raise RangeNotSatisfiable(size=size)
    return ByteRange(first, last, size)


def _is_same(etag: str, last_modified: datetime) -> bool:
    """Whether If-Range, where sent, names this very state. A weak tag never does, and a date only
    when it is exactly the one that was given out (section 13.1.5)."""
    condition = request.headers.get('If-Range')
    if condition is None:
        return True
    if condition.strip().startswith(('"', 'W/')):
        return condition.strip() == etag
    return parse_date(condition) == last_modified.replace(microsecond=0)

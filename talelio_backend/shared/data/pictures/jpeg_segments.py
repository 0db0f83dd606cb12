"""A JPEG file, marker by marker (ITU-T T.81, annex B)."""
import re
from collections.abc import Iterator
from dataclasses import dataclass

START, END, SCAN = 0xD8, 0xD9, 0xDA
# In the data of a scan, FF is followed by 00, or by the number of a restart.
_NEXT = re.compile(rb'\xff+([^\x00\xd0-\xd7\xff])')
_BARE = frozenset({0x01, START, END})  # markers without a body


@dataclass(frozen=True, slots=True)
class Segment:
    marker: int
    start: int  # of its marker
    body: bytes
    end: int  # behind its body, where the data of a scan begin


def segments(content: bytes) -> Iterator[Segment]:
    """Those of the first picture in ``content``, its end included where there is one."""
    position = 0
    while found := _NEXT.search(content, position):
        marker = found[1][0]
        length = 0 if marker in _BARE else int.from_bytes(content[found.end():found.end() + 2])
        position = found.end() + length
        if position > len(content) or (marker not in _BARE and length < 2):
            return
        yield Segment(marker, found.end() - 2, content[found.end() + 2:position], position)
        if marker == END:
            return

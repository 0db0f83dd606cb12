"""Nests the elements of canonical HTML properly, at most a hundred deep.

A browser repairs broken nesting, and so does the parser of the sanitiser; both do so by copying
elements, in time and memory that a text of a few kilobytes can drive to gigabytes. What this
step hands on needs no repair: each element is closed where its parent ends, and stands where it
may stand. Elements outside of `ELEMENTS` leave their text; `script` and `style` leave nothing.
"""

import re
from collections import Counter
from collections.abc import Set as AbstractSet

HEADINGS = frozenset(('h1', 'h2', 'h3', 'h4', 'h5', 'h6'))
VOID = frozenset(('br', 'hr', 'img', 'wbr'))
_CELLS = frozenset(('td', 'th', 'caption'))
_SECTIONS = frozenset(('thead', 'tbody', 'tfoot'))
_TABLE_PARTS = _CELLS | _SECTIONS | {'tr'}
_TABLE_FRAME = _SECTIONS | {'table', 'tr'}
_ITEMS = {'li': frozenset(('li', )), 'dt': frozenset(('dt', 'dd')), 'dd': frozenset(('dt', 'dd'))}
BLOCKS = HEADINGS | _TABLE_PARTS | frozenset(
    ('aside', 'blockquote', 'dd', 'details', 'div', 'dl', 'dt', 'figcaption', 'figure', 'hr', 'li',
     'ol', 'p', 'pre', 'section', 'summary', 'table', 'ul'))
ELEMENTS = BLOCKS | VOID | frozenset(
    ('a', 'abbr', 'b', 'cite', 'code', 'del', 'dfn', 'em', 'i', 'ins', 'kbd', 'mark', 'q', 's',
     'samp', 'small', 'span', 'strong', 'sub', 'sup', 'time', 'u', 'var'))
# What stands between an item and the list that it belongs to.
_ITEM_PARENTS = BLOCKS - {'div', 'p', 'li', 'dt', 'dd'}
_WITH_THEIR_TEXT = frozenset(('script', 'style'))
_ENDS_WHAT_IS_BEFORE = BLOCKS | {'a'}

_MAX_DEPTH = 100
_TAG = re.compile(r'(<[^>]*>)')


def nested_properly(canonical: str) -> str:
    return _Nesting().run(canonical)


class _Nesting:

    def __init__(self) -> None:
        self._out: list[str] = []
        self._open: list[str] = []
        self._too_deep: Counter[str] = Counter()
        # An element dropped with its text ends at its end tag, or with its parent: ''.
        self._dropped_until: str | None = None

    def run(self, canonical: str) -> str:
        last_end = {name: canonical.rfind(f'</{name}>') for name in _WITH_THEIR_TEXT}
        position = 0
        for index, piece in enumerate(_TAG.split(canonical)):
            position += len(piece)
            if index % 2 == 0:
                self._text(piece)
                continue
            is_end = piece.startswith('</')
            name = piece[2:-1] if is_end else piece[1:-1].partition(' ')[0]
            if self._dropped_until is not None and not self._resumes(name, is_end=is_end):
                continue
            if is_end:
                self._end(name)
            elif name in ELEMENTS:
                self._start(piece, name)
            elif name in _WITH_THEIR_TEXT:
                self._dropped_until = name if position <= last_end[name] else ''
        self._close_down_to(0)
        return ''.join(self._out)

    def _text(self, text: str) -> None:
        if self._dropped_until is not None:
            return
        if self._out and self._out[-1].startswith('<pre'):
            # HTML drops a line end there, and another one each time that it is parsed.
            text = text.lstrip('\n')
        if text:
            if not text.isspace():
                self._leave_table_frame()
            self._out.append(text)

    def _resumes(self, name: str, *, is_end: bool) -> bool:
        awaited = self._dropped_until == name or not self._dropped_until and name in self._open
        if is_end and awaited:
            self._dropped_until = None
        return self._dropped_until is None

    def _start(self, tag: str, name: str) -> None:
        if name in _TABLE_PARTS:
            if not self._make_room_in_table(name):
                return
        else:
            self._leave_table_frame()
            if name in _ENDS_WHAT_IS_BEFORE and self._open:
                self._close_what_ends_before(name)
        if name in VOID:
            self._out.append(tag)
        elif len(self._open) >= _MAX_DEPTH:
            self._too_deep[name] += 1
        else:
            self._push(tag, name)

    def _end(self, name: str) -> None:
        if self._too_deep.get(name, 0) > 0:
            self._too_deep[name] -= 1
        elif self._open and self._open[-1] == name:
            self._close_down_to(len(self._open) - 1)
        else:
            self._end_further_up(name)

    def _end_further_up(self, name: str) -> None:
        if name == 'table':
            floor = -1
        elif name in _TABLE_PARTS:
            floor = self._last({'table'})
        elif name in BLOCKS or name == 'a':
            floor = self._last(_CELLS)
        else:
            floor = self._last(BLOCKS)
        self._close(HEADINGS if name in HEADINGS else {name}, floor)

    def _make_room_in_table(self, name: str) -> bool:
        """Closes what `name` ends and opens what it needs; False where no table is open."""
        table = self._last({'table'})
        if table < 0 or self._too_deep['table']:
            return False
        if name in _SECTIONS or name == 'caption':
            self._close_down_to(table + 1)
            return True
        row = self._last({'tr'}, table)
        if name != 'tr' and row >= 0:
            self._close_down_to(row + 1)
            return True
        section = self._last(_SECTIONS, table)
        self._close_down_to(max(section, table) + 1)
        if section < 0:
            self._push('<tbody>', 'tbody')
        if name != 'tr':
            self._push('<tr>', 'tr')
        return True

    def _leave_table_frame(self) -> None:
        if self._open and self._open[-1] in _TABLE_FRAME:
            self._close_down_to(self._last({'table'}))

    def _close_what_ends_before(self, name: str) -> None:
        floor = self._last(_CELLS)
        # A cell may hold a heading, hence no heading a table: headings never nest.
        if name in HEADINGS or name == 'table':
            self._close(HEADINGS, floor)
        elif name in _ITEMS:
            self._close(_ITEMS[name], max(floor, self._last(_ITEM_PARENTS)))
        elif name == 'a':
            self._close({'a'}, floor)
        if name in BLOCKS:
            self._close({'p'}, floor)

    def _close(self, names: AbstractSet[str], floor: int) -> None:
        found = self._last(names, floor)
        if found >= 0:
            self._close_down_to(found)

    def _last(self, names: AbstractSet[str], floor: int = -1) -> int:
        """The place of the innermost open element of these names above `floor`, or -1."""
        for place in range(len(self._open) - 1, floor, -1):
            if self._open[place] in names:
                return place
        return -1

    def _push(self, tag: str, name: str) -> None:
        self._out.append(tag)
        self._open.append(name)

    def _close_down_to(self, depth: int) -> None:
        while len(self._open) > depth:
            self._out.append(f'</{self._open.pop()}>')

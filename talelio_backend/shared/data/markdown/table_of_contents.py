import re
from dataclasses import dataclass
from html import escape

from talelio_backend.shared.domain.slug import make_slug

_OWN_ID = re.compile(r'[\w.-]{1,80}')
# The slug of no letters at all, as for articles.
_NAMELESS = 'article'


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    level: int
    id: str
    text: str


class HeadingIds:
    """Ids that differ within one document: the slug of the text, then `-1`, `-2` …

    An id that the author gave stays as the base where it needs no escape in a fragment. Neither
    kind holds a colon, which those of footnotes do.
    """

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self._repeats: dict[str, int] = {}

    def take(self, text: str, *, wanted: str = '') -> str:
        base = wanted if _OWN_ID.fullmatch(wanted) else make_slug(text, empty=_NAMELESS)
        taken = base
        # The count goes on where it stood: a thousand equal headings are a thousand steps.
        repeats = self._repeats.get(base, 0)
        while taken in self._taken:
            repeats += 1
            taken = f'{base}-{repeats}'
        self._repeats[base] = repeats
        self._taken.add(taken)
        return taken


def table_of_contents(headings: list[Heading]) -> str:
    """Nested lists of links; a heading that skips levels is one deeper than the one before."""
    if not headings:
        return ''
    parts = ['<div class="toc">']
    levels: list[int] = []
    for heading in headings:
        if not levels or heading.level > levels[-1]:
            parts.append('<ul>')
            levels.append(heading.level)
        else:
            parts.append('</li>')
            while len(levels) > 1 and levels[-2] >= heading.level:
                parts.append('</ul></li>')
                levels.pop()
            levels[-1] = heading.level
        parts.append(f'<li><a href="#{heading.id}">{escape(heading.text or heading.id)}</a>')
    parts.append('</li></ul>' * len(levels) + '</div>')
    return ''.join(parts)

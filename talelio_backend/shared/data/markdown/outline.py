"""What a sanitised fragment says of itself: headings, words, addresses; and what it still lacks.

One walk over the final HTML, so that every heading counts, however it was written. The HTML is
the sanitiser's: well nested, values in double quotes, `<` escaped in text.
"""

import re
from dataclasses import dataclass

from talelio_backend.shared.data.markdown.nesting import BLOCKS, HEADINGS
from talelio_backend.shared.data.markdown.sites import Sites
from talelio_backend.shared.data.markdown.table_of_contents import Heading, HeadingIds

_TAG = re.compile(r'(<[^>"]*(?:"[^"]*"[^>"]*)*>)')
_ATTRIBUTE = re.compile(r' ([a-z]+)="([^"]*)"')
_ENTITIES = (('&lt;', '<'), ('&gt;', '>'), ('&quot;', '"'), ('&nbsp;', '\u00a0'), ('&amp;', '&'))
_WORD_BREAKS = BLOCKS | {'br'}
# The arrow back from a footnote is no word of the text.
_NO_WORD = re.compile(r' class="(?:[^"]* )?footnote-backref[ "]')

Attributes = dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    html: str
    text: str
    headings: list[Heading]
    links: tuple[str, ...]


def outlined(html: str, sites: Sites) -> Outline:
    walk = _Walk(sites)
    for index, piece in enumerate(_TAG.split(html)):
        if index % 2 == 0:
            walk.text(piece)
        elif piece.startswith('</'):
            walk.end(piece)
        else:
            walk.start(piece)
    return walk.outline()


class _Walk:

    def __init__(self, sites: Sites) -> None:
        self._sites = sites
        self._ids = HeadingIds()
        self._footnote_ids: set[str] = set()
        self._out: list[str] = []
        self._words: list[str] = []
        self._links: dict[str, None] = {}
        self._headings: list[Heading] = []
        # Of the open heading: where its tag stands, what it holds, and its first word.
        self._heading: tuple[int, Attributes, list[str]] | None = None
        self._silent: str | None = None

    def outline(self) -> Outline:
        return Outline(html=''.join(self._out),
                       text=_collapsed(self._words),
                       headings=self._headings,
                       links=tuple(self._links))

    def text(self, text: str) -> None:
        self._out.append(text)
        self._say(_plain(text))

    def start(self, tag: str) -> None:
        name, _, rest = tag[1:-1].partition(' ')
        if name in _WORD_BREAKS:
            self._say(' ')
        if name == 'pre' or rest and _NO_WORD.search(tag):
            self._silent = self._silent or name
        if name in HEADINGS:
            self._heading = (len(self._out), _attributes(tag), [])
        elif name == 'img':
            tag = self._image(_attributes(tag))
        elif rest and name in ('a', 'li'):
            tag = self._link_or_item(name, _attributes(tag))
        self._out.append(tag)

    def end(self, tag: str) -> None:
        name = tag[2:-1]
        if name in HEADINGS and self._heading is not None:
            self._end_heading(name, *self._heading)
        if name == self._silent:
            self._silent = None
        self._out.append(tag)
        if name in _WORD_BREAKS:
            self._say(' ')

    def _say(self, words: str) -> None:
        if self._heading is not None:
            self._heading[2].append(words)
        if self._silent is None:
            self._words.append(words)

    def _image(self, attributes: Attributes) -> str:
        if 'src' in attributes:
            self._links[_plain(attributes['src'])] = None
        attributes.setdefault('alt', '')
        attributes['loading'] = 'lazy'
        return _tag('img', attributes)

    def _link_or_item(self, name: str, attributes: Attributes) -> str:
        if 'href' in attributes:
            url = _plain(attributes['href'])
            self._links[url] = None
            if self._sites.is_elsewhere(url):
                attributes |= {'target': '_blank', 'rel': 'noopener'}
        if attributes.get('id') in self._footnote_ids:
            del attributes['id']
        elif 'id' in attributes:
            self._footnote_ids.add(attributes['id'])
        return _tag(name, attributes)

    def _end_heading(self, name: str, place: int, attributes: Attributes,
                     words: list[str]) -> None:
        text = _collapsed(words)
        heading_id = self._ids.take(text, wanted=attributes.get('id', ''))
        self._out[place] = _tag(name, {'id': heading_id} | attributes | {'id': heading_id})
        self._headings.append(Heading(level=int(name[1]), id=heading_id, text=text))
        self._heading = None


def _attributes(tag: str) -> Attributes:
    return dict(_ATTRIBUTE.findall(tag))


def _tag(name: str, attributes: Attributes) -> str:
    """`attributes` hold escaped values."""
    return '<' + name + ''.join(f' {key}="{value}"' for key, value in attributes.items()) + '>'


def _plain(escaped: str) -> str:
    if '&' in escaped:
        for entity, character in _ENTITIES:
            escaped = escaped.replace(entity, character)
    return escaped


def _collapsed(words: list[str]) -> str:
    return ' '.join(''.join(words).split())

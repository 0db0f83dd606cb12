"""HTML as people write it, made canonical: a tag is `<name a="…">` or `</name>`, `<` and `>` stand
nowhere else, comments and the like are gone.

So the steps after it read tags with one simple pattern, and no two of them (nor the sanitiser,
nor a browser) can differ about where a tag, a quoted value or a comment ends. Nothing is
judged here: which elements and values are allowed is the sanitiser's to say.
"""

import re

_NAME = re.compile(r'</?([A-Za-z][A-Za-z0-9]*)(?=[\s/>])')
_ATTRIBUTE = re.compile(
    r'''[\s/]*([A-Za-z][\w:-]*)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'=<>`]+)))?''', re.ASCII)
_END = re.compile(r'[\s/]*>')
_ATTRIBUTES = frozenset(('alt', 'class', 'colspan', 'datetime', 'height', 'href', 'id', 'lang',
                         'open', 'rowspan', 'src', 'start', 'title', 'width'))


def canonical_html(source: str) -> str:
    parts: list[str] = []
    position = 0
    while (start := source.find('<', position)) >= 0:
        parts.append(_text(source[position:start]))
        position = _markup(source, start, parts)
    parts.append(_text(source[position:]))
    return ''.join(parts)


def _text(text: str) -> str:
    return text.replace('<', '&lt;').replace('>', '&gt;')


def _markup(source: str, start: int, parts: list[str]) -> int:
    """Appends what stands at the `<` at `start`; returns the position after it."""
    if source.startswith(('<!', '<?'), start):
        return _after_comment(source, start)
    name = _NAME.match(source, start)
    if name is None:
        parts.append('&lt;')
        return start + 1
    position, attributes = _attributes(source, name.end())
    end = _END.match(source, position)
    if end is None:
        parts.append(_text(source[start:position]))
        return position
    is_end_tag = source.startswith('</', start)
    parts.append(f'</{name[1].lower()}>' if is_end_tag else f'<{name[1].lower()}{attributes}>')
    return end.end()


def _after_comment(source: str, start: int) -> int:
    if source.startswith(('<!-->', '<!--->'), start):
        return source.index('>', start) + 1
    terminator = '-->' if source.startswith('<!--', start) else '>'
    end = source.find(terminator, start)
    return len(source) if end < 0 else end + len(terminator)


def _attributes(source: str, position: int) -> tuple[int, str]:
    values: dict[str, str] = {}
    while (found := _ATTRIBUTE.match(source, position)) is not None:
        position = found.end()
        name = found[1].lower()
        if name in _ATTRIBUTES and name not in values:
            values[name] = (found[2] or found[3] or found[4] or '').replace('"', '&quot;')
    return position, ''.join(f' {name}="{_text(value)}"' for name, value in values.items())

import re

from talelio_backend.shared.data.markdown.nesting import VOID

_TAG = re.compile(r'(<[^>"]*(?:"[^"]*"[^>"]*)*>)')
_GALLERY = re.compile(r'<div (?:[^>]* )?class="(?:[^"]* )?gallery[ "]')
_PICTURES = frozenset(('img', 'a', 'br', 'wbr'))


def unwrapped_galleries(html: str) -> str:
    """Pictures of a `div.gallery` as its children: without the paragraphs that hold nothing else.

    `html` is the sanitiser's: well nested, values in double quotes.
    """
    if 'gallery' not in html:
        return html
    out: list[str] = []
    open_galleries: list[bool] = []
    paragraph = -1
    for index, piece in enumerate(_TAG.split(html)):
        name = piece[1:-1].partition(' ')[0] if index % 2 else ''
        if name.startswith('/'):
            open_galleries.pop()
            if name == '/p' and paragraph >= 0:
                out[paragraph] = piece = ''
                paragraph = -1
        elif name == 'p' and open_galleries and open_galleries[-1]:
            paragraph = len(out)
        elif name not in _PICTURES and piece.strip():
            paragraph = -1
        if name and not name.startswith('/') and name not in VOID:
            open_galleries.append(_GALLERY.match(piece) is not None)
        out.append(piece)
    return ''.join(out)

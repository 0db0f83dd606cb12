"""What may stay in the HTML: an allow-list of elements, attributes and values."""

import re
from urllib.parse import quote

from nh3 import Cleaner  # pylint: disable=no-name-in-module  # a compiled module

from talelio_backend.shared.data.markdown.nesting import ELEMENTS, HEADINGS

_ATTRIBUTES = {
    '*': {'class', 'lang'},
    'a': {'href', 'id', 'title'},
    'abbr': {'title'},
    'details': {'open'},
    'dfn': {'title'},
    'img': {'alt', 'height', 'src', 'title', 'width'},
    'li': {'id'},
    'ol': {'start'},
    'td': {'colspan', 'rowspan'},
    'th': {'colspan', 'rowspan'},
    'time': {'datetime'},
} | {
    name: {'id'}
    for name in HEADINGS
}

_LINE_ENDS = re.compile(r'[\t\n\r]+')
_BLANKS = ''.join(map(chr, range(0x21)))
# Browsers, or people, overlook these in an address.
_ODD_IN_URLS = re.compile(r'[\x00-\x20\x7f-\xa0\u1680\u2000-\u200f\u2028-\u202f\u205f-\u2064'
                          r'\u3000\ufeff\ufff9-\ufffd]+')
_SCHEME = re.compile(r'([^/?#]*?):', re.DOTALL)
_WEB_ADDRESS = re.compile(r'https?://[^/?#\\]', re.IGNORECASE)
_MAIL_ADDRESS = re.compile(r'mailto:', re.IGNORECASE)

_CLASS_NAME = re.compile(r'[\w-]+')
_FOOTNOTE_ID = re.compile(r'fn(?:ref)?:[0-9]+(?::[0-9]+)?', re.ASCII)
_FORMS = {
    'lang': re.compile(r'[a-z0-9-]{1,35}', re.ASCII | re.IGNORECASE),
    'width': re.compile(r'[0-9]{1,5}%?', re.ASCII),
    'height': re.compile(r'[0-9]{1,5}%?', re.ASCII),
    'start': re.compile(r'-?[0-9]{1,9}', re.ASCII),
    'colspan': re.compile(r'[0-9]{1,3}', re.ASCII),
    'rowspan': re.compile(r'[0-9]{1,3}', re.ASCII),
}


def make_cleaner() -> Cleaner:
    return Cleaner(tags=ELEMENTS,
                   attributes=_ATTRIBUTES,
                   attribute_filter=_filtered,
                   url_schemes={'http', 'https', 'mailto'},
                   link_rel=None)


def _filtered(element: str, attribute: str, value: str) -> str | None:
    if attribute in ('href', 'src'):
        return _safe_url(value, mail=attribute == 'href')
    if attribute == 'class':
        names = [name for name in value.split() if _CLASS_NAME.fullmatch(name)]
        return ' '.join(names) or None
    if attribute == 'id' and element not in HEADINGS:
        return value if _FOOTNOTE_ID.fullmatch(value) else None
    form = _FORMS.get(attribute)
    return value if form is None or form.fullmatch(value) else None


def _safe_url(value: str, *, mail: bool) -> str | None:
    """The address as it may stay: of http, https or mailto, relative, or a fragment.

    Whatever has a colon before its path has a scheme here, however oddly it is spelt: stricter
    than the URL standard, and the same for every browser.
    """
    url = _ODD_IN_URLS.sub(lambda odd: quote(odd[0], errors='replace'), _trimmed(value))
    scheme = _SCHEME.match(_ODD_IN_URLS.sub('', value).replace('\\', '/'))
    if scheme is None or _WEB_ADDRESS.match(url):
        return url
    return url if mail and _MAIL_ADDRESS.match(url) else None


def _trimmed(url: str) -> str:
    return _LINE_ENDS.sub('', url).strip(_BLANKS)

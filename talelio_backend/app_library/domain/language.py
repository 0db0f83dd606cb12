"""Language tags (BCP 47): well-formed by the grammar of RFC 5646, section 2.1, whether or not the
registry knows their subtags."""

import re

_ALPHANUM = '[a-z0-9]'
_LANGTAG = re.compile(
    rf'''
    (?: [a-z]{{2,3}} (?: - [a-z]{{3}} ){{0,3}}                   # with extended languages
      | [a-z]{{4}} | [a-z]{{5,8}} )                              # reserved, registered
    (?: - [a-z]{{4}} )?                                          # script
    (?: - (?: [a-z]{{2}} | [0-9]{{3}} ) )?                       # region
    (?: - (?: {_ALPHANUM}{{5,8}} | [0-9]{_ALPHANUM}{{3}} ) )*    # variants
    (?: - [0-9a-wyz] (?: - {_ALPHANUM}{{2,8}} )+ )*              # extensions
    (?: - x (?: - {_ALPHANUM}{{1,8}} )+ )?                       # private use
    ''', re.VERBOSE)
_PRIVATE = re.compile(rf'x(?:-{_ALPHANUM}{{1,8}})+')
# Of a grammar of their own, and for ever (the productions "irregular" and "regular").
_GRANDFATHERED = frozenset(
    ('art-lojban', 'cel-gaulish', 'en-gb-oed', 'i-ami', 'i-bnn', 'i-default', 'i-enochian',
     'i-hak', 'i-klingon', 'i-lux', 'i-mingo', 'i-navajo', 'i-pwn', 'i-tao', 'i-tay', 'i-tsu',
     'no-bok', 'no-nyn', 'sgn-be-fr', 'sgn-be-nl', 'sgn-ch-de', 'zh-guoyu', 'zh-hakka', 'zh-min',
     'zh-min-nan', 'zh-xiang'))


class NoLanguageTag(ValueError):
    """Not well-formed."""


def language_tag(text: str) -> str:
    """The tag in its usual case (section 2.1.1): ``zh-Hant-TW``. Raises NoLanguageTag."""
    small = text.lower() if text.isascii() else ''
    if not (small in _GRANDFATHERED or _PRIVATE.fullmatch(small) or _LANGTAG.fullmatch(small)):
        raise NoLanguageTag(text)
    first, *others = small.split('-')
    cased = [first]
    for subtag in others:
        # Behind a singleton stands something else than a region or a script.
        ours = len(cased[-1]) > 1 and not any(len(before) == 1 for before in cased)
        if ours and len(subtag) == 2:
            subtag = subtag.upper()
        elif ours and len(subtag) == 4 and subtag.isalpha():
            subtag = subtag.capitalize()
        cased.append(subtag)
    return '-'.join(cased)

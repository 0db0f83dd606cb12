import unicodedata

MAX_SLUG_LENGTH = 80

_APOSTROPHES = frozenset("'\u2019\u02bc")


def make_slug(text: str, *, empty: str) -> str:
    """The part of an address, or the id of a heading, that `text` gives.

    Latin letters lose their marks and every letter its case; letters of other scripts keep their
    marks. Apostrophes vanish and every other run of characters that are neither letters nor digits
    is one hyphen. At most 80 characters, cut at a hyphen where there is one; `empty` where nothing
    is left. The slug of a slug is itself.
    """
    return _cut(_hyphenated(_folded(text))) or empty


def _folded(text: str) -> str:
    if text.isascii():
        return text.lower()
    # Folding case may yield what decomposes again (Unicode 3.13, caseless matching), hence twice.
    once = _unmarked(unicodedata.normalize('NFKD', text)).casefold()
    twice = _unmarked(unicodedata.normalize('NFKD', once)).casefold()
    return unicodedata.normalize('NFC', twice)


def _unmarked(decomposed: str) -> str:
    kept: list[str] = []
    latin = False
    for character in decomposed:
        if not unicodedata.category(character).startswith('M'):
            latin = unicodedata.name(character, '').startswith('LATIN ')
        elif latin:
            continue
        kept.append(character)
    return ''.join(kept)


def _hyphenated(folded: str) -> str:
    kept: list[str] = []
    in_letter = False
    for character in folded:
        if character in _APOSTROPHES:
            in_letter = False
            continue
        # A mark belongs to the letter before it: without it Hindi or Thai words would fall apart.
        is_mark = in_letter and unicodedata.category(character).startswith('M')
        in_letter = is_mark or character.isalpha()
        if in_letter or character.isalnum():
            kept.append(character)
        elif kept and kept[-1] != '-':
            kept.append('-')
    return ''.join(kept).rstrip('-')


def _cut(slug: str) -> str:
    if len(slug) <= MAX_SLUG_LENGTH:
        return slug
    whole_words, hyphen, _ = slug[:MAX_SLUG_LENGTH + 1].rpartition('-')
    return whole_words if hyphen else slug[:MAX_SLUG_LENGTH]

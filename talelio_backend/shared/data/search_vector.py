"""Full text whose words are cut by the application: PostgreSQL's parser takes other things for
letters in each locale, and knows no way to drop accents."""

import re

from talelio_backend.shared.data.search_text import search_text

_BETWEEN_WORDS = re.compile(r'[\W_]+')
_LONGEST_WORD = 200  # a lexeme has at most 2046 bytes, a letter up to 4 and in folding more
_LAST_PLACE = 16383


def search_vector(*parts: str | None) -> str:
    """``parts`` as a literal of the type ``tsvector``, its words folded and numbered."""
    return ' '.join(f"'{word}':{min(place, _LAST_PLACE)}"
                    for place, word in enumerate(_words(*parts), start=1))


def weighted_vector(**parts: str | None) -> str:
    """Like ``search_vector``, every word with the weight that its part is named by: ``A``, ``B``,
    ``C`` or ``D``."""
    weighed = [(word, weight) for weight, part in parts.items() for word in _words(part)]
    return ' '.join(f"'{word}':{min(place, _LAST_PLACE)}{weight}"
                    for place, (word, weight) in enumerate(weighed, start=1))


def search_query(text: str, *, prefix: bool = False) -> str | None:
    """A literal of the type ``tsquery`` that all words of ``text`` satisfy, with ``prefix`` the
    last one as the beginning of a word; None where there are none."""
    return _asked(text, ' & ', prefix)


def rank_query(text: str, *, prefix: bool = False) -> str | None:
    """Like ``search_query``, and any of the words will do: ``ts_rank`` then weighs each word by
    itself, and not by its distance to the others."""
    return _asked(text, ' | ', prefix)


def _asked(text: str, between: str, prefix: bool) -> str | None:
    words = [f"'{word}'" for word in _words(text)]
    if words and prefix:
        words[-1] += ':*'
    return between.join(words) or None


def _words(*parts: str | None) -> list[str]:
    return [word[:_LONGEST_WORD] for word in _BETWEEN_WORDS.split(search_text(*parts)) if word]

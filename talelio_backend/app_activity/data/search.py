"""Full text whose words are cut by the application: PostgreSQL's parser takes other things for
letters in each locale, and knows no way to drop accents."""

import re

from talelio_backend.shared.data.search_text import search_text

_BETWEEN_WORDS = re.compile(r'[\W_]+')
_LONGEST_WORD = 200  # a lexeme has at most 2046 bytes, a letter up to 4 and in folding more


def search_vector(*parts: str | None) -> str:
    """``parts`` as a literal of the type ``tsvector``, its words folded and numbered."""
    return ' '.join(f"'{word}':{min(place, 16383)}"
                    for place, word in enumerate(_words(*parts), start=1))


def search_query(text: str) -> str | None:
    """A literal of the type ``tsquery`` that all words of ``text`` satisfy; None where there are
    none."""
    return ' & '.join(f"'{word}'" for word in _words(text)) or None


def _words(*parts: str | None) -> list[str]:
    return [word[:_LONGEST_WORD] for word in _BETWEEN_WORDS.split(search_text(*parts)) if word]

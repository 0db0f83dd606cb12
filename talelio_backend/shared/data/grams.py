"""Trigrams, for substrings found by an index: PostgreSQL has them in an extension alone."""

_SIZE = 3


def gram_vector(folded: str) -> str:
    """The trigrams of ``folded`` as a literal of the type ``tsvector``. Its last letters begin
    shorter ones, so that whatever stands in ``folded`` begins a gram."""
    grams = {folded[start:start + _SIZE] for start in range(len(folded))}
    return ' '.join(map(_quoted, sorted(grams)))


def gram_query(folded: str) -> str | None:
    """A literal of the type ``tsquery`` that every text with ``folded`` in it satisfies, and few
    others do; None where it is empty."""
    if not folded:
        return None
    if len(folded) < _SIZE:
        return f'{_quoted(folded)}:*'
    grams = {folded[start:start + _SIZE] for start in range(len(folded) - _SIZE + 1)}
    return ' & '.join(map(_quoted, sorted(grams)))


def _quoted(gram: str) -> str:
    escaped = gram.replace('\\', '\\\\').replace("'", "''")
    return f"'{escaped}'"

import unicodedata


def search_text(*parts: str | None) -> str:
    """``parts`` as they are searched: without case and accents, each on a line of its own."""
    folded = unicodedata.normalize('NFKD', '\n'.join(part or '' for part in parts)).casefold()
    return ''.join(c for c in folded if not unicodedata.combining(c))

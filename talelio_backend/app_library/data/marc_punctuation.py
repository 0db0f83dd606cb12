"""Punctuation of ISBD: what stands at the end of a MARC field and belongs to the card that was
once printed of it, not to the text."""

import re

_SLASH_COLON = re.compile(r'\s*[/:;=,]$')
# The stop at the end of a sentence; not that of an initial, of a known abbreviation, of three.
_STOP = re.compile(r'(?<![.\s])(?<!\b[A-Z])(?<!\b(?:Jr|Sr|Dr|St))\.$')


def without_end(text: str) -> str:
    """``text`` without one mark at its end: what is exported has one more than it means."""
    text = text.strip()
    shorter = _SLASH_COLON.sub('', text)
    return shorter.rstrip() if shorter != text else _STOP.sub('', text).rstrip()


def ended(text: str) -> str:
    """``text`` with a mark at its end, so that it comes back as it is."""
    return f'{text}.' if without_end(f'{text}.') == text else f'{text} ;'

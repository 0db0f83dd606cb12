"""Takes out of log events what must not be read there."""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any
from urllib.parse import quote, quote_plus

HIDDEN = '***'
# Shorter ones would blacken half of every line and are no secret anyway.
_SHORTEST_SECRET = 4
_SHORT = 128  # characters
_WORDS = re.compile(r'[A-Z]?[a-z]+|[A-Z]+|[0-9]+')
_SENSITIVE_WORDS = frozenset({'code', 'codes', 'key', 'keys', 'pwd'})
_SENSITIVE_PARTS = ('password', 'passwd', 'token', 'authorization', 'cookie', 'secret', 'apikey')

_PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r'AGE-SECRET-KEY-[0-9A-Z-]+', re.I), HIDDEN),
    # Up to the last @ of the run: a password may hold one that nobody encoded.
    (re.compile(r'([a-z][a-z0-9+.-]{0,30}://[^\s:/@]*):\S{0,256}@', re.I), rf'\1:{HIDDEN}@'),
    (re.compile(r'\b(bearer|basic)\s+[^\s,;"\']+', re.I), rf'\1 {HIDDEN}'),
    (re.compile(r'\beyJ[\w-]{4,}\.[\w-]+(?:\.[\w-]*)*'), HIDDEN),
    (re.compile(r'\b(?:rt_[0-9a-f]{32}\.|pat_)[\w-]+'), HIDDEN),
    # What stands in a query string, a header or a form that somebody else logged.
    (re.compile(
        r'((?:password|passwd|token|secret|cookie|api_?key|\bcode|\bkey)["\']?\s?[=:]\s?["\']?)'
        r'(?!\s|bearer|basic)[^\s&,;"\']+', re.I), rf'\1{HIDDEN}'),
    # Addresses whose last part is the secret; the rule of the route may be read.
    (re.compile(r'(/(?:calendar|verify)/)[^\s<>?#"\']+'), rf'\1{HIDDEN}'),
    (re.compile(r'([^\W_])[^\s@<>"(),:;\[\]\\=]{0,63}@((?:[\w-]+\.)+[\w-]+|localhost)'),
     r'\1…@\2'),
)
# A text with none of these cannot match a pattern.
_SUSPICIOUS = ('@', '=', ':', ' ', 'eyJ', 'rt_', 'pat_', 'AGE-', 'age-', '/calendar/', '/verify/')


@lru_cache(maxsize=1024)
def is_sensitive(key: str) -> bool:
    """Whether what stands under this name is hidden whatever it is."""
    lowered = key.lower()
    if any(part in lowered for part in _SENSITIVE_PARTS):
        return True
    return any(word.lower() in _SENSITIVE_WORDS for word in _WORDS.findall(key))


class Redactor:
    """A structlog processor; ``secrets`` are values that are hidden wherever they appear."""

    def __init__(self, secrets: Iterable[str]) -> None:
        known = {secret for secret in secrets if len(secret) >= _SHORTEST_SECRET}
        known |= {quoted for secret in known for quoted in (quote(secret, ''), quote_plus(secret))}
        # The longest first, since one may begin like another.
        escaped = [re.escape(secret) for secret in sorted(known, key=len, reverse=True)]
        self._secrets = re.compile('|'.join(escaped)) if escaped else None
        self._suspicious = re.compile('|'.join(map(re.escape, (*_SUSPICIOUS, *known)))).search
        # What can hold a secret and mostly does not comes again and again.
        self._remembered = lru_cache(maxsize=2048)(self._search)

    def __call__(self, _logger: Any, _method: str, event: Any) -> Any:
        for key, value in event.items():
            event[key] = self._clean(key, value)
        return event

    def text(self, value: str) -> str:
        if self._suspicious(value) is None:
            return value
        return self._remembered(value) if len(value) <= _SHORT else self._search(value)

    def _search(self, value: str) -> str:
        if self._secrets is not None:
            value = self._secrets.sub(HIDDEN, value)
        for pattern, replacement in _PATTERNS:
            value = pattern.sub(replacement, value)
        return value

    def _clean(self, key: str, value: Any) -> Any:
        if value is None or value is True or value is False:
            return value
        if is_sensitive(key):
            return HIDDEN
        if isinstance(value, str):
            return self.text(value)
        return value if isinstance(value, (int, float)) else self._clean_inside(value)

    def _clean_inside(self, value: Any) -> Any:
        if isinstance(value, Mapping):
            return {
                self.text(str(key)): self._clean(str(key), part)
                for key, part in value.items()
            }
        if isinstance(value, bytes):
            return self.text(value.decode(errors='replace'))
        if isinstance(value, (Sequence, set, frozenset)):
            return [self._clean('', part) for part in value]
        # Its text is what would be written in the end.
        return self.text(str(value))

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from talelio_backend.shared.domain.errors import TooManyRequests

SECONDS = {'second': 1, 'minute': 60, 'hour': 3600, 'day': 86400}
_NOTATION = re.compile(r'([1-9][0-9]{0,8})/(second|minute|hour|day)')


class RateLimited(TooManyRequests):
    code = 'rate_limited'
    title = 'Too many requests. Wait {retry_after} seconds.'


@dataclass(frozen=True, slots=True)
class Limit:
    """At most ``count`` in a window of ``seconds`` that begins with its first hit."""

    count: int
    seconds: int


def parse_limits(notation: str) -> tuple[Limit, ...]:
    """Reads ``<n>/<second|minute|hour|day>``, several joined by ``;``. Raises ValueError."""
    limits = []
    for part in notation.split(';'):
        match = _NOTATION.fullmatch(part.strip())
        if match is None:
            raise ValueError('write a limit as <n>/<second|minute|hour|day>')
        limits.append(Limit(int(match[1]), SECONDS[match[2]]))
    return tuple(limits)


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """What a bucket says after one more hit. ``reset`` and ``retry_after`` in whole seconds;
    ``retry_after`` is 0 when the hit was admitted."""

    limit: Limit
    remaining: int
    reset: int
    retry_after: int


class RateLimiter(Protocol):

    def hit(self, bucket: str, limits: Sequence[Limit]) -> Allowance:
        """Counts one hit in one round trip and answers for the tightest of ``limits``.
        A refused hit is not counted. Raises SessionStoreUnavailable."""
        ...

import hashlib
from collections.abc import Sequence

from talelio_backend.shared.domain.errors import TooManyRequests
from talelio_backend.shared.services.rate_limit import Limit, RateLimiter


class TooManyMails(TooManyRequests):
    code = 'too_many_mails'
    title = 'Too many mails were asked for. Wait before the next one.'


class MailLimit:
    """Bounds the mails that somebody causes: by address where strangers ask, whether it has an
    account or not, and by account elsewhere."""

    def __init__(self, limiter: RateLimiter, limits: Sequence[Limit]) -> None:
        self._limiter = limiter
        self._limits = limits

    def count(self, whose: str) -> None:
        """Counts a mail for ``whose``. Raises TooManyMails, SessionStoreUnavailable."""
        # The address itself stands in no key.
        name = hashlib.sha256(whose.encode()).hexdigest()
        allowance = self._limiter.hit(f'mail:{name}', self._limits)
        if allowance.retry_after:
            raise TooManyMails(retry_after=allowance.retry_after)

import hashlib
from collections.abc import Sequence

from talelio_backend.app_account.domain.errors import TooManyMails
from talelio_backend.app_account.domain.names import fold
from talelio_backend.shared.services.rate_limit import Limit, RateLimiter


class MailLimit:
    """Bounds the mails that strangers cause, by address, whether it has an account or not."""

    def __init__(self, limiter: RateLimiter, limits: Sequence[Limit]) -> None:
        self._limiter = limiter
        self._limits = limits

    def count(self, email: str) -> None:
        """Counts a mail to ``email``. Raises TooManyMails, SessionStoreUnavailable."""
        # The address itself stands in no key.
        name = hashlib.sha256(fold(email).encode()).hexdigest()
        allowance = self._limiter.hit(f'mail:{name}', self._limits)
        if allowance.retry_after:
            raise TooManyMails(retry_after=allowance.retry_after)

from dataclasses import dataclass
from typing import Literal

from talelio_backend.app_account.domain.errors import EmailNotAllowed, RegistrationClosed
from talelio_backend.app_account.domain.names import fold


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrationPolicy:
    """Who may have an account. ``admitted`` are exact addresses and ``@domains``; they matter in
    mode ``allowlist`` alone, where none of them means that nobody is admitted."""

    mode: Literal['open', 'allowlist', 'closed']
    admitted: frozenset[str] = frozenset()

    def check_open(self) -> None:
        """Raises RegistrationClosed."""
        if self.mode == 'closed':
            raise RegistrationClosed()

    def check(self, email: str) -> None:
        """Raises RegistrationClosed, EmailNotAllowed."""
        self.check_open()
        if self.mode == 'open':
            return
        address = fold(email)
        admitted = {_as_ascii(fold(entry.strip())) for entry in self.admitted}
        if not admitted & {address, '@' + address.rpartition('@')[2]}:
            raise EmailNotAllowed()


def _as_ascii(entry: str) -> str:
    # Addresses are stored with A-labels; a list may be written as people write.
    local, at, domain = entry.rpartition('@')
    return local + at + (domain if domain.isascii() else domain.encode('idna').decode())

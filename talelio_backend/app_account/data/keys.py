"""Keys for one purpose each, derived from the secret key (NIST SP 800-108, HMAC-SHA-256)."""

import hmac
from collections.abc import Sequence


def derived_key(secret_key: str, purpose: str) -> bytes:
    return hmac.digest(secret_key.encode(), f'talelio {purpose}'.encode(), 'sha256')


def derived_keys(secret_keys: Sequence[str], purpose: str) -> tuple[bytes, ...]:
    """One for each secret key, the present one first."""
    return tuple(derived_key(secret_key, purpose) for secret_key in secret_keys)

import base64
import hashlib
import hmac
from collections.abc import Sequence
from uuid import UUID

from talelio_backend.app_account.data.keys import derived_keys
from talelio_backend.app_account.domain.link import Link


class DerivedLinkTokens:
    """``base64url(HMAC-SHA-256(key, link id))``: 256 bits that the worker can make again when it
    writes the mail, so that no job, log or row holds them."""

    def __init__(self, secret_keys: Sequence[str]) -> None:
        self._keys = derived_keys(secret_keys, 'link token')

    def digest_for(self, link_id: UUID) -> bytes:
        return self.digest(_token(self._keys[0], link_id))

    def digest(self, token: str) -> bytes:
        return hashlib.sha256(token.encode(errors='surrogatepass')).digest()

    def token(self, link: Link) -> str | None:
        # The secret key may have been replaced between the link and its mail.
        for key in self._keys:
            token = _token(key, link.id)
            if hmac.compare_digest(self.digest(token), link.token_digest):
                return token
        return None


def _token(key: bytes, link_id: UUID) -> str:
    raw = hmac.digest(key, link_id.bytes, 'sha256')
    return base64.urlsafe_b64encode(raw).decode().rstrip('=')

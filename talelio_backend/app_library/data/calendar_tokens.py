import base64
import binascii
import hmac
from uuid import UUID

_ID_BYTES = 16
_BYTES = _ID_BYTES + 32


class DerivedCalendarTokens:
    """``base64url(member id · HMAC-SHA-256(key, member id · turn))`` with a key for this purpose
    alone (NIST SP 800-108)."""

    def __init__(self, secret_key: str) -> None:
        self._key = hmac.digest(secret_key.encode(), b'talelio library calendar', 'sha256')

    def seal(self, member_id: UUID, *, turn: int) -> str:
        proof = hmac.digest(self._key, member_id.bytes + turn.to_bytes(8), 'sha256')
        return base64.urlsafe_b64encode(member_id.bytes + proof).decode()

    def named(self, token: str) -> UUID | None:
        try:
            raw = base64.b64decode(token.encode('ascii'), altchars=b'-_', validate=True)
        except (UnicodeEncodeError, binascii.Error):
            return None
        return UUID(bytes=raw[:_ID_BYTES]) if len(raw) == _BYTES else None

import base64
import binascii
import hashlib
import hmac
import json

from talelio_backend.shared.services.listing import BadQuery

_TAG_BYTES = 16


class SignedCursors:
    """Cursors that a client can keep but not make: URL-safe base64 of JSON behind a truncated
    HMAC-SHA-256 (RFC 2104, section 5) with a key of its own."""

    def __init__(self, secret_key: str) -> None:
        self._key = hmac.digest(secret_key.encode(), b'talelio cursor', 'sha256')

    def seal(self, values: list[str | None]) -> str:
        content = json.dumps(values, separators=(',', ':'), ensure_ascii=False).encode()
        return _text(self._tag(content) + content)

    def open(self, cursor: str) -> list[str | None]:
        try:
            raw = base64.b64decode(cursor + '=' * (-len(cursor) % 4),
                                   altchars=b'-_',
                                   validate=True)
        except (binascii.Error, ValueError) as error:
            raise BadQuery(parameter='cursor', reason='it was not given out here') from error
        tag, content = raw[:_TAG_BYTES], raw[_TAG_BYTES:]
        # Base64 has several spellings of the same bytes; one cursor is one text.
        if _text(raw) != cursor or not hmac.compare_digest(tag, self._tag(content)):
            raise BadQuery(parameter='cursor', reason='it was not given out here')
        values: list[str | None] = json.loads(content)
        return values

    def _tag(self, content: bytes) -> bytes:
        return hmac.digest(self._key, content, hashlib.sha256)[:_TAG_BYTES]


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip('=')

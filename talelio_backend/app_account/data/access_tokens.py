import hmac
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Any
from uuid import UUID

import jwt

from talelio_backend.app_account.services.security_ports import AccessToken
from talelio_backend.shared.services.authentication import Claims, TokenExpired, TokenInvalid
from talelio_backend.shared.services.clock import Clock

ALGORITHM = 'HS256'
TYPE = 'at+jwt'
AUDIENCE = 'talelio'
LEEWAY = 5  # seconds
REMEMBERED = 2048  # tokens, about 1 KiB each
_REQUIRED = ('iss', 'aud', 'sub', 'sid', 'jti', 'iat', 'exp', 'epoch')


class JwtAccessTokens:
    """Access tokens as JWT (RFC 9068). The first of ``secret_keys`` signs, the others verify.

    A token says who and which session, never what they may do: that is looked up.
    """

    def __init__(self, *, secret_keys: Sequence[str], issuer: str, seconds: int,
                 clock: Clock) -> None:
        self._keys = {_key_id(key): key.encode() for key in reversed(secret_keys)}
        self._signing = _key_id(secret_keys[0])
        self._issuer = issuer
        self._seconds = seconds
        self._clock = clock
        self._jwt = jwt.PyJWT({'enforce_minimum_key_length': True})
        # A signature that was good stays good; what time and the database say is asked each time.
        # Nothing is kept of a token that was refused.
        self._known = lru_cache(maxsize=REMEMBERED)(self._parsed)

    def issue(self,
              *,
              account_id: UUID,
              session_id: UUID,
              epoch: int,
              now: datetime,
              until: datetime,
              impersonator_id: UUID | None = None) -> AccessToken:
        issued = int(now.timestamp())
        seconds = int(until.timestamp()) - issued
        if impersonator_id is None:
            seconds = min(self._seconds, seconds)
        content = {
            'iss': self._issuer,
            'aud': AUDIENCE,
            'sub': str(account_id),
            'sid': str(session_id),
            'jti': uuid.uuid4().hex,
            'iat': issued,
            'exp': issued + seconds,
            'epoch': epoch,
        }
        if impersonator_id is not None:
            content['act'] = {'sub': str(impersonator_id)}
        text = self._jwt.encode(content,
                                self._keys[self._signing],
                                algorithm=ALGORITHM,
                                headers={
                                    'typ': TYPE,
                                    'kid': self._signing
                                })
        return AccessToken(text=text, expires_in=seconds)

    def read(self, bearer: str) -> Claims:
        """Raises TokenExpired, TokenInvalid. The application's clock decides, not the library's.
        """
        claims, expires = self._known(bearer)
        if self._clock.now().timestamp() >= expires + LEEWAY:
            raise TokenExpired()
        return claims

    def _parsed(self, bearer: str) -> tuple[Claims, float]:
        """What the token says and when it expires, its signature proven. Raises TokenInvalid."""
        try:
            content = self._verified(bearer)
            expires = float(content['exp'])
            parsed = {
                'account_id': UUID(content['sub']),
                'session_id': UUID(content['sid']),
                'epoch': int(content['epoch']),
            }
            if 'act' in content:
                parsed['impersonator_id'] = UUID(content['act']['sub'])
        except (jwt.PyJWTError, LookupError, ValueError, TypeError, AttributeError,
                OverflowError) as error:
            raise TokenInvalid() from error
        # Who acts as somebody else asks at their own expense.
        pays = parsed.get('impersonator_id', parsed['account_id'])
        return Claims(subject=f'account:{pays}', content=MappingProxyType(parsed)), expires

    def _verified(self, bearer: str) -> Mapping[str, Any]:
        header = jwt.get_unverified_header(bearer)
        key = self._keys.get(header.get('kid', ''))
        if key is None or header.get('typ') != TYPE:
            raise jwt.InvalidTokenError()
        return self._jwt.decode(bearer,
                                key,
                                algorithms=[ALGORITHM],
                                audience=AUDIENCE,
                                issuer=self._issuer,
                                options={
                                    'require': list(_REQUIRED),
                                    'verify_exp': False,
                                    'verify_iat': False,
                                    'verify_nbf': False,
                                })


def _key_id(secret_key: str) -> str:
    """Names a key without giving anything of it away."""
    return hmac.digest(secret_key.encode(), b'talelio key id', 'sha256').hex()[:12]

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from redis import Redis

from talelio_backend.app_account.data.keys import derived_keys
from talelio_backend.app_account.domain.refresh_token import RefreshToken
from talelio_backend.app_account.domain.session import Lifetimes, Session
from talelio_backend.app_account.services.security_ports import Rotation, RotationOutcome
from talelio_backend.shared.data.failures import redis_failures
from talelio_backend.shared.data.redis import Script

GRACE = 10_000  # milliseconds in which the parent gives the same successor again
REPEATS = 3
# How long Redis keeps what has run out. By the caller's clock it is decided what has, so the time
# to live is a span, whatever time it is for Redis.
_CLEAN_UP = timedelta(minutes=1)
_RACES = 5

_LOOK = "return redis.call('HMGET', KEYS[1], 'generation', 'absolute')"

# Answers {outcome, generation, digest of the present token}. KEYS: the family. ARGV: now, digest
# shown, generation read before, digest of the successor, new idle expiry, time to live,
# present data epoch, grace, repeats. All times in milliseconds, as whole numbers in text: Lua
# would write them with an exponent.
_ROTATE = '''
local family, now = KEYS[1], tonumber(ARGV[1])
local f = redis.call('HMGET', family, 'generation', 'current', 'parent', 'rotated', 'repeats',
                     'idle', 'absolute', 'epoch')
if not f[1] then return {'unknown'} end
if now >= tonumber(f[6]) or now >= tonumber(f[7]) or f[8] ~= ARGV[7] then
  redis.call('DEL', family)
  return {'unknown'}
end
if ARGV[2] == f[2] then
  if ARGV[3] ~= f[1] then return {'raced'} end
  redis.call('HSET', family, 'generation', string.format('%d', f[1] + 1), 'current', ARGV[4],
             'parent', f[2], 'rotated', ARGV[1], 'repeats', '0', 'idle', ARGV[5])
  redis.call('PEXPIRE', family, ARGV[6])
  return {'rotated', string.format('%d', f[1] + 1), ARGV[4]}
end
if ARGV[2] == f[3] and now - tonumber(f[4]) <= tonumber(ARGV[8])
    and tonumber(f[5]) < tonumber(ARGV[9]) then
  redis.call('HINCRBY', family, 'repeats', 1)
  return {'repeated', f[1], f[2]}
end
redis.call('DEL', family)
return {'stolen'}
'''


class RedisRefreshStore:
    """One hash per session, ``rt:<family>``, of digests and times. A successor is derived from
    its parent, so that it can be given again to a client that asked twice, and is stored nowhere.
    """

    def __init__(self, redis: Redis, secret_keys: Sequence[str]) -> None:
        self._redis = redis
        self._look = Script(redis, _LOOK)
        self._rotate = Script(redis, _ROTATE)
        self._keys = derived_keys(secret_keys, 'refresh token successor')

    def begin(self, session: Session, *, epoch: int) -> RefreshToken:
        token = RefreshToken(session.id, secrets.token_urlsafe(32))
        with redis_failures():
            pipe = self._redis.pipeline(transaction=True)
            pipe.hset(_key(session.id),
                      mapping={
                          'account': session.account_id.hex,
                          'generation': 0,
                          'current': _digest(token.secret),
                          'parent': '',
                          'rotated': _milliseconds(session.created_at),
                          'repeats': 0,
                          'idle': _milliseconds(session.expires_at),
                          'absolute': _milliseconds(session.absolute_expires_at),
                          'epoch': epoch,
                      })
            lifetime = session.expires_at - session.created_at
            pipe.pexpire(_key(session.id), lifetime + _CLEAN_UP)
            pipe.execute()
        return token

    def rotate(self, token: RefreshToken, *, lifetimes: Lifetimes, epoch: int,
               now: datetime) -> Rotation:
        for _ in range(_RACES):
            with redis_failures():
                generation, absolute = self._read(token.family)
                if generation is None or absolute is None:
                    return Rotation(outcome=RotationOutcome.UNKNOWN)
                answer = self._run(token, generation, absolute, lifetimes, epoch, now)
            if answer[0] != 'raced':
                return self._rotation(token, answer)
        # Only a family that is made anew again and again under this id gets here.
        return Rotation(outcome=RotationOutcome.UNKNOWN)

    def forget(self, session_ids: Sequence[UUID]) -> None:
        if session_ids:
            with redis_failures():
                self._redis.delete(*map(_key, session_ids))

    def _read(self, family: UUID) -> tuple[int | None, int | None]:
        # The successor depends on the generation, and a script cannot derive it: it is read
        # first, and the script refuses to go on from any other generation.
        found: list[bytes | None] = self._look.run([_key(family)], [])
        generation, absolute = (int(value) if value is not None else None for value in found)
        return generation, absolute

    def _run(self, token: RefreshToken, generation: int, absolute: int, lifetimes: Lifetimes,
             epoch: int, now: datetime) -> list[str]:
        moment = _milliseconds(now)
        idle = min(moment + _span(lifetimes.idle), absolute)
        successor = self._successor(self._keys[0], token, generation + 1)
        answer: list[bytes] = self._rotate.run([_key(token.family)], [
            moment,
            _digest(token.secret), generation,
            _digest(successor.secret), idle, idle - moment + _span(_CLEAN_UP), epoch, GRACE,
            REPEATS
        ])
        return [part.decode() for part in answer]

    def _rotation(self, token: RefreshToken, answer: list[str]) -> Rotation:
        if answer[0] in ('unknown', 'stolen'):
            return Rotation(outcome=RotationOutcome(answer[0]))
        # The secret key may have been replaced between a rotation and its repetition.
        for key in self._keys:
            successor = self._successor(key, token, int(answer[1]))
            if hmac.compare_digest(_digest(successor.secret), answer[2]):
                return Rotation(outcome=RotationOutcome.ROTATED, successor=successor)
        return Rotation(outcome=RotationOutcome.UNKNOWN)

    def _successor(self, key: bytes, parent: RefreshToken, generation: int) -> RefreshToken:
        content = f'{parent.family.hex}.{generation}.{parent.secret}'.encode()
        raw = hmac.digest(key, content, 'sha256')
        return RefreshToken(parent.family, base64.urlsafe_b64encode(raw).decode().rstrip('='))


def _key(family: UUID) -> str:
    return f'rt:{family.hex}'


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _span(duration: timedelta) -> int:
    return round(duration.total_seconds() * 1000)


def _milliseconds(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)

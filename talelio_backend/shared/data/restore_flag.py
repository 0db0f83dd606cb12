from redis import Redis

from talelio_backend.shared.data.failures import redis_failures
from talelio_backend.shared.domain.errors import SessionStoreUnavailable

_KEY = 'restoring'


class RedisRestoreFlag:
    """In Redis, which is the one thing that all processes share besides the database. It falls by
    itself, so that a restore that was killed leaves nothing to be tidied up."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    def raise_for(self, seconds: int) -> None:
        with redis_failures():
            self._redis.set(_KEY, 1, ex=seconds)

    def is_up(self) -> bool:
        try:
            with redis_failures():
                return bool(self._redis.exists(_KEY))
        except SessionStoreUnavailable:
            return False

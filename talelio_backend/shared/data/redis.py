import os
from collections.abc import Sequence
from typing import Any

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import NoScriptError
from redis.retry import Retry

from talelio_backend.shared.data.failures import redis_failures
from talelio_backend.shared.services.rate_limit import Allowance, Limit


def build_redis(url: str) -> Redis:
    """A client that connects at first use, waits 2 s at most, and tries a dead connection once
    more, since a restarted server leaves them behind in the pool."""
    return Redis.from_url(url,
                          socket_timeout=2,
                          socket_connect_timeout=2,
                          retry=Retry(NoBackoff(), 1),
                          protocol=2)


class Script:
    """A Lua script that is run straight over a connection of its own: every request passes here,
    and the client's pool, retries and telemetry cost as much again. What fails goes that way."""

    def __init__(self, redis: Redis, text: str) -> None:
        self._script = redis.register_script(text)
        self._pool = redis.connection_pool
        self._idle: list[Any] = []

    def run(self, keys: Sequence[str], arguments: Sequence[str | int]) -> Any:
        """What the script answers, texts as bytes. Raises the client's errors."""
        connection = self._take()
        try:
            connection.send_command('EVALSHA', self._script.sha, len(keys), *keys, *arguments)
            return connection.read_response()
        except (NoScriptError, RedisConnectionError, OSError):
            return self._script(keys=keys, args=arguments)
        finally:
            self._idle.append(connection)  # one that failed is closed and connects again

    def _take(self) -> Any:
        try:
            connection = self._idle.pop()
        except IndexError:
            return self._pool.make_connection()
        # What was connected before a fork belongs to the parent.
        return connection if connection.pid == os.getpid() else self._pool.make_connection()


# A fixed window per limit. Looks at every window first, so that a refused hit is counted in
# none; answers for the tightest: the limit's number, what remains, seconds to the reset, seconds
# to wait, in one line, since each part of a list costs the client as much as the line.
# Milliseconds, rounded up: a TTL of 0 would open a full window half a second early.
_HIT = '''
local refused, tightest, remaining, reset = 0, 1, nil, 0
for i = 1, #KEYS do
  local count, span = tonumber(ARGV[2 * i - 1]), tonumber(ARGV[2 * i])
  local used = tonumber(redis.call('GET', KEYS[i]) or '0')
  local left = redis.call('PTTL', KEYS[i])
  if left == -1 then redis.call('EXPIRE', KEYS[i], span) end
  left = left < 0 and span or math.max(1, math.ceil(left / 1000))
  if used >= count and left > refused then refused = left end
  if remaining == nil or count - used < remaining then
    tightest, remaining, reset = i, count - used, left
  end
end
if refused > 0 then return tightest .. ' 0 ' .. reset .. ' ' .. refused end
for i = 1, #KEYS do
  if redis.call('INCR', KEYS[i]) == 1 then redis.call('EXPIRE', KEYS[i], ARGV[2 * i]) end
end
return tightest .. ' ' .. (remaining - 1) .. ' ' .. reset .. ' 0'
'''


class RedisRateLimiter:
    """Buckets shared by all workers; limit and headers cost one round trip together."""

    def __init__(self, redis: Redis) -> None:
        self._script = Script(redis, _HIT)

    def hit(self, bucket: str, limits: Sequence[Limit]) -> Allowance:
        keys = [f'limit:{limit.seconds}:{bucket}' for limit in limits]
        arguments = [number for limit in limits for number in (limit.count, limit.seconds)]
        with redis_failures():
            answer = self._script.run(keys, arguments)
        tightest, remaining, reset, retry_after = map(int, answer.split())
        return Allowance(limit=limits[tightest - 1],
                         remaining=remaining,
                         reset=reset,
                         retry_after=retry_after)

import math
import time
from collections.abc import Callable

from redis import Redis

from talelio_backend.shared.data.failures import redis_failures
from talelio_backend.shared.data.redis import Script

# The next free moment, in milliseconds of the server's own clock; it is taken where the caller
# waits as long as that, and left to others where not.
_TAKE = '''
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local free = math.max(now, tonumber(redis.call('GET', KEYS[1]) or '0'))
local wait = free - now
if wait > tonumber(ARGV[2]) then return -1 end
redis.call('SET', KEYS[1], string.format('%.0f', free + ARGV[1]), 'PX', wait + 2 * ARGV[1])
return wait
'''


class RedisTurns:
    """Lets all processes together pass once in ``interval`` seconds, in the order in which they
    came."""

    def __init__(self,
                 redis: Redis,
                 *,
                 name: str,
                 interval: float,
                 sleep: Callable[[float], None] = time.sleep) -> None:
        self._script = Script(redis, _TAKE)
        self._key = f'turns:{name}'
        self._interval = math.ceil(interval * 1000)
        self._sleep = sleep

    def wait(self, *, patience: float) -> bool:
        """Returns when it is the caller's turn; at once and False where that is more than
        ``patience`` seconds from now. Raises SessionStoreUnavailable."""
        with redis_failures():
            wait = int(self._script.run([self._key], [self._interval, int(patience * 1000)]))
        if wait > 0:
            self._sleep(wait / 1000)
        return wait >= 0

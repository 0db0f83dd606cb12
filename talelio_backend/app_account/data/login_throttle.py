import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import cast

from redis import Redis

from talelio_backend.app_account.domain.errors import TooManyAttempts
from talelio_backend.app_account.services.security_ports import Attempt
from talelio_backend.shared.data.failures import redis_failures
from talelio_backend.shared.services.rate_limit import Limit

MEMORY = 15 * 60_000  # milliseconds after the last penalty in which the next one doubles
LONGEST_WAIT = 300_000

# A bucket is a hash: for each limit the failures in its window (`n<span>`, begun at `s<span>`);
# once a limit is passed the number of penalties (`over`), the last one's moment (`last`) and the
# moment until which nobody may try (`wait`). ARGV: now, memory, longest wait, clean up after,
# then count and span of each limit. Times in milliseconds. Answers {0, wait} or {1, penalty of
# each bucket}. First every bucket is asked, so that a refused attempt is counted in none.
_BEGIN = '''
local now, memory, longest = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local function number(key, field) return tonumber(redis.call('HGET', key, field) or '0') end
local wait = 0
for _, key in ipairs(KEYS) do wait = math.max(wait, number(key, 'wait') - now) end
if wait > 0 then return {0, math.ceil(wait)} end
local answer = {1}
for _, key in ipairs(KEYS) do
  local over = number(key, 'over')
  if over > 0 and now - number(key, 'last') >= memory then
    redis.call('HDEL', key, 'over', 'last', 'wait')
    over = 0
  end
  local passed = over > 0
  for i = 5, #ARGV, 2 do
    local count, span = tonumber(ARGV[i]), tonumber(ARGV[i + 1])
    if now - number(key, 's' .. ARGV[i + 1]) >= span then
      redis.call('HSET', key, 's' .. ARGV[i + 1], ARGV[1], 'n' .. ARGV[i + 1], '0')
    end
    if redis.call('HINCRBY', key, 'n' .. ARGV[i + 1], 1) > count then passed = true end
  end
  if passed then
    local pause = math.min(longest, 1000 * 2 ^ over)
    redis.call('HSET', key, 'over', string.format('%d', over + 1), 'last', ARGV[1],
               'wait', string.format('%.0f', now + pause))
  end
  redis.call('PEXPIRE', key, ARGV[4])
  table.insert(answer, passed and 1 or 0)
end
return answer
'''

# Takes one attempt back. ARGV: 1 for each bucket that it brought a penalty, else 0; then the
# spans of the limits.
_GIVE_BACK = '''
for i, key in ipairs(KEYS) do
  for j = #KEYS + 1, #ARGV do
    local field = 'n' .. ARGV[j]
    if tonumber(redis.call('HGET', key, field) or '0') > 0 then
      redis.call('HINCRBY', key, field, -1)
    end
  end
  if ARGV[i] == '1' and tonumber(redis.call('HGET', key, 'over') or '0') > 0 then
    if redis.call('HINCRBY', key, 'over', -1) == 0 then redis.call('HDEL', key, 'last') end
    redis.call('HDEL', key, 'wait')
  end
end
'''


class RedisLoginThrottle:
    """Failures that are free, then waits that double; see the accounts page, section 4."""

    def __init__(self, redis: Redis, limits: Sequence[Limit]) -> None:
        self._redis = redis
        self._begin = redis.register_script(_BEGIN)
        self._give_back = redis.register_script(_GIVE_BACK)
        self._limits = [(limit.count, limit.seconds * 1000) for limit in limits]
        self._clean_up = max(MEMORY, *(span for _, span in self._limits)) + 60_000

    def begin(self, attempt: Attempt, now: datetime) -> Attempt:
        numbers = [round(now.timestamp() * 1000), MEMORY, LONGEST_WAIT, self._clean_up]
        for limit in self._limits:
            numbers += limit
        with redis_failures():
            allowed, *rest = cast(list[int], self._begin(keys=_buckets(attempt), args=numbers))
        if not allowed:
            raise TooManyAttempts(retry_after=-(-rest[0] // 1000))
        return replace(attempt, penalties=tuple(penalty == 1 for penalty in rest))

    def succeeded(self, attempt: Attempt) -> None:
        buckets = _buckets(attempt)
        with redis_failures():
            self._redis.delete(_account_bucket(attempt), buckets[0])
            self._take_back(buckets[1:], attempt.penalties[1:])

    def give_back(self, attempt: Attempt) -> None:
        with redis_failures():
            self._take_back(_buckets(attempt), attempt.penalties)

    def _take_back(self, buckets: list[str], penalties: tuple[bool, ...]) -> None:
        if buckets:
            spans = [span for _, span in self._limits]
            self._give_back(keys=buckets, args=[*map(int, penalties), *spans])


def _buckets(attempt: Attempt) -> list[str]:
    if attempt.known_address:
        # A bucket of its own: whatever strangers do, its owner is let in from where they were.
        return [f'throttle:known:{attempt.account}:{_hashed(attempt.address)}']
    return [_account_bucket(attempt), f'throttle:address:{_hashed(attempt.address)}']


def _account_bucket(attempt: Attempt) -> str:
    return f'throttle:account:{attempt.account}'


def _hashed(address: str) -> str:
    return hashlib.sha256(address.encode()).hexdigest()[:32]

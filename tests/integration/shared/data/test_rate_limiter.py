import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from redis import Redis
from redis.connection import AbstractConnection

from talelio_backend.shared.data.redis import RedisRateLimiter, build_redis
from talelio_backend.shared.domain.errors import SessionStoreUnavailable
from talelio_backend.shared.services.rate_limit import Limit, RateLimiter
from tests.fakes import InMemoryLimiter

TEN = (Limit(10, 60), )
OWN = 15  # of the server's databases: one file, one process, nobody else's connections


@pytest.fixture(name='redis')
def make_redis(servers: Any) -> Iterator[Redis]:
    redis = build_redis(f'{servers.redis_url.rpartition("/")[0]}/{OWN}')
    redis.flushdb()
    yield redis
    redis.close()


@pytest.fixture(name='limiter', params=['fake', 'real'])
def make_limiter(request: pytest.FixtureRequest, redis: Redis) -> RateLimiter:
    return InMemoryLimiter() if request.param == 'fake' else RedisRateLimiter(redis)


def test_as_many_as_the_limit_are_admitted(limiter: RateLimiter) -> None:
    answers = [limiter.hit('b', TEN) for _ in range(12)]
    assert [answer.remaining for answer in answers] == [9, 8, 7, 6, 5, 4, 3, 2, 1, 0, 0, 0]
    assert [answer.retry_after > 0 for answer in answers] == [False] * 10 + [True] * 2
    assert all(0 < answer.reset <= 60 and answer.limit == TEN[0] for answer in answers)
    assert 0 < answers[-1].retry_after <= 60


def test_buckets_are_apart(limiter: RateLimiter) -> None:
    one = (Limit(1, 60), )
    assert limiter.hit('a', one).retry_after == 0
    assert limiter.hit('b', one).retry_after == 0
    assert limiter.hit('a', one).retry_after > 0


def test_tightest_limit_answers(limiter: RateLimiter) -> None:
    limits = (Limit(2, 60), Limit(5, 3600))
    assert limiter.hit('b', limits).limit == limits[0]
    limiter.hit('b', limits)
    refused = limiter.hit('b', limits)
    assert refused.limit == limits[0] and 0 < refused.retry_after <= 60


def test_refused_hit_is_counted_in_no_window(limiter: RateLimiter) -> None:
    limits = (Limit(1, 60), Limit(3, 3600))
    for _ in range(5):
        limiter.hit('b', limits)
    assert limiter.hit('b', limits[1:]).remaining == 1


def test_wait_is_that_of_the_longest_full_window(limiter: RateLimiter) -> None:
    limits = (Limit(1, 60), Limit(1, 3600))
    limiter.hit('b', limits)
    assert limiter.hit('b', limits).retry_after > 60


def test_parallel_hits_never_exceed_the_limit(redis: Redis) -> None:
    limiter, barrier = RedisRateLimiter(redis), Barrier(10)

    def hit(_number: int) -> list[bool]:
        barrier.wait()
        return [limiter.hit('b', TEN).retry_after == 0 for _ in range(5)]

    with ThreadPoolExecutor(10) as pool:
        admitted = sum(sum(answers) for answers in pool.map(hit, range(10)))
    assert admitted == 10


def test_hit_costs_one_round_trip(redis: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    limiter = RedisRateLimiter(redis)
    limiter.hit('b', TEN)  # the first one brings the script
    sent: list[Any] = []
    send: Any = AbstractConnection.send_packed_command

    def count(*arguments: Any, **keywords: Any) -> None:
        sent.append(arguments)
        send(*arguments, **keywords)

    monkeypatch.setattr(AbstractConnection, 'send_packed_command', count)
    limiter.hit('b', (Limit(10, 60), Limit(10, 3600)))
    assert len(sent) == 1


def test_window_is_full_to_its_very_end(redis: Redis) -> None:
    limiter, one = RedisRateLimiter(redis), (Limit(1, 60), )
    limiter.hit('b', one)
    [key] = redis.keys()
    for left in (900, 499, 200):
        redis.pexpire(key, left)
        answer = limiter.hit('b', one)
        assert (answer.retry_after, answer.reset) == (1, 1)


def test_window_begins_anew_after_its_end(redis: Redis) -> None:
    limiter, one = RedisRateLimiter(redis), (Limit(1, 60), )
    limiter.hit('b', one)
    [key] = redis.keys()
    redis.pexpireat(key, 1)
    assert limiter.hit('b', one).retry_after == 0
    assert limiter.hit('b', one).retry_after > 58


def test_window_that_lost_its_end_gets_one(redis: Redis) -> None:
    limiter, one = RedisRateLimiter(redis), (Limit(1, 60), )
    limiter.hit('b', one)
    [key] = redis.keys()
    redis.persist(key)
    assert limiter.hit('b', one).retry_after == 60
    assert 0 < int(redis.ttl(key)) <= 60


def test_no_bucket_stays_for_ever(redis: Redis) -> None:
    RedisRateLimiter(redis).hit('b', (Limit(5, 60), Limit(5, 86_400)))
    assert sorted(int(redis.ttl(key)) > 0 for key in redis.keys()) == [True, True]


def test_script_is_brought_again_after_a_restart(redis: Redis) -> None:
    limiter = RedisRateLimiter(redis)
    limiter.hit('b', TEN)
    redis.script_flush()
    assert limiter.hit('b', TEN).remaining == 8


def test_connection_that_died_is_replaced(redis: Redis) -> None:
    limiter = RedisRateLimiter(redis)
    limiter.hit('b', TEN)
    redis.client_kill_filter(_id=str(redis.client_id()), skipme=False)
    assert limiter.hit('b', TEN).remaining == 8


def test_connection_of_the_parent_is_left_to_it(redis: Redis) -> None:
    limiter = RedisRateLimiter(redis)
    limiter.hit('b', TEN)
    redis.ping()  # the script may have been brought over this other connection
    child = os.fork()
    if child == 0:
        limiter.hit('b', TEN)
        os._exit(len(running_scripts(redis)))  # pylint: disable=protected-access
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 2
    assert limiter.hit('b', TEN).remaining == 7


def running_scripts(redis: Redis) -> list[Any]:
    """The connections to the database of ``redis`` that ran a script last."""
    number = str(redis.get_connection_kwargs()['db'])
    clients: Any = redis.client_list()
    return [each for each in clients if each['db'] == number and each['cmd'] == 'evalsha']


def test_one_connection_serves_one_after_the_other(redis: Redis) -> None:
    limiter = RedisRateLimiter(redis)
    for _ in range(5):
        limiter.hit('b', TEN)
    assert len(running_scripts(redis)) == 1


def test_server_that_is_down_is_unavailable(nowhere: str) -> None:
    port = nowhere.rpartition(':')[2].partition('/')[0]
    redis = build_redis(f'redis://127.0.0.1:{port}/0')
    with pytest.raises(SessionStoreUnavailable):
        RedisRateLimiter(redis).hit('b', TEN)
    redis.close()

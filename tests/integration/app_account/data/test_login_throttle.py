import math
from dataclasses import replace

import pytest

from talelio_backend.app_account.data.login_throttle import RedisLoginThrottle
from talelio_backend.app_account.domain.errors import TooManyAttempts
from talelio_backend.app_account.services.security_ports import Attempt
from talelio_backend.bootstrap import House
from talelio_backend.shared.domain.errors import SessionStoreUnavailable
from talelio_backend.shared.services.rate_limit import parse_limits
from tests.conftest import MakeHouse
from tests.fakes import FakeClock

ANN = Attempt(account='ann', address='192.0.2.1', known_address=False)


class Throttle:

    def __init__(self, house: House, clock: FakeClock, limit: str = '5/minute') -> None:
        self.clock = clock
        self.real = RedisLoginThrottle(house.kernel.redis, parse_limits(limit))

    def begin(self, attempt: Attempt = ANN) -> Attempt:
        return self.real.begin(attempt, self.clock.now())

    def wait(self, attempt: Attempt = ANN) -> float:
        """Seconds to wait before the next attempt; 0 when it was admitted, and so counted."""
        try:
            self.begin(attempt)
        except TooManyAttempts as refused:
            return refused.retry_after
        return 0

    def fail(self, times: int, attempt: Attempt = ANN) -> None:
        for _ in range(times):
            self.begin(attempt)


@pytest.fixture(name='throttle')
def _throttle(house: House, clock: FakeClock) -> Throttle:
    return Throttle(house, clock)


def test_waits_double_up_to_five_minutes(throttle: Throttle) -> None:
    throttle.fail(5)
    waits = []
    for _ in range(11):
        throttle.fail(1)
        waits.append(throttle.wait())
        throttle.clock.advance(seconds=waits[-1])
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]


def test_attempt_that_comes_too_early_is_no_failure(throttle: Throttle) -> None:
    throttle.fail(6)
    assert [throttle.wait() for _ in range(20)] == [1] * 20
    throttle.clock.advance(seconds=1)
    throttle.fail(1)
    assert throttle.wait() == 2


def test_of_many_at_once_one_more_than_the_limit_is_admitted(throttle: Throttle) -> None:
    assert [throttle.wait() for _ in range(30)].count(0) == 6


def test_failures_are_free_again_after_a_minute(throttle: Throttle) -> None:
    for _ in range(3):
        throttle.fail(5)
        throttle.clock.advance(seconds=60)
    throttle.fail(5)


def test_penalties_are_forgotten_after_fifteen_quiet_minutes(throttle: Throttle) -> None:
    throttle.fail(6)
    throttle.clock.advance(minutes=14, seconds=59)
    throttle.fail(1)
    assert throttle.wait() == 2
    throttle.clock.advance(minutes=15)
    throttle.fail(5)
    assert throttle.wait() == 0
    assert throttle.wait() == 1


def test_account_is_throttled_from_every_address(throttle: Throttle) -> None:
    for number in range(6):
        throttle.fail(1, replace(ANN, address=f'192.0.2.{number}'))
    assert throttle.wait(replace(ANN, address='192.0.2.99')) == 1


def test_address_is_throttled_for_every_account(throttle: Throttle) -> None:
    for number in range(6):
        throttle.fail(1, replace(ANN, account=f'account {number}'))
    assert throttle.wait(replace(ANN, account='another')) == 1


def test_known_address_is_let_in_whatever_strangers_do(throttle: Throttle) -> None:
    throttle.fail(6)
    known = replace(ANN, known_address=True)
    throttle.fail(6, known)
    assert throttle.wait(known) == 1


def test_success_clears_the_account_and_not_the_address(throttle: Throttle) -> None:
    throttle.fail(4)
    throttle.real.succeeded(throttle.begin())
    throttle.fail(5, replace(ANN, address='198.51.100.7'))
    throttle.fail(1, replace(ANN, account='bob'))
    throttle.fail(1, replace(ANN, account='eve'))
    assert math.ceil(throttle.wait(replace(ANN, account='joe'))) == 1


def test_success_from_a_known_address_clears_the_account(throttle: Throttle) -> None:
    throttle.fail(5, replace(ANN, address='198.51.100.7'))
    throttle.real.succeeded(throttle.begin(replace(ANN, known_address=True)))
    throttle.fail(5, replace(ANN, address='198.51.100.8'))


def test_right_password_after_the_free_failures_leaves_the_address_no_penalty(
        throttle: Throttle) -> None:
    throttle.fail(5)
    throttle.real.succeeded(throttle.begin())
    assert throttle.wait(replace(ANN, account='bob')) == 0
    assert throttle.wait(replace(ANN, account='bob')) == 1


def test_attempt_is_given_back_whole(throttle: Throttle) -> None:
    for _ in range(20):
        throttle.real.give_back(throttle.begin())
    throttle.fail(5)
    throttle.real.give_back(throttle.begin())
    throttle.fail(1)
    assert throttle.wait() == 1


def test_several_limits_hold_together(house: House, clock: FakeClock) -> None:
    throttle = Throttle(house, clock, '5/minute;7/hour')
    throttle.fail(5)
    clock.advance(minutes=2)
    throttle.fail(3)
    assert throttle.wait() == 1


def test_buckets_are_gone_when_they_say_nothing_any_more(throttle: Throttle, house: House) -> None:
    throttle.fail(6)
    keys = house.kernel.redis.keys('*')
    assert len(keys) == 2
    assert all(900 <= house.kernel.redis.ttl(key) <= 960 for key in keys)
    assert not any(b'192.0.2.1' in key for key in keys)


def test_nobody_guesses_while_the_store_is_down(make_house: MakeHouse, clock: FakeClock) -> None:
    house = make_house(settings={'redis_url': 'redis://127.0.0.1:1/0'})
    with pytest.raises(SessionStoreUnavailable):
        Throttle(house, clock).begin()

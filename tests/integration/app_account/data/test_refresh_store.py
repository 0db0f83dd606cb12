from datetime import timedelta
from uuid import uuid4

import pytest

from talelio_backend.app_account.data.refresh_store import RedisRefreshStore
from talelio_backend.app_account.domain.refresh_token import RefreshToken
from talelio_backend.app_account.domain.session import Lifetimes, Session
from talelio_backend.app_account.services.security_ports import Rotation, RotationOutcome
from talelio_backend.bootstrap import House
from tests.fakes import NOON, FakeClock

KEY, NEW_KEY = 'k' * 64, 'n' * 64
LIFETIMES = Lifetimes(idle=timedelta(days=7), absolute=timedelta(days=30))
ROTATED, STOLEN, UNKNOWN = RotationOutcome.ROTATED, RotationOutcome.STOLEN, RotationOutcome.UNKNOWN


class Family:
    """One session's tokens in the real store, at a time that the test sets."""

    def __init__(self, house: House, clock: FakeClock) -> None:
        self.redis = house.kernel.redis
        self.store = RedisRefreshStore(self.redis, [KEY])
        self.clock = clock
        self.session = Session.start(account_id=uuid4(),
                                     device='',
                                     ip='',
                                     lifetimes=LIFETIMES,
                                     now=NOON)
        self.first = self.store.begin(self.session, epoch=7)

    def rotate(self, token: RefreshToken, epoch: int = 7) -> Rotation:
        return self.store.rotate(token, lifetimes=LIFETIMES, epoch=epoch, now=self.clock.now())

    def next(self, token: RefreshToken) -> RefreshToken:
        rotation = self.rotate(token)
        assert rotation.outcome is ROTATED and rotation.successor is not None
        return rotation.successor

    def outcome(self, token: RefreshToken, epoch: int = 7) -> RotationOutcome:
        return self.rotate(token, epoch).outcome


@pytest.fixture(name='family')
def _family(house: House, clock: FakeClock) -> Family:
    return Family(house, clock)


def test_each_token_gives_the_next(family: Family) -> None:
    tokens = [family.first]
    for _ in range(5):
        family.clock.advance(minutes=10)
        tokens.append(family.next(tokens[-1]))
    assert len({token.secret for token in tokens}) == 6
    assert {token.family for token in tokens} == {family.session.id}


def test_parent_gives_the_same_successor_three_times_within_ten_seconds(family: Family) -> None:
    second = family.next(family.first)
    family.clock.advance(seconds=10)
    assert [family.next(family.first) for _ in range(3)] == [second] * 3
    family.next(second)


def test_parent_for_the_fourth_time_is_theft(family: Family) -> None:
    second = family.next(family.first)
    for _ in range(3):
        family.next(family.first)
    assert family.outcome(family.first) is STOLEN
    assert family.outcome(second) is UNKNOWN


def test_parent_after_ten_seconds_is_theft(family: Family) -> None:
    second = family.next(family.first)
    family.clock.advance(seconds=10.001)
    assert family.outcome(family.first) is STOLEN
    assert family.outcome(second) is UNKNOWN


def test_grandparent_and_wrong_secret_are_theft(family: Family, house: House) -> None:
    third = family.next(family.next(family.first))
    assert family.outcome(family.first) is STOLEN
    assert family.outcome(third) is UNKNOWN
    other = Family(house, family.clock)
    assert other.outcome(RefreshToken(other.session.id, 'x' * 43)) is STOLEN
    assert other.outcome(other.first) is UNKNOWN


def test_repeats_are_counted_anew_for_each_generation(family: Family) -> None:
    token = family.first
    for _ in range(3):
        successor = family.next(token)
        assert [family.next(token) for _ in range(3)] == [successor] * 3
        token = successor


def test_unused_token_runs_out(family: Family) -> None:
    family.clock.advance(days=7)
    assert family.outcome(family.first) is UNKNOWN


def test_used_token_lives_for_thirty_days_and_no_longer(family: Family) -> None:
    token = family.first
    for _ in range(5):
        family.clock.advance(days=6, hours=-1)
        token = family.next(token)
    family.clock.set(NOON + timedelta(days=30))
    assert family.outcome(token) is UNKNOWN


def test_wrong_secret_of_a_family_that_ran_out_is_unknown(family: Family) -> None:
    family.clock.advance(days=7)
    assert family.outcome(RefreshToken(family.session.id, 'x' * 43)) is UNKNOWN


def test_unknown_family_is_unknown(family: Family) -> None:
    assert family.outcome(RefreshToken(uuid4(), 'x' * 43)) is UNKNOWN


def test_token_of_another_epoch_is_unknown(family: Family) -> None:
    assert family.outcome(family.first, epoch=8) is UNKNOWN
    assert family.outcome(family.first) is UNKNOWN


def test_forgotten_family_is_unknown(family: Family) -> None:
    family.store.forget([family.session.id, uuid4()])
    family.store.forget([])
    assert family.outcome(family.first) is UNKNOWN


def test_store_holds_digests_and_no_token(family: Family) -> None:
    second = family.next(family.first)
    (key, ) = family.redis.keys('*')
    assert key == f'rt:{family.session.id.hex}'.encode()
    everything = str(family.redis.hgetall(key))
    assert family.first.secret not in everything
    assert second.secret not in everything


def test_store_cleans_up_after_the_idle_expiry_whatever_the_clock_says(family: Family) -> None:
    family.clock.advance(days=1)
    family.next(family.first)
    left = family.redis.ttl(f'rt:{family.session.id.hex}')
    assert timedelta(days=7) < timedelta(seconds=left) <= timedelta(days=7, minutes=1)


def test_successor_is_given_again_after_the_secret_key_was_replaced(family: Family) -> None:
    second = family.next(family.first)
    family.store = RedisRefreshStore(family.redis, [NEW_KEY, KEY])
    assert family.next(family.first) == second
    third = family.next(second)
    assert family.next(third) != third

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import argon2
import pytest

from talelio_backend.app_account.data.argon2_hasher import Argon2Hasher
from talelio_backend.shared.domain.errors import Busy


@pytest.fixture(name='hasher', scope='module')
def _hasher() -> Argon2Hasher:
    return Argon2Hasher()


def test_hash_has_the_parameters_that_were_decided(hasher: Argon2Hasher) -> None:
    found = argon2.extract_parameters(hasher.hash('correct horse'))
    assert (found.memory_cost, found.time_cost, found.parallelism) == (19456, 2, 1)
    assert (found.type, found.salt_len) == (argon2.Type.ID, 16)


def test_right_password_is_right_and_others_are_wrong(hasher: Argon2Hasher) -> None:
    stored = hasher.hash('correct\0horse\ud800')
    assert hasher.verify(stored, 'correct\0horse\ud800')
    assert not hasher.verify(stored, 'correct')
    assert not hasher.verify('rubbish', 'correct')


def test_no_password_is_right_where_there_is_no_hash(hasher: Argon2Hasher) -> None:
    assert not hasher.verify(None, '')
    assert not hasher.verify(None, 'correct horse')


def test_missing_hash_costs_the_work_of_a_real_one(hasher: Argon2Hasher) -> None:
    dummy = hasher._nobodys_hash()  # pylint: disable=protected-access
    assert argon2.extract_parameters(dummy) == argon2.extract_parameters(hasher.hash('x'))


def test_hash_of_other_parameters_is_outdated_and_still_right(hasher: Argon2Hasher) -> None:
    old = argon2.PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash('correct')
    assert hasher.verify(old, 'correct')
    assert hasher.is_outdated(old)
    assert not hasher.is_outdated(hasher.hash('correct'))


def test_waiting_too_long_for_a_core_is_busy() -> None:
    hasher = Argon2Hasher(at_once=1, longest_wait=0.01)
    hasher._cores.acquire()  # pylint: disable=protected-access,consider-using-with
    with pytest.raises(Busy):
        hasher.hash('correct')
    with pytest.raises(Busy):
        hasher.verify(None, 'correct')


def test_core_is_free_again_after_each_hash() -> None:
    hasher, start = Argon2Hasher(at_once=1), Barrier(4)

    def guess(_number: int) -> bool:
        start.wait()
        return hasher.verify(None, 'x')

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(guess, range(4))) == [False] * 4

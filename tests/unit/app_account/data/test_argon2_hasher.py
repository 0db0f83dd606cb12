from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from nacl.pwhash import argon2id

from talelio_backend.app_account.data.argon2_hasher import Argon2Hasher
from talelio_backend.shared.domain.errors import Busy

# Made by the reference implementation of RFC 9106.
OF_REFERENCE = ('$argon2id$v=19$m=19456,t=2,p=1$c2l4dGVlbiBieXRlIGtleQ$'
                'DNUPN92EFdrxjR42icztkXQ/UDkPWJgNtwTsO6cEL9E')


@pytest.fixture(name='hasher', scope='module')
def _hasher() -> Argon2Hasher:
    return Argon2Hasher()


def test_hash_has_the_parameters_that_were_decided(hasher: Argon2Hasher) -> None:
    *parameters, salt, digest = hasher.hash('correct horse').split('$')
    assert parameters == ['', 'argon2id', 'v=19', 'm=19456,t=2,p=1']
    assert (len(salt), len(digest)) == (22, 43)  # 16 and 32 bytes, as base64


def test_no_salt_is_used_twice(hasher: Argon2Hasher) -> None:
    assert hasher.hash('correct horse') != hasher.hash('correct horse')


def test_right_password_is_right_and_others_are_wrong(hasher: Argon2Hasher) -> None:
    stored = hasher.hash('correct\0horse\ud800')
    assert hasher.verify(stored, 'correct\0horse\ud800')
    assert not hasher.verify(stored, 'correct')


def test_hash_of_another_implementation_is_understood(hasher: Argon2Hasher) -> None:
    assert hasher.verify(OF_REFERENCE, 'correct\0horse\ud800')
    assert not hasher.verify(OF_REFERENCE, 'correct\0horse')
    assert not hasher.is_outdated(OF_REFERENCE)


@pytest.mark.parametrize('stored', ['rubbish', 'r' * 200, '$argon2id$v=19$m=1', 'mué'])
def test_what_is_no_hash_is_no_password_s(hasher: Argon2Hasher, stored: str) -> None:
    assert not hasher.verify(stored, 'correct')


def test_no_password_is_right_where_there_is_no_hash(hasher: Argon2Hasher) -> None:
    assert not hasher.verify(None, '')
    assert not hasher.verify(None, 'correct horse')


def test_missing_hash_costs_the_work_of_a_real_one(hasher: Argon2Hasher) -> None:
    dummy = hasher._nobodys_hash()  # pylint: disable=protected-access
    real = hasher.hash('x')
    assert [len(part) for part in dummy.split('$')] == [len(part) for part in real.split('$')]
    assert dummy.split('$')[:4] == real.split('$')[:4]


def test_hash_of_other_parameters_is_outdated_and_still_right(hasher: Argon2Hasher) -> None:
    old = argon2id.str(b'correct', opslimit=1, memlimit=1024 * 1024).decode()
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

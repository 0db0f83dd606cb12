from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import Engine, func, select

from talelio_backend.shared.data.idempotency import (KEPT_FOR, LONGEST_REQUEST,
                                                     SqlIdempotencyStore, carried_out, table)
from talelio_backend.shared.domain.errors import DatabaseUnavailable
from talelio_backend.shared.services.idempotency import (Claim, IdempotencyAnswerLost,
                                                         IdempotencyInProgress,
                                                         IdempotencyKeyReused, IdempotencyStore,
                                                         StoredAnswer)
from tests.fakes import FakeClock, InMemoryIdempotency
from tests.integration.shared.data.conftest import build

ANSWER = StoredAnswer(status=201, headers={'ETag': '"1"'}, body=b'{"\xc3\xa4": "\x00"}')
MOMENT = timedelta(microseconds=1)


@pytest.fixture(name='clock')
def make_clock() -> FakeClock:
    return FakeClock()


@pytest.fixture(name='store', params=['fake', 'real'])
def make_store(request: pytest.FixtureRequest, engine: Engine,
               clock: FakeClock) -> IdempotencyStore:
    if request.param == 'fake':
        return InMemoryIdempotency()
    return SqlIdempotencyStore(engine, clock)


@pytest.fixture(name='real')
def make_real_store(engine: Engine, clock: FakeClock) -> SqlIdempotencyStore:
    return SqlIdempotencyStore(engine, clock)


def claim(store: IdempotencyStore, **changed: str) -> Claim:
    return store.claim(**{
        'caller': 'c',
        'route': 'POST /r',
        'key': 'k',
        'fingerprint': 'f'
    }
                       | changed)


def test_key_is_taken_once(store: IdempotencyStore) -> None:
    assert claim(store).answer is None
    with pytest.raises(IdempotencyInProgress):
        claim(store)


def test_kept_answer_is_given_back_as_it_was(store: IdempotencyStore) -> None:
    store.keep(claim(store), ANSWER)
    assert [claim(store).answer for _ in range(2)] == [ANSWER, ANSWER]


@pytest.mark.parametrize('answered', [True, False])
def test_other_fingerprint_is_refused(store: IdempotencyStore, answered: bool) -> None:
    taken = claim(store)
    if answered:
        store.keep(taken, ANSWER)
    with pytest.raises(IdempotencyKeyReused):
        claim(store, fingerprint='other')


@pytest.mark.parametrize('changed', [{'caller': 'd'}, {'route': 'POST /s'}, {'key': 'l'}])
def test_each_caller_route_and_key_is_for_itself(store: IdempotencyStore,
                                                 changed: dict[str, str]) -> None:
    claim(store)
    assert claim(store, **changed).answer is None


def test_parts_of_the_scope_do_not_run_into_one_another(store: IdempotencyStore) -> None:
    claim(store, caller='ab', route='c')
    assert claim(store, caller='a', route='bc').answer is None


def test_released_key_is_free(store: IdempotencyStore) -> None:
    store.release(claim(store))
    assert claim(store).answer is None


def test_of_many_requests_with_one_key_one_runs(real: SqlIdempotencyStore) -> None:
    barrier = Barrier(8)

    def ask(_number: int) -> bool:
        barrier.wait()
        try:
            claim(real)
        except IdempotencyInProgress:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        for _ in range(5):
            assert sum(pool.map(ask, range(8))) == 1
            with real._engine.begin() as connection:  # pylint: disable=protected-access
                connection.execute(table.delete())


def test_of_many_requests_after_a_dead_one_one_runs(real: SqlIdempotencyStore,
                                                    clock: FakeClock) -> None:
    claim(real)
    clock.advance(seconds=LONGEST_REQUEST.total_seconds() + 1)
    barrier = Barrier(8)

    def ask(_number: int) -> bool:
        barrier.wait()
        try:
            claim(real)
        except IdempotencyInProgress:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(ask, range(8))) == 1


def test_claim_of_a_dead_process_is_over_after_the_longest_request(real: SqlIdempotencyStore,
                                                                   clock: FakeClock) -> None:
    begun = clock.now()
    claim(real)
    clock.set(begun + LONGEST_REQUEST)
    with pytest.raises(IdempotencyInProgress):
        claim(real)
    clock.set(begun + LONGEST_REQUEST + MOMENT)
    assert claim(real).answer is None


def test_change_without_an_answer_is_never_made_again(real: SqlIdempotencyStore, engine: Engine,
                                                      clock: FakeClock) -> None:
    begun, taken = clock.now(), claim(real)
    with engine.begin() as connection:
        connection.execute(carried_out, {'claim': taken.id})
    real.release(taken)
    with pytest.raises(IdempotencyInProgress):
        claim(real)
    clock.set(begun + KEPT_FOR)
    with pytest.raises(IdempotencyAnswerLost):
        claim(real)


def test_answer_is_kept_for_a_day(real: SqlIdempotencyStore, clock: FakeClock) -> None:
    begun = clock.now()
    real.keep(claim(real), ANSWER)
    clock.set(begun + KEPT_FOR)
    assert claim(real).answer == ANSWER
    clock.set(begun + KEPT_FOR + MOMENT)
    assert claim(real).answer is None


def test_sweep_removes_what_is_over_and_nothing_else(real: SqlIdempotencyStore, engine: Engine,
                                                     clock: FakeClock) -> None:
    begun = clock.now()
    real.keep(claim(real, key='old'), ANSWER)
    clock.set(begun + KEPT_FOR + MOMENT)
    real.keep(claim(real, key='new'), ANSWER)
    real.sweep()
    with engine.connect() as connection:
        assert connection.scalar(select(func.count(table.c.id))) == 1
    assert claim(real, key='new').answer == ANSWER


def test_no_word_of_the_caller_is_stored(real: SqlIdempotencyStore, engine: Engine) -> None:
    claim(real, caller='anna@example.org', key='my-secret-key')
    with engine.connect() as connection:
        stored = str(connection.execute(select(table)).one())
    assert 'anna' not in stored and 'my-secret-key' not in stored


def test_database_that_is_down_is_unavailable(nowhere: str) -> None:
    engine = build(nowhere)
    store = SqlIdempotencyStore(engine, FakeClock())
    with pytest.raises(DatabaseUnavailable):
        claim(store)
    engine.dispose()

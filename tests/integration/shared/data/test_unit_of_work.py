import gc
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import NoResultFound

from talelio_backend.shared.data.idempotency import SqlIdempotencyStore
from talelio_backend.shared.data.jobs import ProcrastinateJobs
from talelio_backend.shared.data.unit_of_work import Transactions
from talelio_backend.shared.domain.errors import (Busy, Conflict, DatabaseUnavailable,
                                                  VersionMismatch)
from talelio_backend.shared.domain.ids import new_id
from talelio_backend.shared.services.jobs import Job
from talelio_backend.shared.services.provenance import Provenance, acting_as
from tests.boats import (BerthTaken, Boat, BoatLaunched, BoatNameTaken, BoatUnitOfWork,
                         CrewTooLarge, greet, log_table, record)
from tests.fakes import FakeClock
from tests.integration.shared.data.conftest import MakeEngine, build, end_other_connections


def transactions_on(engine: Engine) -> Transactions:
    transactions = Transactions(engine=engine, clock=FakeClock(), jobs=ProcrastinateJobs(engine))
    transactions.recorders.append(record)
    transactions.add_reactions({BoatLaunched: [greet]})
    return transactions


class Harbour:
    """What a service has: units of work, opened anew for each use case."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._transactions = transactions_on(engine)

    def open_uow(self) -> BoatUnitOfWork:
        return BoatUnitOfWork(self._transactions)

    def launch(self, name: str, **more: int) -> Boat:
        with self.open_uow() as uow:
            boat = Boat.launch(name, **more)
            uow.boats.add(boat)
            uow.commit()
        return boat

    def names(self) -> list[str]:
        return self._column('SELECT name FROM boat ORDER BY name')

    def log(self) -> list[str]:
        return self._column('SELECT what FROM boat_log ORDER BY number')

    def jobs(self) -> list[tuple[str, Any]]:
        with self.engine.connect() as connection:
            rows = connection.execute(
                text('SELECT task_name, args FROM procrastinate_jobs ORDER BY id'))
            return [(row.task_name, row.args) for row in rows]

    def _column(self, statement: str) -> list[str]:
        with self.engine.connect() as connection:
            return [row[0] for row in connection.execute(text(statement))]


@pytest.fixture(name='harbour')
def make_harbour(engine: Engine) -> Harbour:
    return Harbour(engine)


def test_leaving_without_commit_rolls_back(harbour: Harbour) -> None:
    with harbour.open_uow() as uow:
        uow.boats.add(Boat.launch('Anna'))
        uow.defer(Job(name='boats.paint'))
        uow.flush()
    assert not harbour.names() and not harbour.log() and not harbour.jobs()


def test_leaving_by_an_error_rolls_back_and_lets_it_through(harbour: Harbour) -> None:
    with pytest.raises(KeyError), harbour.open_uow() as uow:
        uow.boats.add(Boat.launch('Anna'))
        uow.flush()
        raise KeyError
    assert not harbour.names()


def test_change_its_log_and_its_jobs_are_one(harbour: Harbour) -> None:
    with harbour.open_uow() as uow, acting_as(Provenance(request_id='r-1')):
        uow.boats.add(Boat.launch('Anna'))
        uow.defer(Job(name='boats.paint', arguments={'colour': 'red'}))
        uow.commit()
    assert harbour.names() == ['Anna']
    assert harbour.log() == ['boat.launch']
    assert harbour.jobs() == [('boats.paint', {
        'arguments': {
            'colour': 'red'
        },
        'request_id': 'r-1'
    }), ('boats.greet', {
        'arguments': {
            'name': 'Anna'
        },
        'request_id': 'r-1'
    })]


def test_nothing_is_kept_of_a_refused_commit(harbour: Harbour) -> None:
    harbour.launch('Anna')
    with pytest.raises(BoatNameTaken), harbour.open_uow() as uow:
        uow.boats.add(Boat.launch('Berta'))
        uow.boats.add(Boat.launch('Anna'))
        uow.defer(Job(name='boats.paint'))
        uow.commit()
    assert harbour.names() == ['Anna']
    assert harbour.log() == ['boat.launch']
    assert [name for name, _ in harbour.jobs()] == ['boats.greet']


def test_second_commit_repeats_nothing(harbour: Harbour) -> None:
    with harbour.open_uow() as uow:
        uow.boats.add(Boat.launch('Anna'))
        uow.commit()
        uow.boats.add(Boat.launch('Berta'))
        uow.commit()
        uow.commit()
    assert harbour.log() == ['boat.launch', 'boat.launch']
    assert len(harbour.jobs()) == 2


def test_rollback_forgets_events_and_jobs(harbour: Harbour) -> None:
    boat_id = harbour.launch('Anna').id
    with harbour.open_uow() as uow:
        uow.boats.get(boat_id).sight()
        uow.boats.add(Boat.launch('Berta'))
        uow.defer(Job(name='boats.paint'))
        uow.flush()
        uow.rollback()
        uow.commit()
    assert harbour.names() == ['Anna']
    assert harbour.log() == ['boat.launch']
    assert len(harbour.jobs()) == 1


def test_event_of_an_unchanged_aggregate_is_kept(harbour: Harbour) -> None:
    boat_id = harbour.launch('Anna').id
    with harbour.open_uow() as uow:
        uow.boats.get(boat_id).sight()
        gc.collect()
        uow.commit()
    assert harbour.log() == ['boat.launch', 'boat.sight']


def test_event_after_a_flush_is_kept(harbour: Harbour) -> None:
    with harbour.open_uow() as uow:
        boat = Boat.launch('Anna')
        uow.boats.add(boat)
        uow.flush()
        boat.sight()
        del boat
        gc.collect()
        uow.commit()
    assert harbour.log() == ['boat.launch', 'boat.sight']


def test_event_of_a_removed_aggregate_is_kept(harbour: Harbour) -> None:
    boat_id = harbour.launch('Anna').id
    with harbour.open_uow() as uow:
        boat = uow.boats.get(boat_id)
        boat.sight()
        uow.boats.remove(boat)
        uow.commit()
    assert not harbour.names()
    assert harbour.log() == ['boat.launch', 'boat.sight']


def test_saved_aggregate_is_loaded_as_it_was(harbour: Harbour) -> None:
    saved = harbour.launch('Anna', crew=7, berth=3)
    with harbour.open_uow() as uow:
        loaded = uow.boats.get(saved.id)
        assert loaded is not saved
        assert [getattr(loaded, name) for name in ('id', 'name', 'crew', 'berth', 'version')
                ] == [saved.id, 'Anna', 7, 3, 1]
        assert not loaded.collect_events()


@pytest.mark.parametrize(('more', 'refusal'), [({
    'name': 'Anna'
}, BoatNameTaken), ({
    'name': 'Berta',
    'berth': 1
}, BerthTaken), ({
    'name': 'Berta',
    'crew': 100
}, CrewTooLarge)])
def test_constraint_speaks_in_the_words_of_the_domain(harbour: Harbour, more: dict[str, Any],
                                                      refusal: type[Conflict]) -> None:
    harbour.launch('Anna', berth=1)
    with pytest.raises(refusal):
        harbour.launch(**more)
    assert harbour.names() == ['Anna']


def test_constraint_speaks_at_a_flush_already(harbour: Harbour) -> None:
    harbour.launch('Anna')
    with harbour.open_uow() as uow:
        uow.boats.add(Boat.launch('Anna'))
        with pytest.raises(BoatNameTaken):
            uow.flush()


def test_constraint_speaks_to_a_statement_of_a_repository(harbour: Harbour) -> None:
    harbour.launch('Anna')
    with pytest.raises(BoatNameTaken), harbour.open_uow() as uow:
        uow.session.execute(
            text("INSERT INTO boat (id, name, crew, version) "
                 "VALUES (gen_random_uuid(), 'Anna', 0, 1)"))


def test_unit_of_work_goes_on_after_a_refusal_and_a_rollback(harbour: Harbour) -> None:
    harbour.launch('Anna')
    with harbour.open_uow() as uow:
        uow.boats.add(Boat.launch('Anna'))
        with pytest.raises(BoatNameTaken):
            uow.flush()
        uow.rollback()
        uow.boats.add(Boat.launch('Berta'))
        uow.commit()
    assert harbour.names() == ['Anna', 'Berta']
    assert harbour.log() == ['boat.launch', 'boat.launch']


def test_of_two_editors_the_second_is_told(harbour: Harbour) -> None:
    boat_id = harbour.launch('Anna').id
    with harbour.open_uow() as first, harbour.open_uow() as second:
        first.boats.get(boat_id).crew = 1
        second.boats.get(boat_id).crew = 2
        first.commit()
        with pytest.raises(VersionMismatch):
            second.commit()
    with harbour.open_uow() as uow:
        assert (uow.boats.get(boat_id).crew, uow.boats.get(boat_id).version) == (1, 2)


def test_edit_of_what_was_removed_is_told(harbour: Harbour) -> None:
    boat_id = harbour.launch('Anna').id
    with harbour.open_uow() as first, harbour.open_uow() as second:
        second.boats.get(boat_id).crew = 2
        first.boats.remove(first.boats.get(boat_id))
        first.commit()
        with pytest.raises(VersionMismatch):
            second.commit()


def test_of_twenty_makers_of_one_name_one_succeeds(harbour: Harbour) -> None:
    barrier = Barrier(8)

    def launch(_number: int) -> bool:
        barrier.wait()
        try:
            harbour.launch('Anna')
        except BoatNameTaken:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(launch, range(8))) == 1
    assert len(harbour.jobs()) == 1


def test_units_of_work_share_nothing(harbour: Harbour) -> None:
    boat_id = harbour.launch('Anna').id
    with harbour.open_uow() as first, harbour.open_uow() as second:
        assert first.boats.get(boat_id) is not second.boats.get(boat_id)


def test_other_errors_are_let_through(harbour: Harbour) -> None:
    with pytest.raises(NoResultFound), harbour.open_uow() as uow:
        uow.boats.get(new_id())


def test_idempotency_key_is_used_up_with_the_change(harbour: Harbour) -> None:
    store = SqlIdempotencyStore(harbour.engine, FakeClock())
    claims = [
        store.claim(caller='c', route='r', key=key, fingerprint='f') for key in ('kept', 'undone')
    ]
    with acting_as(Provenance(idempotency_id=claims[0].id)):
        harbour.launch('Anna')
    with acting_as(Provenance(idempotency_id=claims[1].id)), pytest.raises(BoatNameTaken):
        harbour.launch('Anna')
    with harbour.engine.connect() as connection:
        used = connection.execute(
            text('SELECT carried_out FROM idempotency_key ORDER BY created_at, id')).scalars()
        assert sorted(used) == [False, True]


def test_statement_that_takes_too_long_is_busy(engine: Engine, make_engine: MakeEngine) -> None:
    assert engine
    hurried = Harbour(make_engine(statement_timeout=0.2))
    with pytest.raises(Busy), hurried.open_uow() as uow:
        uow.session.execute(text('SELECT pg_sleep(5)'))


def test_waiting_for_a_lock_too_long_is_busy(harbour: Harbour, make_engine: MakeEngine) -> None:
    boat_id = harbour.launch('Anna').id
    hurried = Harbour(make_engine(lock_timeout=0.2))
    with harbour.open_uow() as first, hurried.open_uow() as second:
        first.boats.get(boat_id).crew = 1
        first.flush()
        second.boats.get(boat_id).crew = 2
        with pytest.raises(Busy):
            second.commit()


def test_no_free_connection_is_unavailable(engine: Engine, make_engine: MakeEngine) -> None:
    assert engine
    narrow = Harbour(make_engine(pool_size=1, overflow=0, timeout=0.2))
    with narrow.open_uow() as first, pytest.raises(DatabaseUnavailable):
        first.session.execute(text('SELECT 1'))
        with narrow.open_uow() as second:
            second.session.execute(text('SELECT 1'))


def test_connection_that_dies_in_the_middle_is_unavailable(harbour: Harbour,
                                                           make_engine: MakeEngine) -> None:
    boat_id = harbour.launch('Anna').id
    with pytest.raises(DatabaseUnavailable), harbour.open_uow() as uow:
        uow.boats.get(boat_id).crew = 5
        end_other_connections(make_engine())
        uow.commit()
    with pytest.raises(DatabaseUnavailable), harbour.open_uow() as uow:
        uow.boats.get(boat_id)
        end_other_connections(make_engine())
        uow.session.execute(select(log_table))
    assert harbour.names() == ['Anna']


def test_connection_that_dies_before_the_jobs_is_unavailable(harbour: Harbour,
                                                             make_engine: MakeEngine) -> None:
    with harbour.open_uow() as uow:
        uow.session.execute(text('SELECT 1'))
        uow.defer(Job(name='boats.paint'))
        end_other_connections(make_engine())
        with pytest.raises(DatabaseUnavailable):
            uow.commit()
    assert not harbour.jobs()


def test_server_that_is_down_is_unavailable(nowhere: str) -> None:
    engine = build(nowhere)
    with pytest.raises(DatabaseUnavailable):
        Harbour(engine).launch('Anna')
    with pytest.raises(DatabaseUnavailable), Harbour(engine).open_uow() as uow:
        uow.boats.get(new_id())
    engine.dispose()

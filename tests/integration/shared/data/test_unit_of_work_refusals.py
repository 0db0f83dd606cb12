"""What a unit of work says when it cannot: constraints, other editors, a server in trouble."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import NoResultFound

from talelio_backend.shared.domain.errors import (Busy, Conflict, DatabaseUnavailable,
                                                  VersionMismatch)
from talelio_backend.shared.domain.ids import new_id
from talelio_backend.shared.services.jobs import Job
from tests.boats import BerthTaken, Boat, BoatNameTaken, CrewTooLarge, log_table
from tests.integration.shared.data.conftest import MakeEngine, build, end_other_connections
from tests.integration.shared.data.harbour import Harbour


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


def test_other_errors_are_let_through(harbour: Harbour) -> None:
    with pytest.raises(NoResultFound), harbour.open_uow() as uow:
        uow.boats.get(new_id())


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

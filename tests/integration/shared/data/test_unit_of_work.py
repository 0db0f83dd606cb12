import gc

import pytest
from sqlalchemy import text

from talelio_backend.shared.data.idempotency import SqlIdempotencyStore
from talelio_backend.shared.services.jobs import Job
from talelio_backend.shared.services.provenance import Provenance, acting_as
from tests.boats import Boat, BoatNameTaken
from tests.fakes import FakeClock
from tests.integration.shared.data.harbour import Harbour


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


def test_units_of_work_share_nothing(harbour: Harbour) -> None:
    boat_id = harbour.launch('Anna').id
    with harbour.open_uow() as first, harbour.open_uow() as second:
        assert first.boats.get(boat_id) is not second.boats.get(boat_id)


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

from dataclasses import dataclass, fields

from talelio_backend.shared.domain.aggregate import Aggregate
from talelio_backend.shared.domain.events import Event
from talelio_backend.shared.domain.ids import new_id


@dataclass(kw_only=True, eq=False)
class Boat(Aggregate):
    name: str


@dataclass(kw_only=True, eq=False)
class House(Aggregate):
    name: str


@dataclass(frozen=True, kw_only=True)
class BoatSank(Event):
    action = 'boat.sink'
    activity = 'sank {name}'

    name: str


def test_aggregates_are_told_apart_by_id_alone() -> None:
    shared = new_id()
    assert Boat(id=shared, name='Anna') == Boat(id=shared, name='Berta')
    assert Boat(id=new_id(), name='Anna') != Boat(id=new_id(), name='Anna')
    assert Boat(id=shared, name='Anna') != House(id=shared, name='Anna')
    assert len({Boat(id=shared, name='Anna'), Boat(id=shared, name='Berta')}) == 1


def test_events_are_given_out_once_in_their_order() -> None:
    boat = Boat(id=new_id(), name='Anna')
    first, second = BoatSank(name='Anna'), BoatSank(name='Berta')
    boat.record(first)
    boat.record(second)
    assert boat.collect_events() == [first, second]
    assert not boat.collect_events()


def test_events_are_no_state_of_the_aggregate() -> None:
    boat = Boat(id=new_id(), name='Anna')
    boat.record(BoatSank(name='Anna'))
    assert {field.name for field in fields(Boat)} == {'id', 'name'}
    assert 'BoatSank' not in repr(boat)


def test_one_aggregate_does_not_see_the_events_of_another() -> None:
    boat, other = Boat(id=new_id(), name='Anna'), Boat(id=new_id(), name='Berta')
    boat.record(BoatSank(name='Anna'))
    assert not other.collect_events()

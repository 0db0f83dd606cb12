"""The fakes keep the promises of the ports, or tests on them would prove nothing."""

from datetime import timedelta
from uuid import UUID

import pytest

from talelio_backend.shared.domain.errors import Conflict
from talelio_backend.shared.services.jobs import Job
from tests.boats import Boat, BoatLaunched, BoatNameTaken, BoatSighted
from tests.fakes import NOON, FakeClock, FakeUnitOfWork


class FakeBoats(FakeUnitOfWork):

    def __init__(self) -> None:
        self.boats: dict[UUID, Boat] = {}
        super().__init__(self.boats)

    def add(self, boat: Boat) -> None:
        self.boats[boat.id] = boat

    def _check(self) -> None:
        names = [boat.name for boat in self.boats.values()]
        if len(set(names)) < len(names):
            raise BoatNameTaken()


def test_clock_stands_still_until_it_is_moved() -> None:
    clock = FakeClock()
    assert clock.now() == clock.now() == NOON
    clock.advance(days=1, seconds=2)
    assert clock.now() - NOON == timedelta(days=1, seconds=2)
    clock.set(NOON)
    assert clock.now() == NOON


def test_commit_keeps_change_event_and_job() -> None:
    uow = FakeBoats()
    with uow:
        uow.add(Boat.launch('Anna'))
        uow.defer(Job(name='paint'))
        uow.commit()
    assert [boat.name for boat in uow.boats.values()] == ['Anna']
    assert uow.events == [BoatLaunched(name='Anna')]
    assert [job.name for job in uow.jobs] == ['paint']
    assert uow.commits == 1


def test_leaving_without_commit_undoes_everything() -> None:
    uow = FakeBoats()
    boat = Boat.launch('Anna')
    with uow:
        uow.add(boat)
        uow.commit()
    with uow:
        uow.boats[boat.id].crew = 9
        uow.boats[boat.id].sight()
        uow.add(Boat.launch('Berta'))
        uow.defer(Job(name='paint'))
    assert [(one.name, one.crew) for one in uow.boats.values()] == [('Anna', 0)]
    assert uow.events == [BoatLaunched(name='Anna')] and not uow.jobs


def test_second_commit_repeats_nothing() -> None:
    uow = FakeBoats()
    boat = Boat.launch('Anna')
    with uow:
        uow.add(boat)
        uow.defer(Job(name='paint'))
        uow.commit()
        boat.sight()
        uow.commit()
    assert uow.events == [BoatLaunched(name='Anna'), BoatSighted(name='Anna')]
    assert len(uow.jobs) == 1


def test_constraint_refuses_commit_and_flush() -> None:
    uow = FakeBoats()
    refusal: type[Conflict] = BoatNameTaken
    with uow:
        uow.add(Boat.launch('Anna'))
        uow.add(Boat.launch('Anna'))
        for write in (uow.flush, uow.commit):
            with pytest.raises(refusal):
                write()
    assert not uow.boats and not uow.events

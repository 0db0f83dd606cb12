"""A small area on the kernel's unit of work: boats, berths, and a log of what befell them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from sqlalchemy import (CheckConstraint, Column, Connection, Integer, MetaData, Table, Text,
                        UniqueConstraint, insert)
from sqlalchemy.orm import Session, registry

from talelio_backend.shared.data.orm import NAMING_CONVENTION, Id
from talelio_backend.shared.data.unit_of_work import SqlUnitOfWork
from talelio_backend.shared.domain.aggregate import Aggregate
from talelio_backend.shared.domain.errors import Conflict, RuleBroken
from talelio_backend.shared.domain.events import Event
from talelio_backend.shared.domain.ids import new_id
from talelio_backend.shared.services.jobs import Job

metadata = MetaData(naming_convention=NAMING_CONVENTION)
mapper_registry = registry(metadata=metadata)


class BoatNameTaken(Conflict):
    code = 'boat_name_taken'
    title = 'There is a boat of this name.'


class BerthTaken(Conflict):
    code = 'berth_taken'
    title = 'Another boat lies there.'


class CrewTooLarge(RuleBroken):
    code = 'crew_too_large'
    title = 'No boat carries so many.'


@dataclass(frozen=True, kw_only=True)
class BoatSighted(Event):
    action = 'boat.sight'
    activity = 'sighted {name}'

    name: str


@dataclass(frozen=True, kw_only=True)
class BoatLaunched(Event):
    action = 'boat.launch'
    activity = 'launched {name}'

    name: str


@dataclass(kw_only=True, eq=False)
class Boat(Aggregate):
    name: str
    crew: int = 0
    berth: int | None = None
    version: int = 1

    @classmethod
    def launch(cls, name: str, **more: int) -> 'Boat':
        boat = cls(id=new_id(), name=name, **more)
        boat.record(BoatLaunched(name=name))
        return boat

    def sight(self) -> None:
        self.record(BoatSighted(name=self.name))


boat_table = Table('boat', metadata, Column('id', Id, primary_key=True),
                   Column('name', Text, nullable=False, unique=True),
                   Column('crew', Integer, nullable=False), Column('berth', Integer),
                   Column('version', Integer, nullable=False),
                   UniqueConstraint('berth', deferrable=True, initially='DEFERRED'),
                   CheckConstraint('crew <= 99', name='crew'))
log_table = Table('boat_log', metadata, Column('number', Integer, primary_key=True),
                  Column('what', Text, nullable=False))
mapper_registry.map_imperatively(Boat, boat_table, version_id_col=boat_table.c.version)


def record(connection: Connection, events: Sequence[Event]) -> None:
    connection.execute(insert(log_table), [{'what': str(event.action)} for event in events])


def greet(event: BoatLaunched) -> list[Job]:
    return [Job(name='boats.greet', arguments={'name': event.name})]


class Boats:

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, boat: Boat) -> None:
        self._session.add(boat)

    def get(self, boat_id: UUID) -> Boat:
        return self._session.get_one(Boat, boat_id)

    def remove(self, boat: Boat) -> None:
        self._session.delete(boat)


class BoatUnitOfWork(SqlUnitOfWork):
    constraints: ClassVar = {
        'uq_boat_name': BoatNameTaken,
        'uq_boat_berth': BerthTaken,
        'ck_boat_crew': CrewTooLarge,
    }
    boats: Boats
    session: Session  # for what only a test asks

    def attach(self, session: Session) -> None:
        self.boats = Boats(session)
        self.session = session

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from talelio_backend.shared.domain.events import Event


@dataclass(kw_only=True, eq=False)
class AggregateRoot:
    """A thing with an identity that guards its own rules and records what happened to it."""

    id: Any

    def __eq__(self, other: object) -> bool:
        return isinstance(other, type(self)) and other.id == self.id

    def __hash__(self) -> int:
        return hash(self.id)

    def record(self, event: Event) -> None:
        # Not a dataclass field: the mapper does not call __init__ on load and must not map it.
        self.__dict__.setdefault('_recorded_events', []).append(event)

    def collect_events(self) -> list[Event]:
        """The events recorded since the last call, oldest first."""
        events: list[Event] = self.__dict__.pop('_recorded_events', [])
        return events


@dataclass(kw_only=True, eq=False)
class Aggregate(AggregateRoot):
    """The usual one: the domain gives it a UUIDv7 before it is stored."""

    id: UUID


@dataclass(kw_only=True, eq=False)
class NamedAggregate(AggregateRoot):
    """One whose identity is a name that people gave it, as a slug."""

    id: str

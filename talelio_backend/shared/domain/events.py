from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar
from uuid import UUID

SECRET = '***'
LONGEST_CHANGE = 500


@dataclass(frozen=True, slots=True)
class Target:
    """The thing that an event is about; ``label`` is how a person calls it."""

    type: str
    id: UUID | str
    label: str


@dataclass(frozen=True, slots=True)
class Change:
    """One field of an edited thing, as it was and as it is now (JSON-able values)."""

    before: Any
    after: Any


Changes = Mapping[str, Change]


def changes_between(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Change]:
    """The fields that differ, each with both values."""
    return {
        name: Change(before.get(name), value)
        for name, value in after.items() if before.get(name) != value
    }


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened, in the past tense.

    Each class declares ``action`` (its name in the activity log) and ``activity`` (one line whose
    placeholders are fields of the event), or both as None where nothing is recorded, written out.
    """

    action: ClassVar[str | None]
    activity: ClassVar[str | None]

    @property
    def target(self) -> Target | None:
        return None

    @property
    def changes(self) -> Changes | None:
        return None

    @property
    def actor_id(self) -> UUID | None:
        """The account in whose name this happened, where that is not the caller: a registration
        is told by a stranger and is about the account that it makes."""
        return None

    @property
    def by_itself(self) -> bool:
        """Whether nobody did it, in whoever's request it happened: a time was over, a queue
        moved on."""
        return False


@dataclass(frozen=True, kw_only=True)
class ChangedEvent(Event):
    """Something was edited: ``changed`` is what was there before and is there now. A class of an
    area has it beside the event that names its thing."""

    changed: Changes = field(default_factory=dict)

    @property
    def changes(self) -> Changes:
        return self.changed


class UndeclaredEvent(TypeError):
    """An event class without its declaration; the start-up stops on it."""


def check_declared(event_class: type[Event]) -> None:
    """Raises UndeclaredEvent when ``action`` or ``activity`` is not declared on the class."""
    for name in ('action', 'activity'):
        if not hasattr(event_class, name):
            raise UndeclaredEvent(f'{event_class.__qualname__} does not declare {name}')
    if (event_class.action is None) != (event_class.activity is None):
        raise UndeclaredEvent(f'{event_class.__qualname__} declares only one of action, activity')

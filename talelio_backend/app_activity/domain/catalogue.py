"""Every event that the areas of this installation declare as recorded."""

from collections.abc import Iterator
from dataclasses import dataclass

from talelio_backend.app_activity.domain.entry import area_of
from talelio_backend.shared.domain.events import Event

_PACKAGE = 'talelio_backend.app_'


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """``text`` as it is declared, with the names of an event's fields in braces."""

    area: str
    action: str
    text: str


def catalogue() -> list[Recorded]:
    """By area and action. An area that is off is not imported, and has nothing here."""
    found = [
        Recorded(area=area_of(kind), action=kind.action, text=kind.activity)
        for kind in set(_kinds(Event)) if kind.action is not None and kind.activity is not None
    ]
    return sorted(found, key=lambda one: (one.area, one.action))


def _kinds(parent: type[Event]) -> Iterator[type[Event]]:
    for kind in parent.__subclasses__():
        if kind.__subclasses__():
            yield from _kinds(kind)
        elif kind.__module__.startswith(_PACKAGE):
            yield kind

"""What an event looks like in the activity log."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from talelio_backend.shared.domain.events import LONGEST_CHANGE, Change, Changes, Event
from talelio_backend.shared.domain.ids import new_id

LONGEST_TEXT = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One row of the log: who did what, when, to which thing, and through which request."""

    id: UUID
    created_at: datetime
    area: str
    action: str
    text: str
    actor_id: UUID | None
    impersonator_id: UUID | None
    target_type: str | None
    target_id: str | None
    target_label: str | None
    changes: dict[str, Any] | None
    request_id: str | None


def entry_of(event: Event, *, now: datetime, actor_id: UUID | None, impersonator_id: UUID | None,
             request_id: str | None) -> Entry | None:
    """The row of an event, or None for one that is declared as not recorded."""
    if event.action is None or event.activity is None:
        return None
    target = event.target
    if event.by_itself:
        actor_id = impersonator_id = None
    return Entry(id=new_id(),
                 created_at=now,
                 area=area_of(type(event)),
                 action=event.action,
                 text=_cut(event.activity.format_map(_Fields(event)), LONGEST_TEXT),
                 actor_id=event.actor_id or actor_id,
                 impersonator_id=impersonator_id,
                 target_type=target.type if target else None,
                 target_id=str(target.id) if target else None,
                 target_label=target.label if target else None,
                 changes=_described(event.changes) if event.changes else None,
                 request_id=request_id)


def area_of(event_class: type[Event]) -> str:
    """``article`` for an event class that lives in ``talelio_backend.app_article.…``."""
    return event_class.__module__.split('.')[1].removeprefix('app_')


class _Fields(dict[str, Any]):
    """The fields of an event, as the placeholders of its text see them."""

    def __init__(self, event: Event) -> None:
        super().__init__()
        self._event = event

    def __missing__(self, name: str) -> Any:
        return getattr(self._event, name)


def _described(changes: Changes) -> dict[str, Any]:
    return {name: _both(change) for name, change in changes.items()}


def _both(change: Change) -> dict[str, Any]:
    return {'before': _shown(change.before), 'after': _shown(change.after)}


def _shown(value: Any) -> Any:
    if isinstance(value, str):
        return _cut(value, LONGEST_CHANGE)
    return value if isinstance(value, (int, bool, list, dict, type(None))) else str(value)


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[:length - 1] + '…'

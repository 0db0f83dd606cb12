from collections.abc import Sequence
from dataclasses import fields
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection, insert

from talelio_backend.app_activity.data.orm import activity_table
from talelio_backend.app_activity.domain.entry import Entry, entry_of
from talelio_backend.shared.data.search_vector import search_vector
from talelio_backend.shared.domain.events import Event
from talelio_backend.shared.services.clock import Clock
from talelio_backend.shared.services.provenance import provenance

_insert = insert(activity_table)
_NAMES = tuple(field.name for field in fields(Entry))
_values = attrgetter(*_NAMES)


class ActivityRecorder:
    """Writes one row per event in the transaction of the change, all rows in one statement: no
    change without its row, no row without its change."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def __call__(self, connection: Connection, events: Sequence[Event]) -> None:
        source, now = provenance(), self._clock.now()
        entries = [
            entry_of(event,
                     now=now,
                     actor_id=source.actor_id,
                     impersonator_id=source.impersonator_id,
                     request_id=source.request_id) for event in events
        ]
        rows = [_row(entry) for entry in entries if entry is not None]
        if rows:
            connection.execute(_insert, rows if len(rows) > 1 else rows[0])


def _row(entry: Entry) -> dict[str, Any]:
    row = dict(zip(_NAMES, _values(entry)))
    row['search'] = search_vector(entry.text, entry.target_label)
    return row

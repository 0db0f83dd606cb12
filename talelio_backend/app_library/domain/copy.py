from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any, Self
from uuid import UUID

from talelio_backend.app_library.domain.errors import CopyInUse
from talelio_backend.app_library.domain.events import CopyAdded, CopyUpdated
from talelio_backend.shared.domain.aggregate import Aggregate
from talelio_backend.shared.domain.events import changes_between
from talelio_backend.shared.domain.ids import new_id


class Status(Enum):
    AVAILABLE = 'available'
    ON_LOAN = 'on_loan'
    ON_HOLD_SHELF = 'on_hold_shelf'
    IN_REPAIR = 'in_repair'
    LOST = 'lost'
    WITHDRAWN = 'withdrawn'


class Condition(Enum):
    NEW = 'new'
    GOOD = 'good'
    WORN = 'worn'
    DAMAGED = 'damaged'


# Set by circulation alone.
IN_USE = frozenset({Status.ON_LOAN, Status.ON_HOLD_SHELF})


@dataclass(kw_only=True, eq=False)
class Copy(Aggregate):
    """One volume on the shelf, known by its barcode. Withdrawn, never deleted."""

    book_id: UUID
    barcode: str
    condition: Condition
    note: str
    status: Status
    created_at: datetime
    updated_at: datetime

    @classmethod
    def acquire(cls, *, book_id: UUID, title: str, barcode: str, condition: Condition, note: str,
                now: datetime) -> Self:
        copy = cls(id=new_id(),
                   book_id=book_id,
                   barcode=barcode,
                   condition=condition,
                   note=note,
                   status=Status.AVAILABLE,
                   created_at=now,
                   updated_at=now)
        copy.record(CopyAdded(copy_id=copy.id, barcode=barcode, title=title))
        return copy

    def edit(self, changes: Mapping[str, Any], *, title: str, now: datetime) -> None:
        """``changes`` are new values of barcode, condition, note and status. Raises CopyInUse
        where the status of a copy that circulates would change."""
        if self.status in IN_USE and changes.get('status', self.status) is not self.status:
            raise CopyInUse()
        before = {name: _plain(getattr(self, name)) for name in changes}
        changed = changes_between(before, {name: _plain(changes[name]) for name in changes})
        if not changed:
            return
        for name in changed:
            setattr(self, name, changes[name])
        self.updated_at = now
        self.record(
            CopyUpdated(copy_id=self.id, barcode=self.barcode, title=title, changed=changed))

    def lend(self, *, now: datetime) -> None:
        self._become(Status.ON_LOAN, now)

    def free(self, *, now: datetime) -> None:
        """Back on the shelf for whoever comes."""
        self._become(Status.AVAILABLE, now)

    def set_aside(self, *, now: datetime) -> None:
        """On the shelf of those who wait."""
        self._become(Status.ON_HOLD_SHELF, now)

    def lose(self, *, now: datetime) -> None:
        self._become(Status.LOST, now)

    def _become(self, status: Status, now: datetime) -> None:
        self.status = status
        self.updated_at = now


def _plain(value: Any) -> Any:
    """As the activity log shows it."""
    return value.value if isinstance(value, Enum) else value

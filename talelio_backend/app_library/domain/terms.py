from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Self
from uuid import UUID

from talelio_backend.app_library.domain.money import money
from talelio_backend.app_library.domain.pricing import overdue


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What a policy promises a borrower. A loan copies them when it begins, so that a policy's
    edit reaches new loans only. ``id`` is the policy's."""

    id: UUID
    length_days: int
    extensions: int
    extension_days: int
    grace_days: int
    overdue_per_day: Decimal
    overdue_cap: Decimal | None
    rental: bool

    def due_after(self, start: datetime) -> datetime:
        return start + timedelta(days=self.length_days)

    def extended(self, due_at: datetime) -> datetime:
        return due_at + timedelta(days=self.extension_days)

    def overdue(self, days_late: int) -> Decimal:
        return overdue(days_late=days_late,
                       grace_days=self.grace_days,
                       per_day=self.overdue_per_day,
                       cap=self.overdue_cap)

    def as_json(self) -> dict[str, Any]:
        """As a loan shows them: money as text with two digits."""
        cap = self.overdue_cap
        return asdict(self) | {
            'id': str(self.id),
            'overdue_per_day': str(self.overdue_per_day),
            'overdue_cap': None if cap is None else str(cap),
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        cap = stored['overdue_cap']
        return cls(
            **dict(stored) | {
                'id': UUID(stored['id']),
                'overdue_per_day': money(stored['overdue_per_day']),
                'overdue_cap': None if cap is None else money(cap),
            })

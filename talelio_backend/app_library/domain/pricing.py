"""What a loan costs. The database prices the rows of its lists by the same rule (functions
``library_*`` of the migration); a test holds the two against each other."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Self

from talelio_backend.app_library.domain.money import ZERO, money

DAY = timedelta(days=1)


def started_days(start: datetime, until: datetime) -> int:
    """The 24-hour periods that began between two moments: one microsecond counts as a day,
    exactly 48 hours as two, and never fewer than none."""
    elapsed = max(until - start, timedelta(0))
    return -(-elapsed // DAY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tier:
    """``rate`` a day for ``days`` days; None: for all that follow."""

    days: int | None
    rate: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A part of a rent: so many days at one rate."""

    days: int
    rate: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    charge: Decimal
    minimum: Decimal
    minimum_applied: bool
    lines: tuple[Line, ...]


@dataclass(frozen=True, kw_only=True)
class Rate:
    """What a type of items costs: the sum of its tiers, at least ``minimum``."""

    tiers: tuple[Tier, ...]
    minimum: Decimal

    def price(self, days: int) -> Price:
        """Of ``days`` started days. A day is priced by the tier that it falls into."""
        lines, left = [], days
        for tier in self.tiers:
            here = left if tier.days is None else min(left, tier.days)
            if here:
                lines.append(Line(days=here, rate=tier.rate, amount=here * tier.rate))
            left -= here
        rent = sum((line.amount for line in lines), ZERO)
        return Price(charge=max(self.minimum, rent),
                     minimum=self.minimum,
                     minimum_applied=self.minimum > rent,
                     lines=tuple(lines))

    def as_json(self) -> dict[str, Any]:
        return {
            'tiers': [{
                'days': tier.days,
                'rate': str(tier.rate)
            } for tier in self.tiers],
            'minimum': str(self.minimum),
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        return cls(tiers=tuple(
            Tier(days=tier['days'], rate=money(tier['rate'])) for tier in stored['tiers']),
                   minimum=money(stored['minimum']))


def overdue(*, days_late: int, grace_days: int, per_day: Decimal, cap: Decimal | None) -> Decimal:
    """Nothing within the grace; beyond it every late day counts, up to the cap."""
    if days_late <= grace_days:
        return ZERO
    owed = days_late * per_day
    return owed if cap is None else min(owed, cap)

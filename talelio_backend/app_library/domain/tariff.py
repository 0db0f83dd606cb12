from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from talelio_backend.app_library.domain.money_events import TariffCreated, TariffDeleted
from talelio_backend.app_library.domain.pricing import Rate
from talelio_backend.shared.domain.aggregate import NamedAggregate


@dataclass(frozen=True, kw_only=True)
class TariffRate:
    """``item_type`` None: of every type without a row of its own."""

    item_type: str | None
    rate: Rate


@dataclass(kw_only=True, eq=False)
class Tariff(NamedAggregate):
    """A price list. It never changes: a new price is a new tariff. Without ``effective_from`` it
    serves comparison alone."""

    label: str
    effective_from: datetime | None
    currency: str
    rates: tuple[TariffRate, ...]
    created_at: datetime

    @classmethod
    def publish(cls, *, tariff_id: str, label: str, effective_from: datetime | None, currency: str,
                rates: Iterable[TariffRate], now: datetime) -> Self:
        tariff = cls(id=tariff_id,
                     label=label,
                     effective_from=effective_from,
                     currency=currency,
                     rates=tuple(rates),
                     created_at=now)
        tariff.record(TariffCreated(tariff_id=tariff_id, label=label))
        return tariff

    def delete(self) -> None:
        self.record(TariffDeleted(tariff_id=self.id, label=self.label))

    def rate_of(self, item_type: str) -> Rate:
        rates = {row.item_type: row.rate for row in self.rates}
        return rates.get(item_type, rates[None])


def in_force(tariffs: Iterable[Tariff], *, at: datetime) -> Tariff | None:
    """The one with the latest ``effective_from`` that has passed."""
    begun = [(tariff.effective_from, tariff) for tariff in tariffs
             if tariff.effective_from is not None and tariff.effective_from <= at]
    return max(begun, key=lambda pair: pair[0], default=(None, None))[1]

from collections.abc import Callable, Sequence
from datetime import datetime

from talelio_backend.app_library.domain.errors import UnknownReference
from talelio_backend.app_library.domain.money_errors import TariffInUse, TariffNotFound
from talelio_backend.app_library.domain.tariff import Tariff, TariffRate
from talelio_backend.app_library.services.money_ports import MoneyUnitOfWork
from talelio_backend.shared.domain.errors import Fault, Invalid
from talelio_backend.shared.services.clock import Clock


class TariffService:
    """Price lists. They come and, while nobody needs them, go; they never change."""

    def __init__(self, *, open_uow: Callable[[], MoneyUnitOfWork], clock: Clock,
                 currency: str) -> None:
        self._open_uow = open_uow
        self._clock = clock
        self._currency = currency

    def publish(self, *, tariff_id: str, label: str, effective_from: datetime | None,
                rates: Sequence[TariffRate]) -> None:
        """Raises Invalid (a date that has passed), UnknownReference (an item type), TariffExists,
        TariffDateTaken."""
        now = self._clock.now()
        if effective_from is not None and effective_from <= now:
            raise Invalid(Fault('/effective_from', 'not_in_future', 'what was asked stays asked'))
        tariff = Tariff.publish(tariff_id=tariff_id,
                                label=label,
                                effective_from=effective_from,
                                currency=self._currency,
                                rates=rates,
                                now=now)
        with self._open_uow() as uow:
            _check_item_types(uow, rates)
            uow.tariffs.add(tariff)
            uow.commit()

    def delete(self, *, tariff_id: str) -> None:
        """Raises TariffNotFound, and TariffInUse for the one in force and one that a loan
        carries."""
        with self._open_uow() as uow:
            tariff = uow.tariffs.with_id(tariff_id)
            if tariff is None:
                raise TariffNotFound()
            if uow.tariffs.in_force(
                    self._clock.now()) is tariff or uow.tariffs.is_carried(tariff_id):
                raise TariffInUse()
            tariff.delete()
            uow.tariffs.remove(tariff)
            uow.commit()


def _check_item_types(uow: MoneyUnitOfWork, rates: Sequence[TariffRate]) -> None:
    named = [rate.item_type for rate in rates]
    kept = uow.item_types.kept([item_type for item_type in named if item_type is not None])
    for place, item_type in enumerate(named):
        if item_type is not None and item_type not in kept:
            raise UnknownReference(f'/rates/{place}/item_type', 'item type')

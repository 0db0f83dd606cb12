from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from talelio_backend.app_library.domain.errors import ItemTypeNotFound
from talelio_backend.app_library.domain.pricing import Price, started_days
from talelio_backend.app_library.services.money_queries import TariffQueries
from talelio_backend.shared.services.listing import BadQuery

LONGEST = 3650  # days


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What a price is asked for: an item type or a book, and days or the time between two
    moments. ``tariff_id`` None: the tariff in force."""

    item_type: str | None = None
    book_id: UUID | None = None
    days: int | None = None
    start: datetime | None = None
    until: datetime | None = None
    tariff_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class Quote:
    tariff_id: str
    currency: str
    item_type: str
    days: int
    price: Price


class QuotingService:
    """What a loan would cost."""

    def __init__(self, *, queries: TariffQueries) -> None:
        self._queries = queries

    def quote(self, wanted: Wanted) -> Quote:
        """Raises BadQuery (longer than ten years), BookNotFound, ItemTypeNotFound,
        TariffNotFound."""
        days = _days(wanted)
        item_type = self._item_type(wanted)
        tariff = self._queries.price_list(wanted.tariff_id)
        return Quote(tariff_id=tariff.id,
                     currency=tariff.currency,
                     item_type=item_type,
                     days=days,
                     price=tariff.rate_of(item_type).price(days))

    def _item_type(self, wanted: Wanted) -> str:
        if wanted.book_id is not None:
            return self._queries.item_type_of(wanted.book_id)
        item_type = wanted.item_type or ''
        if not self._queries.has_item_type(item_type):
            raise ItemTypeNotFound()
        return item_type


def _days(wanted: Wanted) -> int:
    if wanted.days is not None:
        return wanted.days
    assert wanted.start is not None and wanted.until is not None
    days = started_days(wanted.start, wanted.until)
    if days > LONGEST:
        raise BadQuery(parameter='until', reason=f'more than {LONGEST} days after from')
    return days

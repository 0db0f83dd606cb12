from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from talelio_backend.app_library.domain.pricing import Price, Rate, Tier
from talelio_backend.app_library.domain.tariff import TariffRate
from talelio_backend.app_library.presentation.schemas import MoneyText, Slug
from talelio_backend.shared.presentation.lists import ListView
from talelio_backend.shared.presentation.schemas import Body, Line, Query, Time, View

Price10k = Annotated[MoneyText, Field(le=10_000)]
TariffId = Annotated[str, Field(pattern='^[a-z0-9][a-z0-9_-]{0,29}$')]
LONGEST_QUOTE = 3650


class TierBody(Body):
    days: Annotated[int, Field(ge=1, le=100_000)] | None
    rate: Price10k


class RateBody(Body):
    item_type: Slug | None
    tiers: Annotated[list[TierBody], Field(min_length=1, max_length=10)]
    minimum: Price10k

    @model_validator(mode='after')
    def _last_tier_alone_is_open(self) -> Self:
        *former, last = self.tiers
        if last.days is not None or any(tier.days is None for tier in former):
            raise PydanticCustomError('tiers', 'the last tier, and no other, has null days')
        return self

    def read(self) -> TariffRate:
        tiers = tuple(Tier(days=tier.days, rate=tier.rate) for tier in self.tiers)
        return TariffRate(item_type=self.item_type, rate=Rate(tiers=tiers, minimum=self.minimum))


class TariffBody(Body):
    id: TariffId
    label: Annotated[Line, Field(min_length=1, max_length=100)]
    effective_from: Time | None = None
    rates: Annotated[list[RateBody], Field(min_length=1, max_length=100)]

    @model_validator(mode='after')
    def _one_rate_for_each_type(self) -> Self:
        named = [rate.item_type for rate in self.rates]
        if named.count(None) != 1:
            raise PydanticCustomError('rates', 'exactly one rate has a null item_type')
        if len(set(named)) < len(named):
            raise PydanticCustomError('rates', 'no item type has two rates')
        return self


class QuoteQuery(Query):
    item_type: Annotated[str | None, Field(max_length=30)] = None
    book_id: UUID | None = None
    days: Annotated[int | None, Field(ge=0, le=LONGEST_QUOTE)] = None
    from_: Annotated[Time | None, Field(alias='from')] = None
    until: Time | None = None
    tariff: Annotated[str | None, Field(max_length=30)] = None

    @model_validator(mode='after')
    def _one_thing_and_one_time(self) -> Self:
        if (self.item_type is None) == (self.book_id is None):
            raise PydanticCustomError('contradiction', 'name item_type or book_id, one of them')
        span = (self.from_ is not None, self.until is not None)
        if span not in ((True, True), (False, False)) or span[0] == (self.days is not None):
            raise PydanticCustomError('contradiction', 'name days, or from and until')
        if self.from_ is not None and self.until is not None and self.until < self.from_:
            raise PydanticCustomError('reversed', 'until lies before from')
        return self


class TierView(View):
    days: int | None
    rate: str


class RateView(View):
    item_type: str | None
    tiers: list[TierView]
    minimum: str


class TariffView(View):
    id: str
    label: str
    effective_from: Time | None
    in_force: bool
    currency: str
    rates: list[RateView]


class TariffsView(ListView):
    tariffs: list[TariffView]


class LineView(View):
    days: int
    rate: str
    amount: str


class QuoteView(View):
    tariff: str
    item_type: str
    days: int
    charge: str
    currency: str
    minimum: str
    minimum_applied: bool
    lines: list[LineView]


def lines_of(price: Price) -> list[LineView]:
    return [
        LineView(days=line.days, rate=str(line.rate), amount=str(line.amount))
        for line in price.lines
    ]

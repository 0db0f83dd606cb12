"""Value objects of the domain as columns keep them."""

from dataclasses import asdict
from enum import Enum
from typing import Any

from sqlalchemy import String, TypeDecorator
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect

from talelio_backend.app_library.domain.loan import Charge
from talelio_backend.app_library.domain.member import Notices
from talelio_backend.app_library.domain.money import money
from talelio_backend.app_library.domain.pricing import Rate
from talelio_backend.app_library.domain.tariff import TariffRate
from talelio_backend.app_library.domain.terms import Terms

# pylint counts SQLAlchemy's own ancestors, and an abstract method that only literals would need.
# pylint: disable=abstract-method,too-many-ancestors


class Named(TypeDecorator[Enum]):
    """An enumeration by its values, as text; a check of the table says which there are."""

    impl = String(16)
    cache_ok = True

    def __init__(self, kind: type[Enum]) -> None:
        super().__init__()
        self.kind = kind

    def process_bind_param(self, value: Enum | None, dialect: Dialect) -> str | None:
        return None if value is None else str(value.value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> Enum | None:
        return None if value is None else self.kind(value)


class StoredTerms(TypeDecorator[Terms]):
    impl = JSONB
    cache_ok = True

    def process_bind_param(self, value: Terms | None, dialect: Dialect) -> Any:
        return None if value is None else value.as_json()

    def process_result_value(self, value: Any | None, dialect: Dialect) -> Terms | None:
        return None if value is None else Terms.from_json(value)


class StoredRate(TypeDecorator[Rate]):
    impl = JSONB(none_as_null=True)
    cache_ok = True

    def process_bind_param(self, value: Rate | None, dialect: Dialect) -> Any:
        return None if value is None else value.as_json()

    def process_result_value(self, value: Any | None, dialect: Dialect) -> Rate | None:
        return None if value is None else Rate.from_json(value)


class StoredRates(TypeDecorator[tuple[TariffRate, ...]]):
    """All rates of a tariff, in its order."""

    impl = JSONB
    cache_ok = True

    def process_bind_param(self, value: tuple[TariffRate, ...] | None, dialect: Dialect) -> Any:
        return [{'item_type': row.item_type, **row.rate.as_json()} for row in value or ()]

    def process_result_value(self, value: Any | None, dialect: Dialect) -> tuple[TariffRate, ...]:
        return tuple(
            TariffRate(item_type=row['item_type'], rate=Rate.from_json(row))
            for row in value or ())


class StoredCharge(TypeDecorator[Charge]):
    impl = JSONB(none_as_null=True)
    cache_ok = True

    def process_bind_param(self, value: Charge | None, dialect: Dialect) -> Any:
        return None if value is None else value.as_json()

    def process_result_value(self, value: Any | None, dialect: Dialect) -> Charge | None:
        return None if value is None else Charge(
            days=value['days'], rent=money(value['rent']), overdue=money(value['overdue']))


class StoredNotices(TypeDecorator[Notices]):
    impl = JSONB
    cache_ok = True

    def process_bind_param(self, value: Notices | None, dialect: Dialect) -> Any:
        return None if value is None else asdict(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> Notices | None:
        return None if value is None else Notices(**value)

from typing import Any

from sqlalchemy import (BigInteger, Column, Computed, DateTime, MetaData, SmallInteger,
                        TypeDecorator, Uuid)
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import registry

from talelio_backend.shared.domain.access import Level

# Named constraints: the unit of work tells by the name which rule of the domain was broken.
NAMING_CONVENTION = {
    'pk': 'pk_%(table_name)s',
    'uq': 'uq_%(table_name)s_%(column_0_N_name)s',
    'ix': 'ix_%(table_name)s_%(column_0_N_name)s',
    'ck': 'ck_%(table_name)s_%(constraint_name)s',
    'fk': 'fk_%(table_name)s_%(column_0_N_name)s',
}

metadata = MetaData(naming_convention=NAMING_CONVENTION)
mapper_registry = registry(metadata=metadata)

Id = Uuid(as_uuid=True)
Time = DateTime(timezone=True)


def html_hash() -> Column[int]:
    """Changes with the column ``html``, which may be rendered anew without a new version: an ETag
    is made of this, so that answering 304 reads no HTML."""
    return Column('html_hash',
                  BigInteger,
                  Computed('hashtextextended(html, 0::bigint)', persisted=True),
                  nullable=False)


# pylint counts SQLAlchemy's own ancestors, and an abstract method that only literals would need.
class LevelNumber(TypeDecorator[Level]):  # pylint: disable=abstract-method,too-many-ancestors
    """An access level by its number, so that a list sorts by rank."""

    impl = SmallInteger
    cache_ok = True

    def process_bind_param(self, value: Level | None, dialect: Dialect) -> int | None:
        return None if value is None else int(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> Level | None:
        return None if value is None else Level(value)

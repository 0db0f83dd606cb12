from sqlalchemy import BigInteger, Column, Computed, DateTime, MetaData, Uuid
from sqlalchemy.orm import registry

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

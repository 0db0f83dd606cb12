from dataclasses import asdict
from typing import Any

from sqlalchemy import (BigInteger, Column, Enum, ForeignKey, Index, Integer, LargeBinary, Table,
                        Text, TypeDecorator, UniqueConstraint)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect

from talelio_backend.app_assets.domain.image import Image, Variant, VariantsStatus
from talelio_backend.shared.data.orm import Id, Time, mapper_registry, metadata


# pylint counts SQLAlchemy's own ancestors, and an abstract method that only literals would need.
class Variants(TypeDecorator[tuple[Variant, ...]]):  # pylint: disable=abstract-method,too-many-ancestors
    """The variants of an image as JSON: they are read with their image and never without."""

    impl = JSONB
    cache_ok = True

    def process_bind_param(self, value: tuple[Variant, ...] | None, dialect: Dialect) -> Any:
        return [asdict(variant) for variant in value or ()]

    def process_result_value(self, value: Any, dialect: Dialect) -> tuple[Variant, ...]:
        return tuple(Variant(**variant) for variant in value or ())


image_table = Table(
    'image',
    metadata,
    Column('id', Id, primary_key=True),
    # No cascade: whoever removes a person removes the objects of the images first.
    Column('owner_id', Id, ForeignKey('user.id'), nullable=False),
    Column('sha256', LargeBinary, nullable=False),
    Column('file_name', Text, nullable=False),
    Column('content_type', Text, nullable=False),
    Column('extension', Text, nullable=False),
    Column('width', Integer, nullable=False),
    Column('height', Integer, nullable=False),
    Column('size', BigInteger, nullable=False),
    Column('created_at', Time, nullable=False),
    Column('alt', Text, nullable=False),
    Column('version', Integer, nullable=False),
    Column('variants_status',
           Enum(VariantsStatus,
                native_enum=False,
                create_constraint=True,
                length=16,
                name='variants_status',
                values_callable=lambda statuses: [status.value for status in statuses]),
           nullable=False),
    Column('variants', Variants, nullable=False),
    UniqueConstraint('owner_id', 'sha256', name='uq_image_owner_sha256'),
)
# Every sort option of a person's list; the one on the size also answers what they take together.
for _key in ('created_at', 'size', 'file_name'):
    Index(None, image_table.c.owner_id, image_table.c[_key], image_table.c.id)
Index('ix_image_without_variants',
      image_table.c.id,
      postgresql_where=image_table.c.variants_status != VariantsStatus.READY)

reference_table = Table(
    'image_reference',
    metadata,
    Column('kind', Text, primary_key=True),
    Column('referrer_id', Id, primary_key=True),
    Column('image_id', Id, ForeignKey(image_table.c.id, ondelete='CASCADE'), primary_key=True),
    Column('owner_id', Id),
    Column('title', Text, nullable=False),
    Index(None, 'image_id'),
)

mapper_registry.map_imperatively(
    Image,
    image_table,
    # The domain counts; the mapper refuses to write over a version that it did not read.
    version_id_col=image_table.c.version,
    version_id_generator=False)

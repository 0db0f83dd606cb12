"""What is shown of an image, as expressions over its table, and the list of a person's images."""

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (ColumnElement, Integer, Select, Text, bindparam, cast, column, exists,
                        func, literal_column, select)
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.sql.functions import concat

from talelio_backend.app_assets.data.orm import image_table, reference_table
from talelio_backend.app_assets.services.queries import ImageFilter
from talelio_backend.shared.data.listing import SqlList, SqlSort
from talelio_backend.shared.data.orm import Id, Time
from talelio_backend.shared.data.sql import as_text, json_object, rfc3339
from talelio_backend.shared.services.listing import CursorCodec

_image = image_table.c


@dataclass(frozen=True, slots=True)
class Addresses:
    """The addresses of an image's files; ``folder`` is what stands for the person in them. Binds
    ``users_url``."""

    folder: ColumnElement[str]

    @property
    def original(self) -> ColumnElement[str]:
        return self._before_width() + '.' + _image.extension

    def variant(self, width: ColumnElement[int]) -> ColumnElement[str]:
        return self._before_width() + '-' + as_text(width) + '.webp'

    def _before_width(self) -> ColumnElement[str]:
        base: ColumnElement[str] = bindparam('users_url', type_=Text)
        return base + self.folder + '/images/' + as_text(_image.id)


def shown_image(addresses: Addresses) -> ColumnElement[Any]:
    """An image in the order of the API, as JSON."""
    return json_object(id=_image.id,
                       url=addresses.original,
                       file_name=_image.file_name,
                       content_type=_image.content_type,
                       width=_image.width,
                       height=_image.height,
                       bytes=_image.size,
                       alt=_image.alt,
                       variants_status=_image.variants_status,
                       variants=_shown_variants(addresses),
                       created_at=rfc3339(_image.created_at))


def _shown_variants(addresses: Addresses) -> ColumnElement[Any]:
    kept = func.jsonb_to_recordset(_image.variants).table_valued(
        column('width', Integer),
        column('height', Integer),
        column('size', Integer),
        name='variant').render_derived(with_types=True)
    shown = json_object(width=kept.c.width,
                        height=kept.c.height,
                        url=addresses.variant(kept.c.width),
                        content_type=literal_column("'image/webp'"),
                        bytes=kept.c.size)
    listed = func.json_agg(aggregate_order_by(shown, kept.c.width))
    none: ColumnElement[Any] = literal_column("'[]'::json")
    return select(func.coalesce(listed, none)).select_from(kept).scalar_subquery()


def stamp(addresses: Addresses) -> ColumnElement[str]:
    """Text that changes with what is shown of an image."""
    parts = (_image.id, _image.version, _image.variants_status, addresses.folder)
    return concat(*(text for part in parts for text in (part, ' ')))


def build_list(cursors: CursorCodec) -> SqlList:
    return SqlList(name='images',
                   default='created_at_desc',
                   tie=_image.id,
                   cursors=cursors,
                   sorts=[
                       SqlSort(id='created_at', label='Recency', key=_image.created_at),
                       SqlSort(id='bytes', label='Size', key=_image.size),
                       SqlSort(id='file_name', label='Name', key=_image.file_name),
                   ])


def filtered(base: Select[Any], wanted: ImageFilter) -> Select[Any]:
    """``base`` with the conditions of ``wanted``; their values are bound, see ``values_of``."""
    if wanted.unreferenced:
        base = base.where(~exists().where(reference_table.c.image_id == _image.id))
    if wanted.since is not None:
        base = base.where(_image.created_at >= bindparam('since', type_=Time))
    if wanted.before is not None:
        base = base.where(_image.created_at < bindparam('before', type_=Time))
    return base


def shape_of(wanted: ImageFilter) -> Hashable:
    """What tells the statements of two filters apart."""
    return (wanted.unreferenced, wanted.since is None, wanted.before is None)


def values_of(wanted: ImageFilter) -> dict[str, Any]:
    moments = {'since': wanted.since, 'before': wanted.before}
    return {name: moment for name, moment in moments.items() if moment is not None}


def used_bytes() -> ColumnElement[str]:
    """What all images of the person ``owner_id`` take together, as JSON text."""
    taken = select(func.coalesce(func.sum(_image.size),
                                 0)).where(_image.owner_id == bindparam('owner_id', type_=Id))
    return cast(taken.scalar_subquery(), Text)

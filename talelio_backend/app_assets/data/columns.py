"""What is shown of an image, as expressions over its table, and the list of a person's images."""

from collections.abc import Hashable
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, bindparam, cast, exists, func, select
from sqlalchemy.sql.functions import concat

from talelio_backend.app_assets.data.orm import image_table, reference_table
from talelio_backend.app_assets.services.queries import ImageFilter
from talelio_backend.shared.data.image_addresses import ImageAddresses
from talelio_backend.shared.data.listing import SqlList, SqlSort
from talelio_backend.shared.data.orm import Id, Time
from talelio_backend.shared.data.sql import json_object, rfc3339
from talelio_backend.shared.services.listing import CursorCodec

_image = image_table.c


def addresses(folder: ColumnElement[str]) -> ImageAddresses:
    """``folder`` is what stands for the owner. Binds ``users_url``."""
    return ImageAddresses(image=_image, base=bindparam('users_url', type_=Text), folder=folder)


def shown_image(where: ImageAddresses) -> ColumnElement[Any]:
    """An image in the order of the API, as JSON."""
    return json_object(id=_image.id,
                       url=where.original,
                       file_name=_image.file_name,
                       content_type=_image.content_type,
                       width=_image.width,
                       height=_image.height,
                       bytes=_image.size,
                       alt=_image.alt,
                       variants_status=_image.variants_status,
                       variants=where.variants(),
                       created_at=rfc3339(_image.created_at))


def stamp(where: ImageAddresses) -> ColumnElement[str]:
    """Text that changes with what is shown of an image."""
    parts = (_image.id, _image.version, _image.variants_status, where.folder)
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

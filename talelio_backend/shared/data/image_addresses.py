"""Where the files of an image are, as expressions over the table ``image``: for the images
themselves, and for what shows one."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import (ColumnCollection, ColumnElement, Integer, column, func, literal_column,
                        select)
from sqlalchemy.dialects.postgresql import aggregate_order_by

from talelio_backend.shared.data.sql import as_text, json_object


def users_url(*, public_url: str, s3_public_url: str | None) -> str:
    """What all these addresses begin with: a bucket that readers ask directly, or our own."""
    prefix = f'{public_url.rstrip("/")}/v1' if s3_public_url is None else s3_public_url
    return f'{prefix.rstrip("/")}/users/'


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageAddresses:
    """``image`` are the columns of the table, ``base`` is ``users_url``, ``folder`` what stands
    for the owner: a bucket knows nobody's name, and our own addresses are spelt with it."""

    image: ColumnCollection[str, Any]
    base: ColumnElement[str]
    folder: ColumnElement[str]

    @property
    def original(self) -> ColumnElement[str]:
        extension: ColumnElement[str] = self.image.extension
        return self._before_width() + '.' + extension

    def variants(self) -> ColumnElement[Any]:
        """The smaller ones as JSON, by width."""
        kept = func.jsonb_to_recordset(self.image.variants).table_valued(
            column('width', Integer),
            column('height', Integer),
            column('size', Integer),
            name='variant').render_derived(with_types=True)
        shown = json_object(width=kept.c.width,
                            height=kept.c.height,
                            url=self._before_width() + '-' + as_text(kept.c.width) + '.webp',
                            content_type=literal_column("'image/webp'"),
                            bytes=kept.c.size)
        listed = func.json_agg(aggregate_order_by(shown, kept.c.width))
        none: ColumnElement[Any] = literal_column("'[]'::json")
        return select(func.coalesce(listed, none)).select_from(kept).scalar_subquery()

    def _before_width(self) -> ColumnElement[str]:
        return self.base + self.folder + '/images/' + as_text(self.image.id)

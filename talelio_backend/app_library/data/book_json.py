"""What is shown of a book where something else is about it, as expressions over its table."""

from typing import Any

from sqlalchemy import ColumnElement, Text, literal, select

from talelio_backend.app_account.data.orm import user_table
from talelio_backend.app_assets.data.orm import image_table
from talelio_backend.app_library.data.catalogue_orm import book_table
from talelio_backend.shared.data.image_addresses import ImageAddresses, users_url
from talelio_backend.shared.data.sql import as_text, json_object

_B = book_table.c


class Covers:
    """Where the pictures of books are; made once from the settings of these names."""

    def __init__(self, *, public_url: str, s3_public_url: str | None) -> None:
        named = s3_public_url is None
        folder = user_table.c.username if named else as_text(image_table.c.owner_id)
        base = users_url(public_url=public_url, s3_public_url=s3_public_url)
        self._addresses = ImageAddresses(image=image_table.c,
                                         base=literal(base, Text),
                                         folder=folder)
        owned = image_table.join(user_table, user_table.c.id == image_table.c.owner_id)
        self._shown_from = owned if named else image_table

    def cover(self) -> ColumnElement[Any]:
        """JSON of the cover of the book in the row, NULL where it has none."""
        shown = json_object(image_id=image_table.c.id,
                            url=self._addresses.original,
                            variants=self._addresses.variants())
        return select(shown).select_from(self._shown_from).where(
            image_table.c.id == _B.cover_image_id).correlate(book_table).scalar_subquery()

    def small_book(self) -> ColumnElement[Any]:
        """``{id, title, active, cover}`` of the book in the row, as loans, holds and favourites
        show it. The statement around joins ``book_table``."""
        return json_object(id=_B.id,
                           title=_B.title,
                           active=_B.deactivated_at.is_(None),
                           cover=self.cover())

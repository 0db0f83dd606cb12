from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, select

from talelio_backend.app_library.data.book_columns import whole_book, whole_book_from
from talelio_backend.app_library.data.book_json import Covers
from talelio_backend.app_library.data.catalogue_orm import book_table
from talelio_backend.app_library.domain.errors import BookNotFound
from talelio_backend.shared.data.database import ReadDatabase
from talelio_backend.shared.data.orm import Id
from talelio_backend.shared.data.prepared import Prepared
from talelio_backend.shared.data.sql import as_text
from talelio_backend.shared.services.listing import Document

_B = book_table.c


class SqlBookQueries:
    """See the port ``BookQueries``. Statements are built once and kept."""

    def __init__(self, read: ReadDatabase, *, covers: Covers) -> None:
        self._read = read
        self._one = {marked: Prepared(_document(covers, marked)) for marked in (False, True)}

    def book(self, book_id: UUID, *, reader_id: UUID | None) -> Document:
        marked = reader_id is not None
        bound = {'reader_id': reader_id} if marked else {}
        row = self._read.one(self._one[marked], {'id': book_id, **bound})
        if row is None:
            raise BookNotFound()
        return Document(body=row.body, validator=row.body, version=row.version)


def _document(covers: Covers, marked: bool) -> Select[Any]:
    return select(as_text(whole_book(covers, marked=marked)).label('body'),
                  _B.version).select_from(
                      whole_book_from()).where(_B.id == bindparam('id', type_=Id))

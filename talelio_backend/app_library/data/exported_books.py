from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, literal_column, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from talelio_backend.app_library.data.catalogue_orm import (author_table, book_table,
                                                            category_table, contribution_table,
                                                            copy_table)
from talelio_backend.app_library.domain.copy import Status
from talelio_backend.app_library.domain.record import Person
from talelio_backend.app_library.services.intake_ports import ExportedBook
from talelio_backend.shared.data.database import ReadDatabase
from talelio_backend.shared.data.orm import Id

_B, _A, _S, _C = book_table.c, author_table.c, contribution_table.c, copy_table.c
_NONE: ColumnElement[Any] = literal_column("'[]'::json")


def _authors() -> ColumnElement[Any]:
    parts = func.json_build_array(_A.family_name, _A.given_name, _S.role)
    listed = func.json_agg(aggregate_order_by(parts, _S.position))
    return select(func.coalesce(listed, _NONE)).select_from(
        contribution_table.join(author_table, _A.id == _S.author_id)).where(
            _S.book_id == _B.id).correlate(book_table).scalar_subquery()


def _barcodes() -> ColumnElement[Any]:
    listed = func.json_agg(aggregate_order_by(_C.barcode, _C.id))
    return select(func.coalesce(listed, _NONE)).where(
        _C.book_id == _B.id,
        _C.status.not_in([Status.LOST, Status.WITHDRAWN])).correlate(book_table).scalar_subquery()


_part = select(_B.id, _B.title, _B.subtitle,
               _authors().label('authors'), category_table.c.name.label('category'), _B.isbn13,
               _B.publisher, _B.year, _B.language, _B.item_type, _B.description,
               _barcodes().label('barcodes')).select_from(
                   book_table.join(category_table,
                                   category_table.c.id == _B.category_id)).order_by(_B.id).limit(
                                       bindparam('at_most'))
_behind = _part.where(_B.id > bindparam('last', type_=Id))


class SqlExportedBooks:
    """See the port ``ExportedBooks``."""

    def __init__(self, read: ReadDatabase) -> None:
        self._read = read

    def parts(self, *, at_most: int) -> Iterator[Sequence[ExportedBook]]:
        rows = self._read.all(_part, {'at_most': at_most})
        while rows:
            yield [_book(row) for row in rows]
            rows = self._read.all(_behind, {'at_most': at_most, 'last': rows[-1].id})


def _book(row: Any) -> ExportedBook:
    authors = (Person(family_name=family, given_name=given, role=role)
               for family, given, role in row.authors)
    return ExportedBook(title=row.title,
                        subtitle=row.subtitle,
                        authors=tuple(authors),
                        category=row.category,
                        isbn13=row.isbn13,
                        publisher=row.publisher,
                        year=row.year,
                        language=row.language,
                        item_type=row.item_type,
                        description=row.description,
                        barcodes=tuple(row.barcodes))

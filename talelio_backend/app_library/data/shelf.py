from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, String, Text, bindparam, cast, func, select
from sqlalchemy.orm import Session

from talelio_backend.app_library.data.book_index import fold_key
from talelio_backend.app_library.data.catalogue_orm import (author_table, book_table,
                                                            category_table, contribution_table,
                                                            copy_table, item_type_table)
from talelio_backend.app_library.domain.record import Person
from talelio_backend.app_library.services.intake_ports import KnownParent, KnownTitle

_B, _A, _C, _S = book_table.c, author_table.c, category_table.c, contribution_table.c


def _first_author() -> ColumnElement[str]:
    whole = func.concat_ws(' ', func.nullif(_A.given_name, ''), _A.family_name, type_=Text)
    return select(whole).select_from(contribution_table.join(
        author_table, _A.id == _S.author_id)).where(_S.book_id == _B.id).order_by(
            _S.position).limit(1).correlate(book_table).scalar_subquery()


_titles: Select[tuple[UUID, bool, str, str, int | None, str | None]] = select(
    _B.id,
    _B.deactivated_at.is_(None).label('active'), _B.title,
    func.coalesce(_first_author(), '').label('first_author'), _B.year, _B.isbn13)
_of_isbn = _titles.where(_B.isbn13 == bindparam('isbn13', type_=String))
# By what is indexed; whether accents are the same as well is seen below.
_titled = _titles.where(_B.title_key == bindparam('key', type_=String)).order_by(_B.id)
_categories = select(_C.id, _C.name,
                     _C.deactivated_at.is_(None).label('active')).where(
                         _C.name_key == bindparam('key', type_=String)).order_by(_C.id)
_authors = select(_A.id, _A.family_name, _A.given_name,
                  _A.deactivated_at.is_(None).label('active')).where(
                      _A.family_key == bindparam('family', type_=String),
                      _A.given_key == bindparam('given', type_=String)).order_by(
                          cast(_A.deactivated_at.is_not(None), String), _A.id)
_item_type = select(item_type_table.c.id).where(item_type_table.c.id == bindparam('item_type'))
_owner = select(copy_table.c.book_id).where(copy_table.c.barcode == bindparam('barcode'))


class SqlShelf:
    """See the port ``Shelf``."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def of_isbn(self, isbn13: str) -> KnownTitle | None:
        row = self._session.execute(_of_isbn, {'isbn13': isbn13}).one_or_none()
        return None if row is None else _title(row)

    def titled(self, title: str) -> Sequence[KnownTitle]:
        rows = self._session.execute(_titled, {'key': fold_key(title)})
        folded = title.casefold()
        return [_title(row) for row in rows if row.title.casefold() == folded]

    def category(self, name: str) -> KnownParent | None:
        rows = self._session.execute(_categories, {'key': fold_key(name)})
        folded = name.casefold()
        return next((KnownParent(id=row.id, active=row.active)
                     for row in rows if row.name.casefold() == folded), None)

    def author(self, person: Person) -> KnownParent | None:
        rows = self._session.execute(_authors, {
            'family': fold_key(person.family_name),
            'given': fold_key(person.given_name)
        })
        return next(
            (KnownParent(id=row.id, active=row.active) for row in rows
             if Person(family_name=row.family_name, given_name=row.given_name).key == person.key),
            None)

    def has_item_type(self, item_type: str) -> bool:
        return self._session.scalar(_item_type, {'item_type': item_type}) is not None

    def owner_of(self, barcode: str) -> UUID | None:
        return self._session.scalar(_owner, {'barcode': barcode})


def _title(row: Any) -> KnownTitle:
    return KnownTitle(id=row.id,
                      active=row.active,
                      title=row.title,
                      first_author=row.first_author,
                      year=row.year,
                      isbn13=row.isbn13)

"""What a book refers to, looked up while it is written."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import String, bindparam, func, literal_column, select, union_all
from sqlalchemy.orm import Session

from talelio_backend.app_assets.data.orm import image_table
from talelio_backend.app_library.data.catalogue_orm import (author_table, category_table,
                                                            item_type_table)
from talelio_backend.app_library.services.book_ports import Parent
from talelio_backend.shared.data.orm import Id

_A, _C = author_table.c, category_table.c
_categories = select(
    literal_column("'category'").label('type'), _C.id, _C.name,
    _C.deactivated_at.is_(None).label('active')).where(_C.id == bindparam('category_id', type_=Id))
_authors = select(literal_column("'author'"), _A.id,
                  func.concat_ws(' ', _A.given_name, _A.family_name),
                  _A.deactivated_at.is_(None)).where(
                      _A.id.in_(bindparam('author_ids', type_=Id, expanding=True)))
_parents = union_all(_categories, _authors).order_by(
    literal_column('type').desc(), literal_column('name'), literal_column('id'))
# What the foreign keys would lock as well, a moment later.
_item_type = select(item_type_table.c.id).where(
    item_type_table.c.id == bindparam('item_type', type_=String)).with_for_update(read=True,
                                                                                  key_share=True)
_image = select(image_table.c.id).where(
    image_table.c.id == bindparam('image_id', type_=Id)).with_for_update(read=True, key_share=True)


class SqlSurroundings:
    """See the port ``Surroundings``."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def parents(self, *, category_id: UUID, author_ids: Collection[UUID]) -> Sequence[Parent]:
        rows = self._session.execute(_parents, {
            'category_id': category_id,
            'author_ids': list(author_ids)
        })
        return [Parent(type=row.type, id=row.id, name=row.name, active=row.active) for row in rows]

    def has_item_type(self, item_type: str) -> bool:
        return self._session.scalar(_item_type, {'item_type': item_type}) is not None

    def has_image(self, image_id: UUID) -> bool:
        return self._session.scalar(_image, {'image_id': image_id}) is not None

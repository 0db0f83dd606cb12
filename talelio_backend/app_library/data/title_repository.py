from uuid import UUID

from sqlalchemy import String, bindparam, select
from sqlalchemy.orm import Session

from talelio_backend.app_library.data.catalogue_orm import book_table, copy_table
from talelio_backend.app_library.services.ports import Title
from talelio_backend.shared.data.orm import Id

_B = book_table.c
_found = select(
    _B.id, _B.title, _B.deactivated_at,
    _B.item_type).where(_B.id == bindparam('book_id', type_=Id)).with_for_update(key_share=True)
_of_barcode = select(
    copy_table.c.book_id).where(copy_table.c.barcode == bindparam('barcode', type_=String))


class SqlTitleRepository:
    """See the port ``TitleRepository``."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def locked(self, book_id: UUID) -> Title | None:
        row = self._session.execute(_found, {'book_id': book_id}).one_or_none()
        if row is None:
            return None
        return Title(id=row.id,
                     name=row.title,
                     active=row.deactivated_at is None,
                     item_type=row.item_type)

    def of_barcode(self, barcode: str) -> UUID | None:
        return self._session.scalar(_of_barcode, {'barcode': barcode})

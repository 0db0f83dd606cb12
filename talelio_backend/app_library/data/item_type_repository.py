from collections.abc import Collection

from sqlalchemy import exists, func, literal, select
from sqlalchemy.orm import Session

from talelio_backend.app_library.data.catalogue_orm import book_table, item_type_table
from talelio_backend.app_library.data.circulation_orm import policy_table
from talelio_backend.app_library.data.money_orm import tariff_table
from talelio_backend.app_library.domain.item_type import ItemType


class SqlItemTypeRepository:
    """See the port ``ItemTypeRepository``."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, item_type: ItemType) -> None:
        self._session.add(item_type)

    def with_id(self, item_type: str) -> ItemType | None:
        # FOR UPDATE also waits for books and policies of it that are being written, and they for
        # it: their foreign keys take the weaker lock of ``kept``.
        return self._session.get(ItemType, item_type, with_for_update=True)

    def kept(self, item_types: Collection[str]) -> set[str]:
        found = select(item_type_table.c.id).where(item_type_table.c.id.in_(item_types))
        locked = found.order_by(item_type_table.c.id).with_for_update(read=True, key_share=True)
        return set(self._session.scalars(locked))

    def is_used(self, item_type: str) -> bool:
        rates = func.jsonb_path_exists(tariff_table.c.rates, literal('$[*] ? (@.item_type == $x)'),
                                       func.jsonb_build_object('x', item_type))
        named = exists().where(book_table.c.item_type == item_type) | exists().where(
            policy_table.c.item_type == item_type) | exists().where(rates)
        return bool(self._session.scalar(select(named)))

    def remove(self, item_type: ItemType) -> None:
        self._session.delete(item_type)

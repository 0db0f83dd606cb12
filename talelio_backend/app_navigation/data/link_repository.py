from collections.abc import Collection
from uuid import UUID

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from talelio_backend.app_navigation.data.orm import link_table
from talelio_backend.app_navigation.domain.link import MenuLink

# A lock by name, and not of rows: what is missing has no row to lock.
_lock = select(
    func.pg_advisory_xact_lock(func.hashtextextended(bindparam('name'), bindparam('seed'))))


class SqlLinkRepository:

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, link: MenuLink) -> None:
        self._session.add(link)

    def with_id(self, link_id: UUID) -> MenuLink | None:
        return self._session.get(MenuLink, link_id, with_for_update=True)

    def missing_of(self, ids: Collection[UUID]) -> frozenset[UUID]:
        self._session.execute(_lock, {'name': 'menu links', 'seed': 0})
        present = self._session.scalars(select(link_table.c.id).where(link_table.c.id.in_(ids)))
        return frozenset(ids) - frozenset(present)

    def remove(self, link: MenuLink) -> None:
        self._session.delete(link)

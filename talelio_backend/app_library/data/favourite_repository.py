from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from talelio_backend.app_library.data.catalogue_orm import book_table
from talelio_backend.app_library.data.circulation_orm import favourite_table
from talelio_backend.app_library.domain.favourite import Favourite

_F = favourite_table.c


class SqlFavouriteRepository:
    """See the port ``FavouriteRepository``."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, favourite: Favourite) -> None:
        self._session.add(favourite)

    def with_id(self, favourite_id: UUID) -> Favourite | None:
        return self._session.get(Favourite, favourite_id, with_for_update=True)

    def of(self, *, book_id: UUID, member_id: UUID) -> Favourite | None:
        found = select(Favourite).where(_F.book_id == book_id, _F.member_id == member_id)
        return self._session.scalar(found)

    def title_of(self, book_id: UUID) -> str | None:
        return self._session.scalar(select(book_table.c.title).where(book_table.c.id == book_id))

    def remove(self, favourite: Favourite) -> None:
        self._session.delete(favourite)

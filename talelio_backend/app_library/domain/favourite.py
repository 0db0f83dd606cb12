from dataclasses import dataclass
from datetime import datetime
from typing import Self
from uuid import UUID

from talelio_backend.app_library.domain.circulation_events import FavouriteAdded, FavouriteRemoved
from talelio_backend.shared.domain.aggregate import Aggregate
from talelio_backend.shared.domain.ids import new_id


@dataclass(kw_only=True, eq=False)
class Favourite(Aggregate):
    """A member's mark on a book. It outlives a deactivation of the book."""

    book_id: UUID
    member_id: UUID
    created_at: datetime

    @classmethod
    def add(cls, *, book_id: UUID, title: str, member_id: UUID, now: datetime) -> Self:
        favourite = cls(id=new_id(), book_id=book_id, member_id=member_id, created_at=now)
        favourite.record(FavouriteAdded(book_id=book_id, title=title))
        return favourite

    def remove(self, *, title: str) -> None:
        self.record(FavouriteRemoved(book_id=self.book_id, title=title))

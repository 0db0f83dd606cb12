"""What favourites and notices need from outside, beside what the desk needs."""

from typing import Protocol
from uuid import UUID

from talelio_backend.app_library.domain.favourite import Favourite
from talelio_backend.app_library.services.notice_ports import NoticeRepository
from talelio_backend.app_library.services.ports import DeskUnitOfWork


class FavouriteRepository(Protocol):

    def add(self, favourite: Favourite) -> None:
        """Raises AlreadyFavourite, by ``commit`` at the latest."""
        ...

    def with_id(self, favourite_id: UUID) -> Favourite | None:
        """Locked."""
        ...

    def of(self, *, book_id: UUID, member_id: UUID) -> Favourite | None:
        ...

    def title_of(self, book_id: UUID) -> str | None:
        """The book's title, without a lock; None where there is no such book."""
        ...

    def remove(self, favourite: Favourite) -> None:
        ...


class WaitingUnitOfWork(DeskUnitOfWork, Protocol):

    @property
    def favourites(self) -> FavouriteRepository:
        ...

    @property
    def notices(self) -> NoticeRepository:
        ...

from collections.abc import Callable
from uuid import UUID

from talelio_backend.app_library.domain.errors import (AlreadyFavourite, FavouriteNotFound,
                                                       UnknownReference)
from talelio_backend.app_library.domain.favourite import Favourite
from talelio_backend.app_library.services.waiting_ports import WaitingUnitOfWork
from talelio_backend.shared.domain.errors import NotYours
from talelio_backend.shared.services.clock import Clock


class FavouritesService:

    def __init__(self, *, open_uow: Callable[[], WaitingUnitOfWork], clock: Clock) -> None:
        self._open_uow = open_uow
        self._clock = clock

    def add(self, *, member_id: UUID, book_id: UUID) -> UUID:
        """Inactive books may be marked. Raises NotYours (the account is gone by now),
        UnknownReference, AlreadyFavourite with the id of the one that is there."""
        now = self._clock.now()
        with self._open_uow() as uow:
            # One member's marks come one after the other, so that the second can name the first.
            if uow.members.locked(member_id, now=now) is None:
                raise NotYours()
            title = uow.favourites.title_of(book_id)
            if title is None:
                raise UnknownReference('/book_id', 'book')
            present = uow.favourites.of(book_id=book_id, member_id=member_id)
            if present is not None:
                raise AlreadyFavourite(favourite_id=str(present.id))
            favourite = Favourite.add(book_id=book_id, title=title, member_id=member_id, now=now)
            uow.favourites.add(favourite)
            uow.commit()
        return favourite.id

    def remove(self, *, favourite_id: UUID, member_id: UUID) -> None:
        """Raises FavouriteNotFound, for those of others too."""
        with self._open_uow() as uow:
            favourite = uow.favourites.with_id(favourite_id)
            if favourite is None or favourite.member_id != member_id:
                raise FavouriteNotFound()
            favourite.remove(title=uow.favourites.title_of(favourite.book_id) or '')
            uow.favourites.remove(favourite)
            uow.commit()

"""Covers that others show: copied to our own images, never linked to."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from uuid import UUID

from talelio_backend.app_library.services.book_ports import BookUnitOfWork
from talelio_backend.app_library.services.cataloguing import edit_book
from talelio_backend.app_library.services.metadata import CoverSource
from talelio_backend.shared.domain.errors import DomainError, Unavailable
from talelio_backend.shared.services.clock import Clock
from talelio_backend.shared.services.pictures import PictureKeeper
from talelio_backend.shared.services.provenance import acting_as, provenance

# Seconds that a cover waits for its turn.
PATIENCE = 120.0


class CoverService:
    """``keepers`` holds one where the images are kept by this installation."""

    def __init__(self, *, open_uow: Callable[[], BookUnitOfWork], source: CoverSource,
                 keepers: Sequence[PictureKeeper], clock: Clock) -> None:
        self._open_uow = open_uow
        self._source = source
        self._keepers = keepers
        self._clock = clock

    def copy(self, *, book_id: str, url: str, owner_id: str) -> None:
        """Gives a book that has no cover the picture at ``url``, in the name of ``owner_id``. A
        picture that is refused, or not there, is left out. Raises Unavailable: to be tried
        again."""
        with self._open_uow() as uow:
            book = uow.books.locked(UUID(book_id))
        if book is None or book.cover_image_id is not None or not self._keepers:
            return
        content = self._source.cover(url, patience=PATIENCE)
        image_id = None if content is None else self._kept(UUID(owner_id), content)
        if image_id is not None:
            with acting_as(replace(provenance(), actor_id=UUID(owner_id))):
                self._show(UUID(book_id), image_id)

    def _kept(self, owner_id: UUID, content: bytes) -> UUID | None:
        try:
            return self._keepers[0].keep(owner_id=owner_id, file_name='cover', content=content)
        except Unavailable:
            raise
        except DomainError:  # no picture that we take, or no room for another
            return None

    def _show(self, book_id: UUID, image_id: UUID) -> None:
        with self._open_uow() as uow:
            uow.catalogue.lock()
            book = uow.books.locked(book_id)
            if book is None or book.cover_image_id is not None:
                return
            edit_book(uow, book, {'cover_image_id': image_id}, now=self._clock.now())
            uow.commit()

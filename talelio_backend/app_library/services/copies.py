"""The volumes of a title: bought, repaired, withdrawn. Whatever becomes free goes to those who
wait, in the same transaction."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from talelio_backend.app_library.domain.book import Book
from talelio_backend.app_library.domain.copy import Condition, Copy, Status
from talelio_backend.app_library.domain.errors import BookNotFound, CopiesInUse, CopyNotFound
from talelio_backend.app_library.services import queueing
from talelio_backend.app_library.services.book_ports import BookUnitOfWork
from talelio_backend.app_library.services.ports import Title
from talelio_backend.shared.domain.events import Change
from talelio_backend.shared.services.clock import Clock

# Of copies that are all free those go first that are worth least.
_WORST_FIRST = (Condition.DAMAGED, Condition.WORN, Condition.GOOD, Condition.NEW)


def title_of(book: Book) -> Title:
    return Title(id=book.id, name=book.title, active=book.is_active, item_type=book.item_type)


def acquire(uow: BookUnitOfWork, book: Book, count: int, *, now: datetime) -> None:
    """Adds copies, with barcodes that nobody chose."""
    for barcode in uow.copies.next_barcodes(count) if count else ():
        uow.copies.add(
            Copy.acquire(book_id=book.id,
                         title=book.title,
                         barcode=barcode,
                         condition=Condition.GOOD,
                         note='',
                         now=now))


def stock(uow: BookUnitOfWork, book: Book, number: int, *, now: datetime) -> Change | None:
    """Sees to it that the library owns ``number`` copies of a locked book: more are acquired, or
    free ones withdrawn. None where it owns as many already. Raises CopiesInUse."""
    owned = uow.books.number_owned(book.id)
    if number == owned:
        return None
    if number > owned:
        acquire(uow, book, number - owned, now=now)
    else:
        _withdraw(uow, book, owned - number, now=now)
    return Change(owned, number)


def _withdraw(uow: BookUnitOfWork, book: Book, count: int, *, now: datetime) -> None:
    # Who waits is served before anything is taken away.
    title = title_of(book)
    queue = queueing.open_queue(uow, title, now=now)
    queueing.advance(uow, title, queue, now=now)
    free = sorted(queue.free(), key=lambda copy: _WORST_FIRST.index(copy.condition))
    if len(free) < count:
        raise CopiesInUse(available=len(free))
    for copy in free[:count]:
        copy.edit({'status': Status.WITHDRAWN}, title=book.title, now=now)


class CopyService:
    """What administrators do with single copies. The catalogue's lock keeps a barcode that is
    given by hand from being given out by the server at the same moment."""

    def __init__(self, *, open_uow: Callable[[], BookUnitOfWork], clock: Clock) -> None:
        self._open_uow = open_uow
        self._clock = clock

    def add(self, *, book_id: UUID, barcode: str | None, condition: Condition, note: str) -> UUID:
        """Without ``barcode`` the server gives one. Raises BookNotFound, BarcodeTaken."""
        now = self._clock.now()
        with self._open_uow() as uow:
            uow.catalogue.lock()
            book = uow.books.locked(book_id)
            if book is None:
                raise BookNotFound()
            copy = Copy.acquire(book_id=book_id,
                                title=book.title,
                                barcode=barcode or uow.copies.next_barcodes(1)[0],
                                condition=condition,
                                note=note,
                                now=now)
            uow.copies.add(copy)
            _settle(uow, book, now)
            uow.commit()
        return copy.id

    def change(self, *, copy_id: UUID, changes: Mapping[str, Any]) -> None:
        """``changes`` are new values of barcode, condition, note and status. Raises CopyNotFound,
        CopyInUse, BarcodeTaken."""
        now = self._clock.now()
        with self._open_uow() as uow:
            uow.catalogue.lock()
            book = uow.books.of_copy(copy_id)
            copy = uow.copies.with_id(copy_id)
            if book is None or copy is None:
                raise CopyNotFound()
            copy.edit(changes, title=book.title, now=now)
            _settle(uow, book, now)
            uow.commit()


def _settle(uow: BookUnitOfWork, book: Book, now: datetime) -> None:
    uow.flush()
    queueing.settle(uow, title_of(book), now=now)

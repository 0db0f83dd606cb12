"""The books of the catalogue, as administrators and imports write them."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from talelio_backend.app_library.domain.book import Book, Contribution, checked
from talelio_backend.app_library.domain.errors import BookNotFound, IsbnTaken, ParentInactive
from talelio_backend.app_library.services import queueing
from talelio_backend.app_library.services.book_ports import BookUnitOfWork, Parent
from talelio_backend.app_library.services.copies import acquire, stock, title_of
from talelio_backend.app_library.services.covers import shown_by, tell_cover
from talelio_backend.shared.domain.errors import Fault, Invalid
from talelio_backend.shared.services.clock import Clock


@dataclass(frozen=True, kw_only=True)
class NewBook:
    """The fields of ``Book`` that are given, as they are kept."""

    title: str
    authors: tuple[Contribution, ...]
    category_id: UUID
    subtitle: str | None = None
    item_type: str = 'regular'
    description: str = ''
    isbn13: str | None = None
    publisher: str | None = None
    year: int | None = None
    language: str | None = None
    cover_image_id: UUID | None = None


def add_book(uow: BookUnitOfWork, new: NewBook, *, copies: int, now: datetime) -> Book:
    """Adds a book and ``copies`` of it, within a transaction that holds the catalogue's lock.
    Raises Invalid, IsbnTaken, ParentInactive."""
    book = Book.create(now=now, **vars(new))
    _check(uow, book, vars(new))
    uow.books.save(book)
    tell_cover(book, former=(book.title, None))
    acquire(uow, book, copies, now=now)
    return book


def edit_book(uow: BookUnitOfWork,
              book: Book,
              changes: Mapping[str, Any],
              *,
              number_owned: int | None = None,
              now: datetime) -> None:
    """Changes a locked book, likewise. Raises Invalid, IsbnTaken, ParentInactive, CopiesInUse."""
    # What is already so needs no second look: a cover that is being deleted is not waited for.
    _check(uow, book, {
        name: value
        for name, value in changes.items() if getattr(book, name) != value
    })
    owned = None if number_owned is None else stock(uow, book, number_owned, now=now)
    former = shown_by(book)
    book.edit(changes, owned=owned, now=now)
    tell_cover(book, former=former)
    uow.books.save(book)
    queueing.settle(uow, title_of(book), now=now)


class CataloguingService:
    """What administrators do with books. Each edit holds the catalogue's lock: what it found out
    about ISBNs, categories and authors stays true until it ends.

    Where ``expected_version`` is given and is not the present one, VersionMismatch is raised.
    """

    def __init__(self, *, open_uow: Callable[[], BookUnitOfWork], clock: Clock) -> None:
        self._open_uow = open_uow
        self._clock = clock

    def create(self, new: NewBook, *, number_owned: int) -> UUID:
        """Raises Invalid, IsbnTaken, ParentInactive."""
        with self._open_uow() as uow:
            uow.catalogue.lock()
            book = add_book(uow, new, copies=number_owned, now=self._clock.now())
            uow.commit()
        return book.id

    def edit(self, *, book_id: UUID, changes: Mapping[str, Any], number_owned: int | None,
             expected_version: int | None) -> None:
        """``changes`` are new values of the fields of ``NewBook``; ``number_owned`` None leaves
        the copies alone. Raises BookNotFound, VersionMismatch, Invalid, IsbnTaken,
        ParentInactive, CopiesInUse."""
        now = self._clock.now()
        changes = checked(changes, now=now)
        with self._open_uow() as uow:
            book = _found(uow, book_id, expected_version)
            edit_book(uow, book, changes, number_owned=number_owned, now=now)
            uow.commit()

    def deactivate(self, *, book_id: UUID, expected_version: int | None) -> None:
        """Cancels its open holds; loans and favourites stay. Raises BookNotFound,
        VersionMismatch, AlreadyInactive."""
        with self._open_uow() as uow:
            book, now = _found(uow, book_id, expected_version), self._clock.now()
            book.deactivate(now=now)
            uow.books.save(book)
            uow.cascade.of_book(book, now=now)
            uow.commit()

    def restore(self, *, book_id: UUID, expected_version: int | None) -> None:
        """Raises BookNotFound, VersionMismatch, AlreadyActive, ParentInactive."""
        with self._open_uow() as uow:
            book = _found(uow, book_id, expected_version)
            book.restore(now=self._clock.now())
            _check_active(_parents(uow, book.category_id, book.authors))
            uow.books.save(book)
            uow.commit()


def _found(uow: BookUnitOfWork, book_id: UUID, expected_version: int | None) -> Book:
    uow.catalogue.lock()
    book = uow.books.locked(book_id)
    if book is None:
        raise BookNotFound()
    book.expect(expected_version)
    return book


def _check(uow: BookUnitOfWork, book: Book, named: Mapping[str, Any]) -> None:
    """Whether ``book`` may say what is ``named``."""
    category_id = named.get('category_id', book.category_id)
    authors = named.get('authors', book.authors)
    parents: Sequence[Parent] = ()
    if not named.keys().isdisjoint(('category_id', 'authors')):
        parents = _parents(uow, category_id, authors)
    faults = [*_unknown(uow, named, {parent.id for parent in parents})]
    if faults:
        raise Invalid(*faults)
    isbn13 = named.get('isbn13')
    other = None if isbn13 is None else uow.books.with_isbn(isbn13)
    if other not in (None, book.id):
        raise IsbnTaken(book_id=str(other))
    if book.is_active:
        _check_active(parents)


def _unknown(uow: BookUnitOfWork, named: Mapping[str, Any],
             parents: Collection[UUID]) -> Iterator[Fault]:
    """The ids that name nothing; ``parents`` are the authors and categories that there are."""
    for place, contribution in enumerate(named.get('authors', ())):
        if contribution.author_id not in parents:
            yield _fault(f'/authors/{place}/author_id', 'author')
    if 'category_id' in named and named['category_id'] not in parents:
        yield _fault('/category_id', 'category')
    if 'item_type' in named and not uow.surroundings.has_item_type(named['item_type']):
        yield _fault('/item_type', 'item type')
    cover_id = named.get('cover_image_id')
    if cover_id is not None and not uow.surroundings.has_image(cover_id):
        yield _fault('/cover_image_id', 'image')


def _fault(pointer: str, what: str) -> Fault:
    return Fault(pointer, 'unknown', f'there is no such {what}')


def _parents(uow: BookUnitOfWork, category_id: UUID,
             authors: Iterable[Contribution]) -> Sequence[Parent]:
    author_ids = {contribution.author_id for contribution in authors}
    return uow.surroundings.parents(category_id=category_id, author_ids=author_ids)


def _check_active(parents: Iterable[Parent]) -> None:
    inactive = [{
        'type': parent.type,
        'id': str(parent.id),
        'name': parent.name
    } for parent in parents if not parent.active]
    if inactive:
        raise ParentInactive(inactive=inactive)

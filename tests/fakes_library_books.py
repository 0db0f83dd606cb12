"""The ports of the catalogue's books without I/O, beside those of the desk."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from talelio_backend.app_library.domain.book import Book, Contribution
from talelio_backend.app_library.domain.copy import Copy, Status
from talelio_backend.app_library.domain.errors import BarcodeTaken, IsbnTaken
from talelio_backend.app_library.domain.hold import Hold
from talelio_backend.app_library.services.book_ports import Parent
from talelio_backend.app_library.services.cataloguing import NewBook
from talelio_backend.shared.domain.ids import new_id
from tests.fakes import NOON
from tests.fakes_library_desk import FakeDeskUnitOfWork

_NOT_OWNED = (Status.LOST, Status.WITHDRAWN)


class RecordingLock:

    def __init__(self, locks: list[str]) -> None:
        self._locks = locks

    def lock(self) -> None:
        self._locks.append('catalogue')


class InMemoryBooks:

    def __init__(self, books: dict[UUID, Book], copies: dict[UUID, Copy],
                 locks: list[str]) -> None:
        self._books = books
        self._copies = copies
        self._locks = locks

    def save(self, book: Book) -> None:
        self._books[book.id] = book

    def locked(self, book_id: UUID) -> Book | None:
        self._locks.append('book')
        return self._books.get(book_id)

    def of_copy(self, copy_id: UUID) -> Book | None:
        copy = self._copies.get(copy_id)
        return None if copy is None else self.locked(copy.book_id)

    def with_isbn(self, isbn13: str) -> UUID | None:
        return next((book.id for book in self._books.values() if book.isbn13 == isbn13), None)

    def number_owned(self, book_id: UUID) -> int:
        return sum(copy.book_id == book_id and copy.status not in _NOT_OWNED
                   for copy in self._copies.values())


class KnownSurroundings:

    def __init__(self) -> None:
        self.known: dict[UUID, Parent] = {}
        self.images: set[UUID] = set()

    def parents(self, *, category_id: UUID, author_ids: Collection[UUID]) -> Sequence[Parent]:
        return [
            self.known[parent_id] for parent_id in (category_id, *author_ids)
            if parent_id in self.known
        ]

    def has_item_type(self, item_type: str) -> bool:
        return item_type in ('regular', 'fiction', 'novel')

    def has_image(self, image_id: UUID) -> bool:
        return image_id in self.images


class RecordingCascade:

    def __init__(self) -> None:
        self.books: list[UUID] = []

    def of_book(self, book: Book, *, now: datetime) -> None:
        assert book.deactivated_at == now
        self.books.append(book.id)

    def of_category(self, category_id: UUID, *, now: datetime) -> None:
        raise NotImplementedError

    def of_author(self, author_id: UUID, *, now: datetime) -> None:
        raise NotImplementedError


class FakeBookUnitOfWork(FakeDeskUnitOfWork):
    """A library with a category and an author, ``novels`` and ``austen``."""

    def __init__(self) -> None:
        super().__init__()
        self.stored_books: dict[UUID, Book] = {}
        self._stores = (*self._stores, self.stored_books)
        self.catalogue = RecordingLock(self.locks)
        self.books = InMemoryBooks(self.stored_books, self.stored_copies, self.locks)
        self.surroundings = KnownSurroundings()
        self.cascade = RecordingCascade()
        self.novels = self.has_parent('Novels', category=True)
        self.austen = self.has_parent('Jane Austen')

    def has_parent(self, name: str, *, category: bool = False, active: bool = True) -> UUID:
        parent = Parent(type='category' if category else 'author',
                        id=new_id(),
                        name=name,
                        active=active)
        self.surroundings.known[parent.id] = parent
        return parent.id

    def emma(self, **fields: Any) -> NewBook:
        given: dict[str, Any] = {
            'title': 'Emma',
            'authors': (Contribution(author_id=self.austen), ),
            'category_id': self.novels
        }
        return NewBook(**given | fields)

    def waits(self, book_id: UUID, member_id: UUID) -> UUID:
        hold = Hold.place(book_id=book_id,
                          member_id=member_id,
                          title='Emma',
                          holder=None,
                          now=NOON)
        hold.collect_events()
        self.stored_holds[hold.id] = hold
        return hold.id

    def _check(self) -> None:
        isbns = [book.isbn13 for book in self.stored_books.values() if book.isbn13 is not None]
        if len(isbns) != len(set(isbns)):
            raise IsbnTaken()
        barcodes = [copy.barcode for copy in self.stored_copies.values()]
        if len(barcodes) != len(set(barcodes)):
            raise BarcodeTaken()

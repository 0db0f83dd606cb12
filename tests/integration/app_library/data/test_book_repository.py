from dataclasses import asdict
from datetime import UTC, datetime
from uuid import UUID

import pytest

from talelio_backend.app_library.data.unit_of_work import SqlLibraryUnitOfWork
from talelio_backend.app_library.domain.book import Book, Contribution, Role
from talelio_backend.app_library.domain.copy import Condition, Copy, Status
from talelio_backend.app_library.domain.errors import IsbnTaken
from talelio_backend.shared.domain.ids import new_id
from tests.authors import Site
from tests.shelves import Shelves

NOW = datetime(2026, 3, 14, 12, 0, 0, 123456, tzinfo=UTC)
LATER = datetime(2026, 3, 15, 12, 0, 0, 654321, tzinfo=UTC)


@pytest.fixture(name='shelves')
def make_shelves(site: Site) -> Shelves:
    return Shelves(site)


def open_uow(site: Site) -> SqlLibraryUnitOfWork:
    return SqlLibraryUnitOfWork(site.house.kernel.transactions)


def a_book(shelves: Shelves) -> Book:
    roles = (Role.TRANSLATOR, Role.AUTHOR, Role.CONTRIBUTOR)
    return Book.create(now=NOW,
                       title='Emma',
                       subtitle='A novel',
                       authors=tuple(
                           Contribution(author_id=shelves.author_id, role=role) for role in roles),
                       category_id=shelves.category_id,
                       item_type='novel',
                       description='Handsome,\nclever and rich.',
                       isbn13='9780306406157',
                       publisher='John Murray',
                       year=1815,
                       language='en-GB',
                       cover_image_id=None)


def kept(site: Site, book_id: UUID) -> Book:
    with open_uow(site) as uow:
        book = uow.books.locked(book_id)
    assert book is not None
    return book


def test_a_book_comes_back_as_it_was(site: Site, shelves: Shelves) -> None:
    book = a_book(shelves)
    with open_uow(site) as uow:
        uow.books.save(book)
        uow.commit()
    assert asdict(kept(site, book.id)) == asdict(book)
    with open_uow(site) as uow:
        edited = uow.books.locked(book.id)
        assert edited is not None
        edited.edit(
            {
                'title': 'Ema',
                'subtitle': None,
                'authors': edited.authors[::-1][:2],
                'item_type': 'fiction',
                'isbn13': None,
                'year': None
            },
            now=LATER)
        edited.deactivate(now=LATER)
        uow.books.save(edited)
        uow.commit()
    assert asdict(kept(site, book.id)) == asdict(edited)


def test_a_book_is_saved_more_than_once_in_one_transaction(site: Site, shelves: Shelves) -> None:
    book = a_book(shelves)
    with open_uow(site) as uow:
        uow.books.save(book)
        book.edit({'authors': book.authors[1:]}, now=LATER)
        uow.books.save(book)
        uow.commit()
    assert asdict(kept(site, book.id)) == asdict(book)


def test_what_is_not_committed_is_not_kept(site: Site, shelves: Shelves) -> None:
    book = a_book(shelves)
    with open_uow(site) as uow:
        uow.books.save(book)
    with open_uow(site) as uow:
        assert uow.books.locked(book.id) is None


def test_the_database_itself_refuses_a_second_isbn(site: Site, shelves: Shelves) -> None:
    with pytest.raises(IsbnTaken), open_uow(site) as uow:
        uow.books.save(a_book(shelves))
        uow.books.save(a_book(shelves))


def test_a_copy_comes_back_as_it_was(site: Site, shelves: Shelves) -> None:
    book_id = shelves.book(copies=0).id
    copy = Copy.acquire(book_id=book_id,
                        title='Emma',
                        barcode='A-1',
                        condition=Condition.WORN,
                        note='Torn',
                        now=NOW)
    with open_uow(site) as uow:
        uow.copies.add(copy)
        uow.commit()
    with open_uow(site) as uow:
        found = uow.copies.with_id(copy.id)
        assert found is not None and asdict(found) == asdict(copy)
        found.edit({'status': Status.LOST, 'note': ''}, title='Emma', now=LATER)
        uow.commit()
    with open_uow(site) as uow:
        again = uow.copies.with_id(copy.id)
        assert again is not None and asdict(again) == asdict(found)
        owner = uow.books.of_copy(copy.id)
        assert owner is not None and owner.id == book_id
        assert uow.books.of_copy(new_id()) is None


def test_what_circulates_is_free_or_kept(site: Site, shelves: Shelves) -> None:
    book = shelves.book(copies=6)
    for barcode, status in zip(book.barcodes, Status, strict=True):
        site.execute('UPDATE library_copy SET status = :status WHERE barcode = :barcode',
                     status=status.value,
                     barcode=barcode)
    with open_uow(site) as uow:
        found = uow.copies.in_circulation(book.id)
    assert {copy.status for copy in found} == {Status.AVAILABLE, Status.ON_HOLD_SHELF}
    assert len(found) == 2

from typing import Any
from uuid import UUID

import pytest

from talelio_backend.app_assets.domain.events import ImagesShown
from talelio_backend.app_library.domain.book import Contribution
from talelio_backend.app_library.domain.copy import Status
from talelio_backend.app_library.domain.errors import (BookNotFound, CopiesInUse, IsbnTaken,
                                                       ParentInactive)
from talelio_backend.app_library.domain.events import BookCreated, BookUpdated, CopyAdded
from talelio_backend.app_library.domain.hold import HoldState
from talelio_backend.app_library.services.cataloguing import CataloguingService
from talelio_backend.shared.domain.errors import Invalid, VersionMismatch
from talelio_backend.shared.domain.ids import new_id
from tests.fakes import FakeClock
from tests.fakes_library_books import FakeBookUnitOfWork

ISBN = '9780306406157'


class Desk:

    def __init__(self) -> None:
        self.uow = FakeBookUnitOfWork()
        self.service = CataloguingService(open_uow=lambda: self.uow, clock=FakeClock())

    def book(self, *, number_owned: int = 1, **fields: Any) -> UUID:
        return self.service.create(self.uow.emma(**fields), number_owned=number_owned)

    def edit(self,
             book_id: UUID,
             *,
             number_owned: int | None = None,
             version: int | None = None,
             **changes: Any) -> None:
        self.service.edit(book_id=book_id,
                          changes=changes,
                          number_owned=number_owned,
                          expected_version=version)


@pytest.fixture(name='desk')
def make_desk() -> Desk:
    return Desk()


def faults_of(error: Invalid) -> list[tuple[str, str]]:
    return [(fault.pointer, fault.code) for fault in error.faults]


def test_a_book_comes_with_its_copies(desk: Desk) -> None:
    book_id = desk.book(number_owned=3)
    assert desk.uow.statuses(book_id) == [Status.AVAILABLE] * 3
    barcodes = {copy.barcode for copy in desk.uow.stored_copies.values()}
    assert len(barcodes) == 3
    assert sorted(type(event).__name__ for event in desk.uow.events) == [
        BookCreated.__name__, *[CopyAdded.__name__] * 3
    ]


def test_the_catalogue_is_locked_before_everything_else(desk: Desk) -> None:
    book_id = desk.book()
    assert desk.uow.locks == ['catalogue']
    desk.edit(book_id, title='Ema')
    assert desk.uow.locks == ['catalogue', 'catalogue', 'book']


def test_everything_unknown_is_named(desk: Desk) -> None:
    with pytest.raises(Invalid) as refused:
        desk.book(authors=(Contribution(author_id=desk.uow.austen),
                           Contribution(author_id=new_id())),
                  category_id=new_id(),
                  item_type='comic',
                  cover_image_id=new_id())
    assert faults_of(refused.value) == [('/authors/1/author_id', 'unknown'),
                                        ('/category_id', 'unknown'), ('/item_type', 'unknown'),
                                        ('/cover_image_id', 'unknown')]
    assert not desk.uow.stored_books


def test_a_taken_isbn_names_the_book(desk: Desk) -> None:
    book_id = desk.book(isbn13=ISBN)
    with pytest.raises(IsbnTaken) as refused:
        desk.book(isbn13=ISBN)
    assert refused.value.data == {'book_id': str(book_id)}
    desk.edit(book_id, isbn13=ISBN)
    other_id = desk.book()
    with pytest.raises(IsbnTaken):
        desk.edit(other_id, isbn13=ISBN)
    desk.edit(other_id, isbn13=None)


def test_inactive_parents_are_named(desk: Desk) -> None:
    gone = desk.uow.has_parent('Gone', active=False)
    category = desk.uow.has_parent('Closed', category=True, active=False)
    with pytest.raises(ParentInactive) as refused:
        desk.book(category_id=category, authors=(Contribution(author_id=gone), ))
    assert refused.value.data == {
        'inactive': [{
            'type': 'category',
            'id': str(category),
            'name': 'Closed'
        }, {
            'type': 'author',
            'id': str(gone),
            'name': 'Gone'
        }]
    }


def test_only_an_active_book_needs_active_parents(desk: Desk) -> None:
    book_id, gone = desk.book(), desk.uow.has_parent('Gone', active=False)
    authors = (Contribution(author_id=gone), )
    with pytest.raises(ParentInactive):
        desk.edit(book_id, authors=authors)
    desk.service.deactivate(book_id=book_id, expected_version=1)
    desk.edit(book_id, authors=authors)
    with pytest.raises(ParentInactive):
        desk.service.restore(book_id=book_id, expected_version=None)
    desk.edit(book_id, authors=(Contribution(author_id=desk.uow.austen), ))
    desk.service.restore(book_id=book_id, expected_version=4)
    assert desk.uow.stored_books[book_id].is_active


def test_a_deactivation_cancels_what_waits(desk: Desk) -> None:
    book_id = desk.book()
    desk.service.deactivate(book_id=book_id, expected_version=None)
    assert desk.uow.cascade.books == [book_id]


def test_whoever_decided_on_another_version_is_refused(desk: Desk) -> None:
    book_id = desk.book()
    with pytest.raises(VersionMismatch):
        desk.edit(book_id, version=2, title='Ema')
    with pytest.raises(VersionMismatch):
        desk.service.deactivate(book_id=book_id, expected_version=2)
    with pytest.raises(VersionMismatch):
        desk.service.restore(book_id=book_id, expected_version=2)
    with pytest.raises(BookNotFound):
        desk.edit(new_id(), title='Ema')


def test_form_is_judged_before_the_book_is_looked_for(desk: Desk) -> None:
    with pytest.raises(Invalid):
        desk.edit(new_id(), year=3000)
    assert not desk.uow.locks


def test_copies_are_added_and_withdrawn_in_one_edit(desk: Desk) -> None:
    book_id = desk.book(number_owned=1)
    desk.edit(book_id, number_owned=3)
    assert desk.uow.statuses(book_id) == [Status.AVAILABLE] * 3
    desk.edit(book_id, number_owned=0, title='Ema')
    assert desk.uow.statuses(book_id) == [Status.WITHDRAWN] * 3
    edits = [event for event in desk.uow.events if isinstance(event, BookUpdated)]
    assert [sorted(edit.changed) for edit in edits] == [['number_owned'],
                                                        ['number_owned', 'title']]


def test_too_few_free_copies_change_nothing(desk: Desk) -> None:
    book_id = desk.book(number_owned=3)
    lent = next(iter(desk.uow.stored_copies.values()))
    lent.status = Status.ON_LOAN
    with pytest.raises(CopiesInUse) as refused:
        desk.edit(book_id, number_owned=0, title='Ema')
    assert refused.value.data == {'available': 2}
    assert desk.uow.stored_books[book_id].title == 'Emma'
    assert Status.WITHDRAWN not in desk.uow.statuses(book_id)


def test_a_new_copy_goes_to_who_waits(desk: Desk) -> None:
    book_id = desk.book(number_owned=0)
    hold = desk.uow.waits(book_id, desk.uow.has_member())
    desk.edit(book_id, number_owned=2)
    assert desk.uow.stored_holds[hold].state is HoldState.READY
    assert sorted(status.value
                  for status in desk.uow.statuses(book_id)) == ['available', 'on_hold_shelf']


def covers_told(desk: Desk) -> list[tuple[str, tuple[UUID, ...]]]:
    return [(event.title, event.image_ids) for event in desk.uow.events
            if isinstance(event, ImagesShown)]


def test_the_area_of_images_knows_the_cover(desk: Desk) -> None:
    one, two = new_id(), new_id()
    desk.uow.surroundings.images |= {one, two}
    book_id = desk.book(cover_image_id=one)
    desk.edit(book_id, year=1815)
    desk.edit(book_id, title='Ema')
    desk.edit(book_id, cover_image_id=two)
    desk.edit(book_id, cover_image_id=None)
    desk.edit(book_id, title='Emma')
    assert covers_told(desk) == [('Emma', (one, )), ('Ema', (one, )), ('Ema', (two, )),
                                 ('Ema', ())]


def test_of_a_book_without_a_cover_it_knows_nothing(desk: Desk) -> None:
    desk.edit(desk.book(), title='Ema')
    assert not covers_told(desk)


def test_what_is_already_so_is_not_looked_up_again(desk: Desk) -> None:
    cover = new_id()
    desk.uow.surroundings.images.add(cover)
    book_id = desk.book(cover_image_id=cover)
    desk.uow.surroundings.images.clear()
    desk.edit(book_id, cover_image_id=cover, title='Ema')
    assert desk.uow.stored_books[book_id].title == 'Ema'

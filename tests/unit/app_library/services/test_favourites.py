from uuid import UUID

import pytest

from talelio_backend.app_library.domain.circulation_events import FavouriteAdded, FavouriteRemoved
from talelio_backend.app_library.domain.errors import (AlreadyFavourite, FavouriteNotFound,
                                                       UnknownReference)
from talelio_backend.app_library.services.favourites import FavouritesService
from talelio_backend.shared.domain.errors import NotYours
from talelio_backend.shared.domain.ids import new_id
from tests.fakes import FakeClock
from tests.fakes_library_waiting import FakeWaitingUnitOfWork


@pytest.fixture(name='uow')
def make_uow() -> FakeWaitingUnitOfWork:
    return FakeWaitingUnitOfWork()


@pytest.fixture(name='service')
def make_service(uow: FakeWaitingUnitOfWork) -> FavouritesService:
    return FavouritesService(open_uow=lambda: uow, clock=FakeClock())


@pytest.fixture(name='book_id')
def make_book(uow: FakeWaitingUnitOfWork) -> UUID:
    book_id = new_id()
    uow.favourites.titles[book_id] = 'Emma'
    return book_id


def test_mark_is_made_once_and_removed_by_its_owner(uow: FakeWaitingUnitOfWork,
                                                    service: FavouritesService,
                                                    book_id: UUID) -> None:
    ada, ben = uow.has_member('ada'), uow.has_member('ben')
    favourite_id = service.add(member_id=ada, book_id=book_id)
    with pytest.raises(AlreadyFavourite) as refused:
        service.add(member_id=ada, book_id=book_id)
    assert refused.value.data == {'favourite_id': str(favourite_id)}
    with pytest.raises(FavouriteNotFound):
        service.remove(favourite_id=favourite_id, member_id=ben)
    service.remove(favourite_id=favourite_id, member_id=ada)
    assert not uow.stored_favourites
    assert uow.events == [
        FavouriteAdded(book_id=book_id, title='Emma'),
        FavouriteRemoved(book_id=book_id, title='Emma')
    ]


def test_there_must_be_a_book_and_somebody(uow: FakeWaitingUnitOfWork, service: FavouritesService,
                                           book_id: UUID) -> None:
    with pytest.raises(UnknownReference):
        service.add(member_id=uow.has_member(), book_id=new_id())
    with pytest.raises(NotYours):
        service.add(member_id=new_id(), book_id=book_id)

from uuid import UUID

import pytest

from talelio_backend.app_library.domain.copy import Condition, Status
from talelio_backend.app_library.domain.errors import (BarcodeTaken, BookNotFound, CopyInUse,
                                                       CopyNotFound)
from talelio_backend.app_library.domain.events import CopyAdded, CopyUpdated
from talelio_backend.app_library.domain.hold import HoldState
from talelio_backend.app_library.services.cataloguing import CataloguingService
from talelio_backend.app_library.services.copies import CopyService
from talelio_backend.shared.domain.events import Change
from talelio_backend.shared.domain.ids import new_id
from tests.fakes import FakeClock
from tests.fakes_library_books import FakeBookUnitOfWork


class Desk:

    def __init__(self) -> None:
        self.uow = FakeBookUnitOfWork()
        self.service = CopyService(open_uow=lambda: self.uow, clock=FakeClock())
        books = CataloguingService(open_uow=lambda: self.uow, clock=FakeClock())
        self.book_id = books.create(self.uow.emma(), number_owned=0)
        self.uow.events.clear()
        self.uow.locks.clear()

    def add(self, barcode: str | None = None) -> UUID:
        return self.service.add(book_id=self.book_id,
                                barcode=barcode,
                                condition=Condition.GOOD,
                                note='')

    def status(self, copy_id: UUID) -> Status:
        return self.uow.stored_copies[copy_id].status


@pytest.fixture(name='desk')
def make_desk() -> Desk:
    return Desk()


def test_a_copy_has_the_barcode_that_staff_give_it(desk: Desk) -> None:
    copy_id = desk.add('A-1')
    assert desk.uow.stored_copies[copy_id].barcode == 'A-1'
    assert desk.uow.events == [CopyAdded(copy_id=copy_id, barcode='A-1', title='Emma')]
    with pytest.raises(BarcodeTaken):
        desk.add('A-1')
    assert len(desk.uow.stored_copies) == 1


def test_the_server_gives_one_where_none_is_given(desk: Desk) -> None:
    barcodes = {desk.uow.stored_copies[desk.add()].barcode for _ in range(3)}
    assert len(barcodes) == 3


def test_locks_are_taken_from_the_whole_to_the_part(desk: Desk) -> None:
    copy_id = desk.add()
    desk.service.change(copy_id=copy_id, changes={'note': 'Torn'})
    assert desk.uow.locks == ['catalogue', 'book'] * 2


def test_what_is_not_there(desk: Desk) -> None:
    with pytest.raises(BookNotFound):
        desk.service.add(book_id=new_id(), barcode=None, condition=Condition.GOOD, note='')
    with pytest.raises(CopyNotFound):
        desk.service.change(copy_id=new_id(), changes={'note': ''})


def test_a_change_is_told_in_plain_values(desk: Desk) -> None:
    copy_id = desk.add('A-1')
    desk.uow.events.clear()
    desk.service.change(copy_id=copy_id,
                        changes={
                            'barcode': 'A-2',
                            'condition': Condition.WORN,
                            'note': '',
                            'status': Status.LOST
                        })
    assert desk.uow.events == [
        CopyUpdated(copy_id=copy_id,
                    barcode='A-2',
                    title='Emma',
                    changed={
                        'barcode': Change('A-1', 'A-2'),
                        'condition': Change('good', 'worn'),
                        'status': Change('available', 'lost')
                    })
    ]
    desk.service.change(copy_id=copy_id, changes={'status': Status.LOST})
    assert len(desk.uow.events) == 1


@pytest.mark.parametrize('status', [Status.ON_LOAN, Status.ON_HOLD_SHELF])
def test_a_copy_that_circulates_stays_where_it_is(desk: Desk, status: Status) -> None:
    copy_id = desk.add()
    desk.uow.stored_copies[copy_id].status = status
    with pytest.raises(CopyInUse):
        desk.service.change(copy_id=copy_id, changes={'status': Status.LOST})
    desk.service.change(copy_id=copy_id, changes={'note': 'Torn', 'status': status})
    assert desk.status(copy_id) is status


@pytest.mark.parametrize('was', [Status.IN_REPAIR, Status.LOST, Status.WITHDRAWN])
def test_a_copy_that_is_back_goes_to_who_waits(desk: Desk, was: Status) -> None:
    copy_id = desk.add()
    desk.service.change(copy_id=copy_id, changes={'status': was})
    hold = desk.uow.waits(desk.book_id, desk.uow.has_member())
    desk.service.change(copy_id=copy_id, changes={'status': Status.AVAILABLE})
    assert desk.status(copy_id) is Status.ON_HOLD_SHELF
    assert desk.uow.stored_holds[hold].state is HoldState.READY


def test_a_further_copy_goes_to_who_waits(desk: Desk) -> None:
    desk.uow.waits(desk.book_id, desk.uow.has_member())
    assert desk.status(desk.add()) is Status.ON_HOLD_SHELF

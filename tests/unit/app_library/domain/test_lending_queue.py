"""Who is given which copy of a title."""

from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talelio_backend.app_library.domain.copy import Condition, Copy, Status
from talelio_backend.app_library.domain.errors import NoCopyAvailable
from talelio_backend.app_library.domain.hold import Hold, HoldState
from talelio_backend.app_library.domain.queue import Queue
from talelio_backend.shared.domain.ids import new_id
from tests.fakes import NOON

BOOK = new_id()


def copies_of(count: int) -> list[Copy]:
    return [
        Copy.acquire(book_id=BOOK,
                     title='Emma',
                     barcode=f'B-{number:03}',
                     condition=Condition.GOOD,
                     note='',
                     now=NOON) for number in range(count)
    ]


def hold_of(member_id: UUID, place: int = 0) -> Hold:
    return Hold.place(book_id=BOOK,
                      member_id=member_id,
                      title='Emma',
                      holder=None,
                      now=NOON + timedelta(seconds=place))


def served(copies: list[Copy], holds: list[Hold]) -> Queue:
    queue = Queue(title='Emma', holds=holds, copies=copies)
    queue.advance(pickup_days=lambda _member_id: 7, now=NOON)
    return queue


def test_first_free_copy_is_lent() -> None:
    copies = copies_of(2)
    queue = Queue(title='Emma', holds=(), copies=list(reversed(copies)))
    assert queue.lend(member_id=new_id(), barcode=None, now=NOON) is copies[0]
    assert queue.lend(member_id=new_id(), barcode='B-001', now=NOON) is copies[1]
    with pytest.raises(NoCopyAvailable):
        queue.lend(member_id=new_id(), barcode=None, now=NOON)


def test_scanned_copy_alone_is_lent() -> None:
    queue = Queue(title='Emma', holds=(), copies=copies_of(2))
    with pytest.raises(NoCopyAvailable):
        queue.lend(member_id=new_id(), barcode='B-007', now=NOON)


def test_kept_copy_is_for_its_member_alone() -> None:
    ada, copies = new_id(), copies_of(1)
    hold = hold_of(ada)
    queue = served(copies, [hold])
    for barcode in (None, copies[0].barcode):
        with pytest.raises(NoCopyAvailable):
            queue.lend(member_id=new_id(), barcode=barcode, now=NOON)
    assert queue.lend(member_id=ada, barcode=None, now=NOON) is copies[0]
    assert (hold.state, copies[0].status) == (HoldState.FULFILLED, Status.ON_LOAN)


def test_kept_copy_that_is_left_behind_is_free() -> None:
    ada, copies = new_id(), copies_of(2)
    hold = hold_of(ada)
    queue = served(copies, [hold])
    assert queue.lend(member_id=ada, barcode='B-001', now=NOON) is copies[1]
    assert hold.state is HoldState.FULFILLED
    assert queue.free() == [copies[0]]


@pytest.mark.parametrize('suspended', [False, True])
def test_hold_of_who_borrows_is_fulfilled(suspended: bool) -> None:
    ada = new_id()
    hold = hold_of(ada)
    if suspended:
        hold.suspend(until=None, title='Emma', holder=None)
    Queue(title='Emma', holds=[hold], copies=copies_of(1)).lend(member_id=ada,
                                                                barcode=None,
                                                                now=NOON)
    assert hold.state is HoldState.FULFILLED


@given(st.integers(min_value=0, max_value=5), st.integers(min_value=0, max_value=5),
       st.integers(min_value=1, max_value=8))
def test_no_copy_is_promised_twice(waiting: int, copies: int, borrowers: int) -> None:
    shelf = copies_of(copies)
    queue = served(shelf, [hold_of(new_id(), place) for place in range(waiting)])
    lent = []
    for _ in range(borrowers):
        try:
            lent.append(queue.lend(member_id=new_id(), barcode=None, now=NOON))
        except NoCopyAvailable:
            break
    assert len(lent) == len(set(lent)) == min(borrowers, max(0, copies - waiting))
    kept = [copy for copy in shelf if copy.status is Status.ON_HOLD_SHELF]
    assert len(kept) == min(waiting, copies)


@given(st.lists(st.booleans(), max_size=6))
def test_copy_that_comes_back_is_kept_for_the_first_who_waits(suspended: list[bool]) -> None:
    holds = [hold_of(new_id(), place) for place in range(len(suspended))]
    for hold, passed_over in zip(holds, suspended):
        if passed_over:
            hold.suspend(until=None, title='Emma', holder=None)
    copy, = copies_of(1)
    copy.lend(now=NOON)
    queue = Queue(title='Emma', holds=reversed(holds), copies=())
    queue.take_back(copy, now=NOON)
    ready = queue.advance(pickup_days=lambda _member_id: 7, now=NOON)
    expected = [hold for hold, passed_over in zip(holds, suspended) if not passed_over][:1]
    assert ready == expected
    assert copy.status is (Status.ON_HOLD_SHELF if expected else Status.AVAILABLE)

"""Who stands where in a queue, and what time does to it."""

from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talelio_backend.app_library.domain.copy import Condition, Copy, Status
from talelio_backend.app_library.domain.errors import (AlreadyOnHold, HoldClosed, HoldNotSuspended,
                                                       HoldNotWaiting)
from talelio_backend.app_library.domain.hold import Hold, HoldState
from talelio_backend.app_library.domain.queue import Queue
from talelio_backend.shared.domain.ids import new_id
from tests.fakes import NOON

BOOK = new_id()
WEEK = timedelta(days=7)


def make_copy(number: int = 0) -> Copy:
    return Copy.acquire(book_id=BOOK,
                        title='Emma',
                        barcode=f'B-{number:03}',
                        condition=Condition.GOOD,
                        note='',
                        now=NOON)


def joined(queue: Queue, member_id: UUID | None = None, *, seconds: float = 0) -> Hold:
    return queue.join(book_id=BOOK,
                      member_id=member_id or new_id(),
                      holder=None,
                      now=NOON + timedelta(seconds=seconds))


def advance(queue: Queue, *, after: timedelta = timedelta(0)) -> list[Hold]:
    return queue.advance(pickup_days=lambda _: 7, now=NOON + after)


@given(st.lists(st.floats(min_value=-5, max_value=5), min_size=2, max_size=10))
def test_places_are_in_the_order_of_coming_whatever_the_clocks_say(clocks: list[float]) -> None:
    queue = Queue(title='Emma', holds=[], copies=[])
    holds = [joined(queue, seconds=seconds) for seconds in clocks]
    places = [hold.placed_at for hold in holds]
    assert places == sorted(set(places))
    assert list(queue.holds()) == holds


def test_member_stands_in_line_once() -> None:
    queue, member_id = Queue(title='Emma', holds=[], copies=[]), new_id()
    hold = joined(queue, member_id)
    with pytest.raises(AlreadyOnHold):
        joined(queue, member_id)
    queue.cancel(hold, reason='member', holder=None, now=NOON)
    assert joined(queue, member_id).state is HoldState.WAITING


def test_time_resumes_then_expires_then_hands_on() -> None:
    copy = make_copy()
    queue = Queue(title='Emma', holds=[], copies=[copy])
    first, second, third = (joined(queue) for _ in range(3))
    assert advance(queue) == [first]
    second.suspend(until=NOON + WEEK, title='Emma', holder=None)
    for hold in (first, second, third):
        hold.collect_events()
    queue.clear(now=NOON + WEEK)
    assert [hold.state.value for hold in (first, second)] == ['expired', 'waiting']
    assert (first.reason, first.closed_at) == ('not_collected', NOON + WEEK)
    assert advance(queue, after=WEEK) == [second]
    assert (second.copy_id, copy.status) == (copy.id, Status.ON_HOLD_SHELF)
    assert third.state is HoldState.WAITING
    events = [event for hold in (first, second) for event in hold.collect_events()]
    assert [event.action for event in events] == ['hold_expired', 'hold_resumed', 'hold_ready']
    assert all(event.by_itself for event in events)


def test_hold_leaves_its_states_by_its_rules() -> None:
    queue = Queue(title='Emma', holds=[], copies=[make_copy()])
    hold = joined(queue)
    with pytest.raises(HoldNotSuspended):
        hold.resume(title='Emma', holder=None)
    hold.suspend(until=None, title='Emma', holder=None)
    with pytest.raises(HoldNotWaiting):
        hold.suspend(until=None, title='Emma', holder=None)
    assert not advance(queue)
    hold.resume(title='Emma', holder='ada')
    assert [event.by_itself for event in hold.collect_events()] == [False] * 3
    assert advance(queue) == [hold]
    with pytest.raises(HoldNotWaiting):
        hold.suspend(until=None, title='Emma', holder=None)
    with pytest.raises(HoldClosed):
        queue.cancel(hold, reason='member', holder=None, now=NOON + WEEK)
    queue.cancel(hold, reason='member', holder=None, now=NOON)
    assert [copy.status for copy in queue.free()] == [Status.AVAILABLE]
    with pytest.raises(HoldClosed):
        queue.cancel(hold, reason='member', holder=None, now=NOON)

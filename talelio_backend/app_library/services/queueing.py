"""How every change that touches a title leaves its queue: whoever may be served is."""

from datetime import datetime
from uuid import UUID

from talelio_backend.app_library.domain.hold import Hold
from talelio_backend.app_library.domain.policy import resolve
from talelio_backend.app_library.domain.queue import Queue
from talelio_backend.app_library.services.ports import DeskUnitOfWork, Title
from talelio_backend.shared.domain.access import Level


def open_queue(uow: DeskUnitOfWork, title: Title, *, now: datetime) -> Queue:
    """The queue of a locked title, without the holds that are over: what is read from it holds
    at this moment."""
    queue = read_queue(uow, title)
    queue.clear(now=now)
    return queue


def read_queue(uow: DeskUnitOfWork, title: Title) -> Queue:
    """The queue of a locked title as it was left; whoever reads it clears it afterwards."""
    return Queue(title=title.name,
                 holds=uow.holds.open_of_title(title.id),
                 copies=uow.copies.in_circulation(title.id))


def advance(uow: DeskUnitOfWork, title: Title, queue: Queue, *, now: datetime) -> list[Hold]:
    """Keeps what is free for the first who wait. Returns the holds that became ready."""
    waiting = queue.waiting()
    if not waiting or not queue.free():
        return []
    # A copy that one hold gave up goes to another: the database must not see both have it.
    uow.flush()
    levels = uow.members.levels([hold.member_id for hold in waiting])
    policies = uow.policies.all()

    def pickup_days(member_id: UUID) -> int:
        level = levels.get(member_id, Level.MEMBER)
        return resolve(policies, level=level, item_type=title.item_type).policy.pickup_days

    return queue.advance(pickup_days=pickup_days, now=now)


def settle(uow: DeskUnitOfWork, title: Title, *, now: datetime) -> list[Hold]:
    """Clears and advances the queue of a locked title."""
    return advance(uow, title, open_queue(uow, title, now=now), now=now)

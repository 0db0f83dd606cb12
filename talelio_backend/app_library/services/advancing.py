"""What becomes of holds without anybody's request."""

from collections.abc import Callable
from uuid import UUID

from talelio_backend.app_library.services import queueing
from talelio_backend.app_library.services.ports import DeskUnitOfWork
from talelio_backend.shared.services.clock import Clock
from talelio_backend.shared.services.jobs import Job

ADVANCE_HOLDS = 'library.advance_holds'
CANCEL_HOLDS = 'library.cancel_holds'
# Titles that are looked up together; each is settled in a transaction of its own.
_AT_ONCE = 200


def cancel_job(member_id: UUID) -> Job:
    """The job that cancels the open holds of somebody who may not come for them any more."""
    return Job(name=CANCEL_HOLDS, arguments={'member_id': str(member_id)})


class AdvancingService:

    def __init__(self, *, open_uow: Callable[[], DeskUnitOfWork], clock: Clock) -> None:
        self._open_uow = open_uow
        self._clock = clock

    def advance(self) -> None:
        """Resumes suspended holds whose time has come, expires ready ones that nobody collected,
        and keeps free copies for those who wait."""
        last = None
        while books := self._to_settle(last):
            for book_id in books:
                self._settle(book_id)
            last = books[-1]

    def cancel_of(self, *, member_id: str) -> None:
        """Cancels the open holds of a member who is blocked or gone, and hands on the copies that
        were kept. Nothing where they may borrow again by now."""
        whose = UUID(member_id)
        with self._open_uow() as uow:
            standing = uow.members.standing(whose)
            books = [hold.book_id for hold in uow.holds.open_of_member(whose)]
        if standing is not None and standing.may_borrow:
            return
        for book_id in books:
            self._cancel(book_id, whose)

    def _to_settle(self, after: UUID | None) -> list[UUID]:
        with self._open_uow() as uow:
            return list(uow.holds.titles_to_settle(self._clock.now(), _AT_ONCE, after=after))

    def _settle(self, book_id: UUID) -> None:
        with self._open_uow() as uow:
            title = uow.titles.locked(book_id)
            if title is not None:
                queueing.settle(uow, title, now=self._clock.now())
                uow.commit()

    def _cancel(self, book_id: UUID, member_id: UUID) -> None:
        with self._open_uow() as uow:
            title = uow.titles.locked(book_id)
            if title is None:
                return
            now = self._clock.now()
            queue = queueing.open_queue(uow, title, now=now)
            hold = queue.of(member_id)
            if hold is not None:
                queue.cancel(hold,
                             reason='account_blocked',
                             holder=uow.members.username(member_id),
                             now=now)
            queueing.advance(uow, title, queue, now=now)
            uow.commit()

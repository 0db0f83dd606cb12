"""Who waits, what is marked and what is told, without I/O."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from talelio_backend.app_library.domain.favourite import Favourite
from talelio_backend.app_library.domain.hold import Hold, HoldState
from talelio_backend.app_library.services.notice_ports import DueLoan, NoticeKey, Stage
from talelio_backend.shared.domain.events import Event
from tests.fakes_library_desk import FakeDeskUnitOfWork
from tests.fakes_library_lending import InMemoryHolds


class CountedHolds(InMemoryHolds):
    """Every title with an open hold may be settled: settling it is idempotent."""

    def open_of_member(self, member_id: UUID) -> Sequence[Hold]:
        return [hold for hold in super().open_of_member(member_id) if hold.is_open]

    def count_open(self, member_id: UUID, *, item_type: str | None, now: datetime) -> int:
        del item_type
        return sum(not hold.is_over_at(now) for hold in self.open_of_member(member_id))

    def titles_to_settle(self, now: datetime, count: int, *, after: UUID | None) -> Sequence[UUID]:
        del now
        books = sorted({hold.book_id for hold in self._holds.values() if hold.is_open})
        return [book_id for book_id in books if after is None or book_id > after][:count]


class InMemoryFavourites:

    def __init__(self, favourites: dict[UUID, Favourite]) -> None:
        self._favourites = favourites
        self.titles: dict[UUID, str] = {}
        self.removed: list[Favourite] = []

    def add(self, favourite: Favourite) -> None:
        self._favourites[favourite.id] = favourite

    def with_id(self, favourite_id: UUID) -> Favourite | None:
        return self._favourites.get(favourite_id)

    def of(self, *, book_id: UUID, member_id: UUID) -> Favourite | None:
        return next((favourite for favourite in self._favourites.values()
                     if (favourite.book_id, favourite.member_id) == (book_id, member_id)), None)

    def title_of(self, book_id: UUID) -> str | None:
        return self.titles.get(book_id)

    def remove(self, favourite: Favourite) -> None:
        self.removed.append(self._favourites.pop(favourite.id))


class InMemoryNotices:

    def __init__(self, sent: dict[NoticeKey, bool]) -> None:
        self._sent = sent
        self.due: list[DueLoan] = []
        self.stages: list[Stage] = []

    def begin(self, stage: Stage, *, count: int, now: datetime) -> Sequence[DueLoan]:
        del now
        self.stages.append(stage)
        found = [
            loan for loan in self.due
            if loan.due_at <= stage.until and (stage.after is None or loan.due_at > stage.after)
            and self._key(stage, loan) not in self._sent
        ][:count]
        self._sent.update({self._key(stage, loan): False for loan in found})
        return found

    def claim(self, key: NoticeKey, *, now: datetime) -> bool:
        del now
        if self._sent.get(key):
            return False
        self._sent[key] = True
        return True

    def release(self, key: NoticeKey) -> None:
        self._sent[key] = False

    @staticmethod
    def _key(stage: Stage, loan: DueLoan) -> NoticeKey:
        return NoticeKey(name=stage.name, thing_id=loan.loan_id, due_at=loan.due_at)


class FakeWaitingUnitOfWork(FakeDeskUnitOfWork):

    def __init__(self) -> None:
        self.stored_favourites: dict[UUID, Favourite] = {}
        self.sent_notices: dict[NoticeKey, bool] = {}
        super().__init__()
        self._stores = (*self._stores, self.stored_favourites, self.sent_notices)
        self.holds = CountedHolds(self.stored_holds)
        self.favourites = InMemoryFavourites(self.stored_favourites)
        self.notices = InMemoryNotices(self.sent_notices)

    def commit(self) -> None:
        leaving: list[Event] = [
            event for favourite in self.favourites.removed for event in favourite.collect_events()
        ]
        super().commit()
        self.events += leaving

    def states(self, book_id: UUID) -> list[HoldState]:
        holds = sorted(self.stored_holds.values(), key=lambda hold: hold.placed_at)
        return [hold.state for hold in holds if hold.book_id == book_id]

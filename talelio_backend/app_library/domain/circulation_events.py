"""What happens at the desk: loans, holds, favourites, and the policies that rule them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from talelio_backend.shared.domain.events import ChangedEvent, Event, Target


@dataclass(frozen=True, kw_only=True)
class DeskEvent(Event):
    """About a title and a member. ``borrower`` is the member's name where somebody of the staff
    acts for them, and None where they act themselves."""

    book_id: UUID
    title: str
    borrower: str | None = None

    @property
    def target(self) -> Target:
        return Target('book', self.book_id, self.title)

    @property
    def for_whom(self) -> str:
        return f' for {self.borrower}' if self.borrower else ''


@dataclass(frozen=True, kw_only=True)
class LoanEvent(DeskEvent):
    loan_id: UUID


@dataclass(frozen=True, kw_only=True)
class BookBorrowed(LoanEvent):
    action = 'book_borrowed'
    activity = '{sentence}'

    due_at: datetime

    @property
    def sentence(self) -> str:
        if self.borrower:
            return f'Lent “{self.title}” to {self.borrower}'
        return f'Borrowed “{self.title}”'


@dataclass(frozen=True, kw_only=True)
class LoanReturned(LoanEvent):
    action = 'loan_returned'
    activity = 'Returned “{title}”{for_whom}'

    returned_at: datetime


@dataclass(frozen=True, kw_only=True)
class LoanExtended(LoanEvent):
    action = 'loan_extended'
    activity = 'Extended the loan of “{title}”{for_whom}'

    due_at: datetime


@dataclass(frozen=True, kw_only=True)
class LoanLost(LoanEvent):
    action = 'loan_lost'
    activity = 'Reported “{title}” lost{for_whom}'


@dataclass(frozen=True, kw_only=True)
class HoldEvent(DeskEvent):
    hold_id: UUID
    member_id: UUID


@dataclass(frozen=True, kw_only=True)
class HoldPlaced(HoldEvent):
    action = 'hold_placed'
    activity = 'Placed a hold on “{title}”{for_whom}'


@dataclass(frozen=True, kw_only=True)
class HoldSuspended(HoldEvent):
    action = 'hold_suspended'
    activity = 'Suspended the hold on “{title}”{for_whom}'


@dataclass(frozen=True, kw_only=True)
class HoldResumed(HoldEvent):
    action = 'hold_resumed'
    activity = 'Resumed the hold on “{title}”{for_whom}'

    by_itself: bool = False


@dataclass(frozen=True, kw_only=True)
class HoldBecameReady(HoldEvent):
    action = 'hold_ready'
    activity = 'A copy of “{title}” waits to be collected'

    by_itself = True
    ready_until: datetime


@dataclass(frozen=True, kw_only=True)
class HoldExpired(HoldEvent):
    action = 'hold_expired'
    activity = 'The hold on “{title}” was not collected in time'

    by_itself = True


@dataclass(frozen=True, kw_only=True)
class HoldCancelled(HoldEvent):
    action = 'hold_cancelled'
    activity = 'Cancelled the hold on “{title}”{for_whom}'

    reason: str


@dataclass(frozen=True, kw_only=True)
class FavouriteAdded(DeskEvent):
    action = 'favourite_added'
    activity = 'Marked “{title}” as a favourite'


@dataclass(frozen=True, kw_only=True)
class FavouriteRemoved(DeskEvent):
    action = 'favourite_removed'
    activity = 'Removed “{title}” from the favourites'


@dataclass(frozen=True, kw_only=True)
class PolicyEvent(Event):
    """``name`` is the scope of the policy."""

    policy_id: UUID
    name: str

    @property
    def target(self) -> Target:
        return Target('policy', self.policy_id, self.name)


@dataclass(frozen=True, kw_only=True)
class PolicyCreated(PolicyEvent):
    action = 'policy_created'
    activity = 'Added the policy for {name}'


@dataclass(frozen=True, kw_only=True)
class PolicyUpdated(PolicyEvent, ChangedEvent):
    action = 'policy_updated'
    activity = 'Changed the policy for {name}'


@dataclass(frozen=True, kw_only=True)
class PolicyDeleted(PolicyEvent):
    action = 'policy_deleted'
    activity = 'Deleted the policy for {name}'

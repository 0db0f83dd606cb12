from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Self
from uuid import UUID

from talelio_backend.app_library.domain.money_events import HistoryForgotten, MemberUpdated
from talelio_backend.shared.domain.access import Level
from talelio_backend.shared.domain.aggregate import Aggregate
from talelio_backend.shared.domain.events import changes_between


@dataclass(frozen=True, kw_only=True)
class Notices:
    """Which kinds of mail a member wants."""

    due_soon: bool = True
    overdue: bool = True
    holds: bool = True


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What the accounts say of a member at this moment."""

    username: str
    level: Level
    may_borrow: bool  # verified, and not blocked


@dataclass(kw_only=True, eq=False)
class Member(Aggregate):
    """Somebody who uses the library; ``id`` is the account's. Made on first use, and stays under
    the tombstone's name when the account is deleted. ``calendar_turn`` counts how often the
    secret of the calendar's address was turned over."""

    card_number: str
    credit_limit: Decimal | None
    notices: Notices
    history_days: int | None
    calendar_turn: int
    created_at: datetime

    @classmethod
    def join(cls, *, account_id: UUID, card_number: str, now: datetime) -> Self:
        return cls(id=account_id,
                   card_number=card_number,
                   credit_limit=None,
                   notices=Notices(),
                   history_days=None,
                   calendar_turn=0,
                   created_at=now)

    def change(self, changes: Mapping[str, Any], *, username: str) -> None:
        """``changes`` are new values of fields; what is already so is no change."""
        changed = changes_between({name: getattr(self, name) for name in changes}, changes)
        if not changed:
            return
        for name, change in changed.items():
            setattr(self, name, change.after)
        self.record(MemberUpdated(member_id=self.id, username=username, changed=changed))

    def forget(self, loans: int, *, username: str) -> None:
        """So many returned loans are nobody's from now on."""
        self.record(HistoryForgotten(member_id=self.id, username=username, loans=loans))

    def turn_calendar_over(self) -> None:
        """The former address of the calendar is good for nothing from now on."""
        self.calendar_turn += 1

"""What prices, the ledger and the members need from outside beside the desk."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from talelio_backend.app_library.domain.loan import Loan
from talelio_backend.app_library.services.catalogue_ports import ItemTypeRepository
from talelio_backend.app_library.services.ports import DeskUnitOfWork


class MemberLoans(Protocol):
    """The loans of members, as the ledger sees them."""

    def is_of(self, loan_id: UUID, member_id: UUID) -> bool:
        ...

    def members_to_book(self, now: datetime, count: int, *, after: UUID | None) -> Sequence[UUID]:
        """At most ``count`` members with an open loan of which a late day is not booked yet,
        by id, those behind ``after``."""
        ...

    def late(self, member_id: UUID, now: datetime) -> Sequence[Loan]:
        """The member's open loans whose due date has passed, by id; read anew after the member
        was locked."""
        ...

    def forget(self, member_id: UUID, *, returned_before: datetime | None) -> int:
        """Unlinks the member's returned loans, those returned before a moment or all of them.
        Answers how many."""
        ...

    def members_to_forget(self, now: datetime, count: int, *, usual_days: int,
                          after: UUID | None) -> Sequence[UUID]:
        """At most ``count`` members who owe nothing that is booked and have returned loans that
        are older than their ``history_days``, by id, those behind ``after``. ``usual_days``
        holds for members who say nothing; 0 keeps for ever."""
        ...


class MoneyUnitOfWork(DeskUnitOfWork, Protocol):

    @property
    def item_types(self) -> ItemTypeRepository:
        ...

    @property
    def member_loans(self) -> MemberLoans:
        ...

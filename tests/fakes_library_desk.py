"""The desk without I/O: its unit of work, members, prices and ledger. ``uow.locks`` tells what was
locked, in that order."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from talelio_backend.app_library.domain.copy import Condition, Copy, Status
from talelio_backend.app_library.domain.hold import Hold
from talelio_backend.app_library.domain.ledger import Entry
from talelio_backend.app_library.domain.loan import Loan
from talelio_backend.app_library.domain.member import Member, Standing
from talelio_backend.app_library.domain.money import ZERO
from talelio_backend.app_library.domain.policy import Policy
from talelio_backend.app_library.domain.tariff import Tariff, in_force
from talelio_backend.app_library.services.ports import OverdueDay, Title
from talelio_backend.shared.domain.access import Level
from talelio_backend.shared.domain.ids import new_id
from tests.fakes import NOON, FakeUnitOfWork
from tests.fakes_library_lending import (InMemoryCopies, InMemoryHolds, InMemoryItemTypes,
                                         InMemoryLoans, InMemoryPolicies, InMemoryTitles)

TERMS = {
    'length_days': 20,
    'extensions': 1,
    'extension_days': 20,
    'max_open_loans': None,
    'holds_allowed': True,
    'max_holds': 10,
    'pickup_days': 7,
    'grace_days': 0,
    'overdue_per_day': ZERO,
    'overdue_cap': None,
    'rental': True,
}


def make_policy(access_level: Level | None = None,
                item_type: str | None = None,
                **fields: Any) -> Policy:
    made = Policy.create(access_level=access_level,
                         item_type=item_type,
                         now=NOON,
                         **TERMS | fields)
    made.collect_events()
    return made


class InMemoryMembers:

    def __init__(self, members: dict[UUID, Member], locks: list[str]) -> None:
        self._members = members
        self._locks = locks
        self.standings: dict[UUID, Standing] = {}

    def locked(self, member_id: UUID, *, now: datetime) -> Member | None:
        self._locks.append('member')
        if member_id not in self.standings:
            return None
        return self._members.setdefault(
            member_id, Member.join(account_id=member_id, card_number=str(member_id), now=now))

    def standing(self, member_id: UUID) -> Standing | None:
        return self.standings.get(member_id)

    def username(self, member_id: UUID) -> str | None:
        return self.standings[member_id].username if member_id in self.standings else None

    def levels(self, member_ids: Collection[UUID]) -> Mapping[UUID, Level]:
        return {member_id: self.standings[member_id].level for member_id in member_ids}


class InMemoryTariffs:

    def __init__(self) -> None:
        self.stored: list[Tariff] = []

    def add(self, tariff: Tariff) -> None:
        self.stored.append(tariff)

    def with_id(self, tariff_id: str) -> Tariff | None:
        return next((tariff for tariff in self.stored if tariff.id == tariff_id), None)

    def in_force(self, at: datetime) -> Tariff | None:
        return in_force(self.stored, at=at)

    def is_carried(self, tariff_id: str) -> bool:
        raise NotImplementedError

    def remove(self, tariff: Tariff) -> None:
        self.stored.remove(tariff)


class InMemoryLedger:

    def __init__(self, entries: dict[UUID, Entry]) -> None:
        self._entries = entries
        self.run_up: Decimal = ZERO

    def add(self, entry: Entry) -> None:
        self._entries[entry.id] = entry

    def with_id(self, entry_id: UUID) -> Entry | None:
        return self._entries.get(entry_id)

    def booked(self, member_id: UUID) -> Decimal:
        return sum((entry.amount
                    for entry in self._entries.values() if entry.member_id == member_id), ZERO)

    def balance(self, member_id: UUID, *, at: datetime) -> Decimal:
        del at
        return self.booked(member_id) + self.run_up

    def is_voided(self, entry_id: UUID) -> bool:
        return any(entry.voids == entry_id for entry in self._entries.values())

    def of_request(self, key: bytes) -> Entry | None:
        raise NotImplementedError

    def overdue_of(self, loan_id: UUID) -> Sequence[OverdueDay]:
        days = [(entry, entry.overdue_day) for entry in self._entries.values()
                if entry.loan_id == loan_id and entry.voids is None]
        return [
            OverdueDay(entry=entry, begun=day, voided=self.is_voided(entry.id))
            for entry, day in days if day is not None
        ]


class FakeDeskUnitOfWork(FakeUnitOfWork):

    def __init__(self, *policies: Policy) -> None:
        self.locks: list[str] = []
        self.stored_copies: dict[UUID, Copy] = {}
        self.stored_loans: dict[UUID, Loan] = {}
        self.stored_holds: dict[UUID, Hold] = {}
        self.stored_policies = {policy.id: policy for policy in policies or (make_policy(), )}
        self.stored_members: dict[UUID, Member] = {}
        self.stored_entries: dict[UUID, Entry] = {}
        super().__init__(self.stored_copies, self.stored_loans, self.stored_holds,
                         self.stored_policies, self.stored_members, self.stored_entries)
        self.titles = InMemoryTitles(self.locks)
        self.copies = InMemoryCopies(self.stored_copies)
        self.loans = InMemoryLoans(self.stored_loans, self.stored_copies, self.locks)
        self.holds = InMemoryHolds(self.stored_holds)
        self.policies = InMemoryPolicies(self.stored_policies)
        self.members = InMemoryMembers(self.stored_members, self.locks)
        self.tariffs = InMemoryTariffs()
        self.ledger = InMemoryLedger(self.stored_entries)
        self.item_types = InMemoryItemTypes()

    def has_book(self,
                 *,
                 copies: int = 1,
                 active: bool = True,
                 item_type: str = 'regular') -> UUID:
        """Puts a book with its copies on the shelves."""
        book_id = new_id()
        self.titles.stored[book_id] = Title(id=book_id,
                                            name='Emma',
                                            active=active,
                                            item_type=item_type)
        for number in range(copies):
            copy = Copy.acquire(book_id=book_id,
                                title='Emma',
                                barcode=f'{book_id}-{number}',
                                condition=Condition.GOOD,
                                note='',
                                now=NOON)
            copy.collect_events()
            self.copies.add(copy)
            self.titles.barcodes[copy.barcode] = book_id
        return book_id

    def has_member(self,
                   username: str = 'ada',
                   *,
                   level: Level = Level.MEMBER,
                   may_borrow: bool = True) -> UUID:
        member_id = new_id()
        self.members.standings[member_id] = Standing(username=username,
                                                     level=level,
                                                     may_borrow=may_borrow)
        return member_id

    def statuses(self, book_id: UUID) -> list[Status]:
        return [copy.status for copy in self.stored_copies.values() if copy.book_id == book_id]

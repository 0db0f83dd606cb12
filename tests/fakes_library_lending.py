"""What the desk lends, and to what terms, without I/O."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from talelio_backend.app_library.domain.copy import Copy, Status
from talelio_backend.app_library.domain.hold import Hold
from talelio_backend.app_library.domain.item_type import ItemType
from talelio_backend.app_library.domain.loan import Loan
from talelio_backend.app_library.domain.policy import Policy
from talelio_backend.app_library.services.ports import Title


class InMemoryTitles:

    def __init__(self, locks: list[str]) -> None:
        self._locks = locks
        self.stored: dict[UUID, Title] = {}
        self.barcodes: dict[str, UUID] = {}

    def locked(self, book_id: UUID) -> Title | None:
        self._locks.append('book')
        return self.stored.get(book_id)

    def of_barcode(self, barcode: str) -> UUID | None:
        return self.barcodes.get(barcode)


class InMemoryCopies:

    def __init__(self, copies: dict[UUID, Copy]) -> None:
        self._copies = copies

    def add(self, copy: Copy) -> None:
        self._copies[copy.id] = copy

    def with_id(self, copy_id: UUID) -> Copy | None:
        return self._copies.get(copy_id)

    def in_circulation(self, book_id: UUID) -> Sequence[Copy]:
        return [
            copy for copy in self._copies.values()
            if copy.book_id == book_id and copy.status in (Status.AVAILABLE, Status.ON_HOLD_SHELF)
        ]

    def next_barcodes(self, count: int) -> Sequence[str]:
        return [f'{len(self._copies) + number:08d}' for number in range(count)]


class InMemoryLoans:

    def __init__(self, loans: dict[UUID, Loan], copies: dict[UUID, Copy],
                 locks: list[str]) -> None:
        self._loans = loans
        self._copies = copies
        self._locks = locks

    def add(self, loan: Loan) -> None:
        self._loans[loan.id] = loan

    def get(self, loan_id: UUID) -> Loan | None:
        return self._loans.get(loan_id)

    def locked(self, loan_id: UUID) -> Loan | None:
        self._locks.append('loan')
        return self._loans.get(loan_id)

    def open_of_copy(self, barcode: str) -> Loan | None:
        return next(
            (loan for loan in self._open() if self._copies[loan.copy_id].barcode == barcode), None)

    def open_of(self, *, book_id: UUID, member_id: UUID) -> Loan | None:
        return next(
            (loan
             for loan in self._open() if (loan.book_id, loan.member_id) == (book_id, member_id)),
            None)

    def count_open(self, member_id: UUID, *, item_type: str | None) -> int:
        return sum(loan.member_id == member_id and item_type in (None, loan.item_type)
                   for loan in self._open())

    def _open(self) -> list[Loan]:
        return [loan for loan in self._loans.values() if loan.returned_at is None]


class InMemoryHolds:

    def __init__(self, holds: dict[UUID, Hold]) -> None:
        self._holds = holds

    def add(self, hold: Hold) -> None:
        self._holds[hold.id] = hold

    def get(self, hold_id: UUID) -> Hold | None:
        return self._holds.get(hold_id)

    def locked(self, hold_id: UUID) -> Hold | None:
        return self._holds.get(hold_id)

    def open_of_title(self, book_id: UUID) -> Sequence[Hold]:
        return [hold for hold in self._holds.values() if hold.is_open and hold.book_id == book_id]

    def open_of_member(self, member_id: UUID) -> Sequence[Hold]:
        return [hold for hold in self._holds.values() if hold.member_id == member_id]

    def count_open(self, member_id: UUID, *, item_type: str | None, now: datetime) -> int:
        raise NotImplementedError

    def titles_to_settle(self, now: datetime, count: int, *, after: UUID | None) -> Sequence[UUID]:
        raise NotImplementedError


class InMemoryPolicies:

    def __init__(self, policies: dict[UUID, Policy]) -> None:
        self._policies = policies
        self.removed: list[Policy] = []

    def add(self, policy: Policy) -> None:
        self._policies[policy.id] = policy

    def with_id(self, policy_id: UUID) -> Policy | None:
        return self._policies.get(policy_id)

    def all(self) -> Sequence[Policy]:
        return list(self._policies.values())

    def remove(self, policy: Policy) -> None:
        self.removed.append(self._policies.pop(policy.id))


class InMemoryItemTypes:

    def __init__(self) -> None:
        self.known = {'regular', 'fiction', 'novel'}

    def add(self, item_type: ItemType) -> None:
        self.known.add(item_type.id)

    def with_id(self, item_type: str) -> ItemType | None:
        return ItemType(id=item_type, label=item_type) if item_type in self.known else None

    def kept(self, item_types: Collection[str]) -> set[str]:
        return set(item_types) & self.known

    def is_used(self, item_type: str) -> bool:
        raise NotImplementedError

    def remove(self, item_type: ItemType) -> None:
        self.known.remove(item_type.id)

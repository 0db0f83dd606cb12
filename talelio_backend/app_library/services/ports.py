"""What the desk and the ledger need from outside; those of the catalogue stand in
``catalogue_ports``. Locks are taken in the order member, book, copy."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol
from uuid import UUID

from talelio_backend.app_library.domain.copy import Copy
from talelio_backend.app_library.domain.hold import Hold
from talelio_backend.app_library.domain.ledger import Entry
from talelio_backend.app_library.domain.loan import Loan
from talelio_backend.app_library.domain.member import Member, Standing
from talelio_backend.app_library.domain.policy import Policy
from talelio_backend.app_library.domain.tariff import Tariff
from talelio_backend.shared.domain.access import Level
from talelio_backend.shared.services.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class Title:
    """What the desk needs to know of a book."""

    id: UUID
    name: str
    active: bool
    item_type: str


class TitleRepository(Protocol):

    def locked(self, book_id: UUID) -> Title | None:
        """Kept from loans, holds and edits of others until the end of the transaction."""
        ...

    def of_barcode(self, barcode: str) -> UUID | None:
        """The book that the copy belongs to."""
        ...


class CopyRepository(Protocol):

    def add(self, copy: Copy) -> None:
        ...

    def with_id(self, copy_id: UUID) -> Copy | None:
        """Locked; whoever changes its status has locked the book before."""
        ...

    def in_circulation(self, book_id: UUID) -> Sequence[Copy]:
        """Those that are available or on the hold shelf, locked."""
        ...

    def next_barcodes(self, count: int) -> Sequence[str]:
        """Barcodes that no copy has and that are given out once."""
        ...


class LoanRepository(Protocol):

    def add(self, loan: Loan) -> None:
        ...

    def get(self, loan_id: UUID) -> Loan | None:
        """As it is at this moment, without a lock: it says whom and what to lock."""
        ...

    def locked(self, loan_id: UUID) -> Loan | None:
        """Read anew, after member and book were locked."""
        ...

    def open_of_copy(self, barcode: str) -> Loan | None:
        """Without a lock."""
        ...

    def open_of(self, *, book_id: UUID, member_id: UUID) -> Loan | None:
        """The member's open loan of the title."""
        ...

    def count_open(self, member_id: UUID, *, item_type: str | None) -> int:
        """None: of every type."""
        ...


class HoldRepository(Protocol):

    def add(self, hold: Hold) -> None:
        ...

    def get(self, hold_id: UUID) -> Hold | None:
        """Without a lock: it says which book to lock."""
        ...

    def locked(self, hold_id: UUID) -> Hold | None:
        """Read anew, after the title was locked."""
        ...

    def open_of_title(self, book_id: UUID) -> Sequence[Hold]:
        """After the title was locked: read anew, in their order."""
        ...

    def open_of_member(self, member_id: UUID) -> Sequence[Hold]:
        """Without a lock."""
        ...

    def count_open(self, member_id: UUID, *, item_type: str | None, now: datetime) -> int:
        """None: on every type. A ready one whose time is over is not open."""
        ...

    def titles_to_settle(self, now: datetime, count: int, *, after: UUID | None) -> Sequence[UUID]:
        """At most ``count`` books, in the order of their ids and behind ``after``, with a hold to
        be resumed or expired, or with one that waits while a copy is free."""
        ...


class PolicyRepository(Protocol):

    def add(self, policy: Policy) -> None:
        ...

    def with_id(self, policy_id: UUID) -> Policy | None:
        ...

    def all(self) -> Sequence[Policy]:
        ...

    def remove(self, policy: Policy) -> None:
        ...


class MemberRepository(Protocol):

    def locked(self, member_id: UUID, *, now: datetime) -> Member | None:
        """Made when there is none yet, and kept from other changes until the end of the
        transaction: loans and entries of one member come one after the other. None where there
        is no such user."""
        ...

    def standing(self, member_id: UUID) -> Standing | None:
        """None for a deleted account and for nobody."""
        ...

    def username(self, member_id: UUID) -> str | None:
        """That of a deleted account is its tombstone's; None for nobody."""
        ...

    def levels(self, member_ids: Collection[UUID]) -> Mapping[UUID, Level]:
        """Of each who has an account."""
        ...


class TariffRepository(Protocol):

    def add(self, tariff: Tariff) -> None:
        ...

    def with_id(self, tariff_id: str) -> Tariff | None:
        ...

    def in_force(self, at: datetime) -> Tariff | None:
        ...

    def is_carried(self, tariff_id: str) -> bool:
        """Whether a loan has it."""
        ...

    def remove(self, tariff: Tariff) -> None:
        ...


@dataclass(frozen=True, kw_only=True)
class OverdueDay:
    """The charge for one late day of a loan, and whether an entry voids it."""

    entry: Entry
    begun: datetime
    voided: bool


class LedgerRepository(Protocol):
    """Append-only. Whoever adds has locked the member."""

    def add(self, entry: Entry) -> None:
        ...

    def with_id(self, entry_id: UUID) -> Entry | None:
        ...

    def booked(self, member_id: UUID) -> Decimal:
        """The sum of all entries."""
        ...

    def balance(self, member_id: UUID, *, at: datetime) -> Decimal:
        """What is booked, and what open loans have run up until ``at`` beyond it."""
        ...

    def is_voided(self, entry_id: UUID) -> bool:
        ...

    def of_request(self, key: bytes) -> Entry | None:
        """The entry that a request with this key made, however long ago."""
        ...

    def overdue_of(self, loan_id: UUID) -> Sequence[OverdueDay]:
        """The late days of a loan that were booked, oldest first."""
        ...


class DeskUnitOfWork(UnitOfWork, Protocol):

    @property
    def titles(self) -> TitleRepository:
        ...

    @property
    def copies(self) -> CopyRepository:
        ...

    @property
    def loans(self) -> LoanRepository:
        ...

    @property
    def holds(self) -> HoldRepository:
        ...

    @property
    def policies(self) -> PolicyRepository:
        ...

    @property
    def members(self) -> MemberRepository:
        ...

    @property
    def tariffs(self) -> TariffRepository:
        ...

    @property
    def ledger(self) -> LedgerRepository:
        ...

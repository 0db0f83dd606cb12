from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol
from uuid import UUID

from talelio_backend.app_library.services.policies import Ruling
from talelio_backend.shared.services.listing import Document, Page, PageRequest

LoanStatus = Literal['open', 'late', 'new', 'returned', 'all']


@dataclass(frozen=True, kw_only=True)
class LoanFilter:
    """Which loans a list is of; None: whichever. ``owner_id`` is whoever sees their own alone,
    ``member_id`` whom somebody asks about. ``since`` (inclusive) and ``before`` are about the
    start; ``q`` stands in the title, the member's name, or at the beginning of the barcode."""

    owner_id: UUID | None = None
    member_id: UUID | None = None
    status: LoanStatus = 'open'
    book_id: UUID | None = None
    since: datetime | None = None
    before: datetime | None = None
    q: str | None = None


class LoanQueries(Protocol):
    """What loans are at this moment, by the clock of the application."""

    def loans(self, wanted: LoanFilter, request: PageRequest) -> Page:
        """Raises BookNotFound, MemberNotFound for what ``wanted`` names, BadQuery."""
        ...

    def loan(self, loan_id: UUID, *, member_id: UUID | None = None) -> Document:
        """With ``member_id`` that member's alone. Raises LoanNotFound."""
        ...


class PolicyQueries(Protocol):

    def policies(self, request: PageRequest) -> Page:
        """The oldest first: the catch-all leads. Raises BadQuery."""
        ...

    def policy(self, policy_id: UUID) -> Document:
        """Raises PolicyNotFound."""
        ...

    def ruling(self, ruling: Ruling) -> Document:
        """The policy of it, and why. Raises PolicyNotFound."""
        ...

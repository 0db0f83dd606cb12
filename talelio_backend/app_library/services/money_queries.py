from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from talelio_backend.app_library.domain.ledger import Kind
from talelio_backend.app_library.domain.tariff import Tariff
from talelio_backend.shared.services.listing import Document, Page, PageRequest


@dataclass(frozen=True, kw_only=True)
class EntryFilter:
    """An empty tuple or None narrows nothing. Times are those at which entries were made."""

    kinds: tuple[Kind, ...] = ()
    since: datetime | None = None
    before: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class MemberFilter:
    """``q`` is a part of the username or of the card number; ``late``: with an overdue loan."""

    q: str | None = None
    late: bool = False


class TariffQueries(Protocol):
    """Price lists, as JSON made by the database, and as what a quote is made of."""

    def tariffs(self, request: PageRequest) -> Page:
        """The newest first, those without a date last. Raises BadQuery."""
        ...

    def tariff(self, tariff_id: str) -> Document:
        """Raises TariffNotFound."""
        ...

    def price_list(self, tariff_id: str | None) -> Tariff:
        """None: the one in force. Raises TariffNotFound."""
        ...

    def item_type_of(self, book_id: UUID) -> str:
        """Raises BookNotFound."""
        ...

    def has_item_type(self, item_type: str) -> bool:
        ...


class LedgerQueries(Protocol):
    """The entries of a member and what they come to: one statement an answer."""

    def entries(self, member_id: UUID, wanted: EntryFilter, request: PageRequest) -> Page:
        """Raises MemberNotFound, BadQuery."""
        ...

    def entry(self, entry_id: UUID) -> Document:
        ...

    def balance(self, member_id: UUID, *, as_of: datetime | None,
                tariff_id: str | None) -> Document:
        """What the member owes, booked or not, with what each loan has to do with it. ``as_of``
        None: now. ``tariff_id``: what all loans would have cost by that tariff.

        Raises BadQuery (a moment in the future), MemberNotFound, TariffNotFound.
        """
        ...

    def booked_until(self, member_id: UUID, moment: datetime) -> Iterator[tuple[str, ...]]:
        """Each entry with effect until then, oldest first, as a statement shows it: when, what,
        its note, its amount."""
        ...


class MemberQueries(Protocol):

    def members(self, wanted: MemberFilter, request: PageRequest) -> Page:
        """With what each owes. Raises BadQuery."""
        ...

    def find(self, name: str) -> UUID:
        """Whom a username, a card number or an id means. Raises MemberNotFound."""
        ...

    def member(self, member_id: UUID) -> Document:
        """Somebody who never used the library has its defaults and no card. Raises
        MemberNotFound."""
        ...

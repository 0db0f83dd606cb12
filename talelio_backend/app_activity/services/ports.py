from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from talelio_backend.app_activity.domain.chain import Link, Place, Row
from talelio_backend.app_activity.services.queries import ActivityFilter
from talelio_backend.shared.domain.events import Event
from talelio_backend.shared.services.unit_of_work import UnitOfWork


class ActivityUnitOfWork(UnitOfWork, Protocol):

    def record(self, event: Event) -> None:
        """Notes what happened to no aggregate; ``commit`` writes its row."""
        ...


@dataclass(frozen=True, kw_only=True)
class Ends:
    """``checkpoint``: behind it the chain begins. ``head``: where sealing left it. ``last_seq``:
    the highest position that a row has, 0 where none has one."""

    checkpoint: Place
    head: Place
    last_seq: int


class ChainStore(Protocol):
    """The chain as it is kept. Every method raises DatabaseUnavailable, Busy."""

    def extend(self, links: Callable[[Place, Sequence[Row]], Iterable[Link]], *,
               at_most: int) -> int:
        """Seals the oldest rows that wait, in one transaction that nobody else extends the chain
        in: hands ``links`` the head and the rows by time and id, stores what it answers, and
        tells how many rows that were."""
        ...

    def ends(self) -> Ends:
        ...

    def rows_behind(self, seq: int, *, up_to: int, at_most: int) -> Sequence[Row]:
        """Sealed rows with a position above ``seq``, in their order."""
        ...

    def note(self, *, verified_at: datetime, ok: bool) -> None:
        """Keeps the verdict of a verification."""
        ...

    def redact(self, person: UUID) -> int:
        """Empties the sealed rows that hold personal data of this account; how many."""
        ...

    def retire(self, *, before: datetime, at_most: int) -> int:
        """Removes rows from the old end that are older, moves the checkpoint; how many."""
        ...


class ExportRows(Protocol):

    def check(self, wanted: ActivityFilter) -> None:
        """Raises BadQuery for an area or an action that no event declares."""
        ...

    def parts(self, wanted: ActivityFilter, *, at_most: int) -> Iterator[Sequence[Row]]:
        """The rows with their present usernames, so many at a time; no connection is held
        between two. Each row comes once, also one that is sealed meanwhile. Raises
        DatabaseUnavailable, Busy."""
        ...

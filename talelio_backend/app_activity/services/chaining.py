from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import structlog

from talelio_backend.app_activity.domain.chain import Place, follow, links
from talelio_backend.app_activity.services.ports import ChainStore
from talelio_backend.shared.services.clock import Clock

SEAL, VERIFY, RETIRE = 'activity.seal', 'activity.verify', 'activity.retention'
BATCH = 1000

log = structlog.get_logger('talelio.activity')


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """``rows`` were found whole, up to ``head``; ``broken_at`` is the first position that is
    altered, missing or out of order."""

    rows: int
    head: Place
    broken_at: int | None

    @property
    def ok(self) -> bool:
        return self.broken_at is None


class ChainService:
    """Seals, verifies and shortens the chain. ``keep_days`` 0 keeps rows for ever."""

    def __init__(self, *, chain: ChainStore, clock: Clock, keep_days: int) -> None:
        self._chain = chain
        self._clock = clock
        self._keep = timedelta(days=keep_days)

    def seal(self) -> int:
        """Gives every waiting row its place; how many there were."""
        sealed = 0
        while True:
            number = self._chain.extend(links, at_most=BATCH)
            sealed += number
            if number < BATCH:
                return sealed

    def seal_waiting(self) -> None:
        """The same, as a job."""
        self.seal()

    def verify(self) -> Verdict:
        """Walks the chain from its first row, some at a time."""
        while True:
            begun = self._chain.ends()
            verdict = self._walked(begun.checkpoint, begun.head)
            # What retention removed meanwhile was no fault.
            if verdict.ok or self._chain.ends().checkpoint == begun.checkpoint:
                return verdict

    def verify_and_note(self) -> None:
        """The same, and keeps the verdict for whoever asks."""
        verdict = self.verify()
        self._chain.note(verified_at=self._clock.now(), ok=verdict.ok)
        if verdict.broken_at is not None:
            log.error('activity_chain_broken', seq=verdict.broken_at)

    def redact(self, *, person: UUID) -> int:
        """Empties what the log says of an account that is deleted, and keeps the chain whole;
        how many rows that were. Waiting rows are sealed first: what was never hashed could not
        be proven later."""
        self.seal()
        return self._chain.redact(person)

    def forget(self, *, person: str) -> None:
        """``redact`` as a job: ``person`` is an id as text."""
        self.redact(person=UUID(person))

    def retire(self) -> None:
        """Removes what is too old."""
        if not self._keep:
            return
        before = self._clock.now() - self._keep
        while self._chain.retire(before=before, at_most=BATCH) == BATCH:
            pass

    def _walked(self, place: Place, head: Place) -> Verdict:
        rows, broken_at = 0, None
        while broken_at is None and place.seq < head.seq:
            found = self._chain.rows_behind(place.seq, up_to=head.seq, at_most=BATCH)
            if not found:
                broken_at = place.seq + 1
                break
            before = place.seq
            place, broken_at = follow(place, found)
            rows += place.seq - before
        if broken_at is None and place != head:
            broken_at = place.seq
        if broken_at is None:
            ends = self._chain.ends()
            broken_at = ends.head.seq + 1 if ends.last_seq > ends.head.seq else None
        return Verdict(rows=rows, head=place, broken_at=broken_at)

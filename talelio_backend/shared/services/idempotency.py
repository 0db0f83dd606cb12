import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from talelio_backend.shared.domain.errors import Conflict, RuleBroken


class IdempotencyKeyReused(RuleBroken):
    code = 'idempotency_key_reused'
    title = 'This Idempotency-Key was used with another request body.'


class IdempotencyInProgress(Conflict):
    code = 'idempotency_in_progress'
    title = 'The first request with this Idempotency-Key is still running.'


class IdempotencyAnswerLost(Conflict):
    code = 'idempotency_answer_lost'
    title = ('The first request with this Idempotency-Key was carried out, but its answer was '
             'lost. Look at the thing itself before you try again with a new key.')


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredAnswer:
    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """The right to carry out a request under a key, or the answer that it already got."""

    id: UUID
    answer: StoredAnswer | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestKey:
    """The Idempotency-Key of a request, whose it is and what it was sent with."""

    caller: str
    route: str
    key: str
    fingerprint: str

    @property
    def scope(self) -> bytes:
        """SHA-256 over caller, route and key: of fixed length, and says nothing about them."""
        return hashlib.sha256('\0'.join((self.caller, self.route, self.key)).encode()).digest()


class IdempotencyStore(Protocol):

    def claim(self, *, caller: str, route: str, key: str, fingerprint: str) -> Claim:
        """Takes the key, or gives the first answer back.

        Raises IdempotencyKeyReused (another fingerprint), IdempotencyInProgress (the first is
        running), IdempotencyAnswerLost (it was committed and died before its answer was kept).
        """
        ...

    def keep(self, claim: Claim, answer: StoredAnswer) -> None:
        """Stores the answer, for 24 hours."""
        ...

    def release(self, claim: Claim) -> None:
        """Gives the key up after a failure that changed nothing, so that it may be tried again."""
        ...

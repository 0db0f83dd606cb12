"""Who is acting, and through which request. Set once at the edge (a request, a job, a command)
and read by the unit of work, so that no use case has to carry it through its arguments."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar, Token
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    actor_id: UUID | None = None
    impersonator_id: UUID | None = None
    request_id: str | None = None
    # The Idempotency-Key row that this request holds; the unit of work marks it as carried out
    # in the transaction of the change.
    idempotency_id: UUID | None = None


NOBODY = Provenance()
_present: ContextVar[Provenance] = ContextVar('provenance', default=NOBODY)


def provenance() -> Provenance:
    return _present.get()


def begin(new: Provenance) -> Token[Provenance]:
    """``new`` acts until ``end`` gets the token back, for whom no ``with`` can surround."""
    return _present.set(new)


def end(token: Token[Provenance]) -> None:
    """Whoever acted before ``begin`` acts again, whatever has begun since then."""
    _present.reset(token)


@contextmanager
def acting_as(new: Provenance) -> Iterator[None]:
    token = begin(new)
    try:
        yield
    finally:
        end(token)

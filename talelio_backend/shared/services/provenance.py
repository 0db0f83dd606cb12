"""Who is acting, and through which request. Set once at the edge (a request, a job, a command)
and read by the unit of work, so that no use case has to carry it through its arguments."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
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


@contextmanager
def acting_as(new: Provenance) -> Iterator[None]:
    token = _present.set(new)
    try:
        yield
    finally:
        _present.reset(token)

"""The kernel's ports without I/O. Each keeps its promises in memory and can be told to fail."""

import copy
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Any, Self

from talelio_backend.shared.domain.aggregate import AggregateRoot
from talelio_backend.shared.domain.errors import SessionStoreUnavailable
from talelio_backend.shared.domain.events import Event
from talelio_backend.shared.domain.ids import new_id
from talelio_backend.shared.services.authentication import (Caller, Claims, TokenExpired,
                                                            TokenInvalid)
from talelio_backend.shared.services.idempotency import (Claim, IdempotencyInProgress,
                                                         IdempotencyKeyReused, StoredAnswer)
from talelio_backend.shared.services.jobs import Job
from talelio_backend.shared.services.mailer import Mail, MailUnavailable
from talelio_backend.shared.services.rate_limit import Allowance, Limit

NOON = datetime(2026, 3, 14, 12, 0, 0, 123456, tzinfo=UTC)


class FakeClock:
    """Stands still until it is told otherwise."""

    def __init__(self, now: datetime = NOON) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now

    def set(self, now: datetime) -> None:
        self._now = now

    def advance(self, **by: float) -> None:
        """Moves on by the arguments of ``timedelta``."""
        self._now += timedelta(**by)


class RecordingMailer:

    def __init__(self) -> None:
        self.sent: list[Mail] = []
        self.down = False

    def send(self, mail: Mail) -> None:
        if self.down:
            raise MailUnavailable()
        self.sent.append(mail)

    def ping(self) -> None:
        if self.down:
            raise MailUnavailable()


class RecordingJobs:

    def __init__(self) -> None:
        self.deferred: list[Job] = []

    def defer(self, *jobs: Job) -> None:
        self.deferred += jobs


class InMemoryLimiter:
    """Fixed windows, as the real one has them; ``clock`` moves them on."""

    def __init__(self, clock: FakeClock | None = None) -> None:
        self._clock = clock or FakeClock()
        self._windows: dict[tuple[str, int], tuple[datetime, int]] = {}
        self.down = False
        self.buckets: list[str] = []

    def hit(self, bucket: str, limits: Sequence[Limit]) -> Allowance:
        if self.down:
            raise SessionStoreUnavailable()
        self.buckets.append(bucket)
        seen = [(limit, *self._window(bucket, limit)) for limit in limits]
        waits = [left for limit, used, left in seen if used >= limit.count]
        limit, used, left = min(seen, key=lambda window: window[0].count - window[1])
        if waits:
            return Allowance(limit=limit, remaining=0, reset=left, retry_after=max(waits))
        for counted, number, _ in seen:
            begun = self._windows.get((bucket, counted.seconds), (self._clock.now(), 0))[0]
            self._windows[(bucket, counted.seconds)] = (begun, number + 1)
        return Allowance(limit=limit, remaining=limit.count - used - 1, reset=left, retry_after=0)

    def _window(self, bucket: str, limit: Limit) -> tuple[int, int]:
        begun, used = self._windows.get((bucket, limit.seconds), (self._clock.now(), 0))
        left = limit.seconds - (self._clock.now() - begun).total_seconds()
        if left > 0:
            return used, int(-(-left // 1))
        del self._windows[(bucket, limit.seconds)]
        return 0, limit.seconds


class InMemoryIdempotency:

    def __init__(self) -> None:
        self._claims: dict[tuple[str, str, str], tuple[Claim, str]] = {}

    def claim(self, *, caller: str, route: str, key: str, fingerprint: str) -> Claim:
        scope = (caller, route, key)
        if scope not in self._claims:
            claim = Claim(id=new_id())
            self._claims[scope] = (claim, fingerprint)
            return claim
        present, first = self._claims[scope]
        if first != fingerprint:
            raise IdempotencyKeyReused()
        if present.answer is None:
            raise IdempotencyInProgress()
        return present

    def keep(self, claim: Claim, answer: StoredAnswer) -> None:
        for scope, (present, fingerprint) in self._claims.items():
            if present.id == claim.id:
                self._claims[scope] = (Claim(id=claim.id, answer=answer), fingerprint)

    def release(self, claim: Claim) -> None:
        self._claims = {
            scope: kept
            for scope, kept in self._claims.items() if kept[0].id != claim.id
        }


class FakeAuthenticator:
    """Knows the tokens that it was given; ``expired`` and ``revoked`` are tokens too."""

    def __init__(self, callers: Mapping[str, Caller] | None = None) -> None:
        self.callers = dict(callers or {})
        self.expired: set[str] = set()
        self.revoked: set[str] = set()

    def read(self, bearer: str) -> Claims:
        if bearer in self.expired:
            raise TokenExpired()
        if bearer not in self.callers:
            raise TokenInvalid()
        return Claims(subject=f'account:{self.callers[bearer].account_id}',
                      content={'token': bearer})

    def resolve(self, claims: Claims) -> Caller:
        token = claims.content['token']
        if token in self.revoked:
            raise TokenInvalid()
        return self.callers[token]


class FakeUnitOfWork:
    """One area's transaction over dictionaries. What leaves without ``commit`` is undone.

    A subclass puts its dictionaries of aggregates by id into ``_stores`` and overrides
    ``_check`` where a constraint would speak.
    """

    def __init__(self, *stores: dict[Any, Any]) -> None:
        self._stores = stores
        self._before: list[dict[Any, Any]] = []
        self._pending: list[Job] = []
        self.jobs: list[Job] = []
        self.events: list[Event] = []
        self.commits = 0

    def __enter__(self) -> Self:
        self._remember()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self.rollback()

    def defer(self, job: Job) -> None:
        self._pending.append(job)

    def flush(self) -> None:
        self._check()

    def commit(self) -> None:
        self._check()
        for aggregate in self._aggregates():
            self.events += aggregate.collect_events()
        self.jobs += self._pending
        self.commits += 1
        self._remember()

    def rollback(self) -> None:
        for store, before in zip(self._stores, self._before, strict=True):
            store.clear()
            store.update(copy.deepcopy(before))
        self._pending = []

    def _remember(self) -> None:
        self._before = [copy.deepcopy(store) for store in self._stores]
        self._pending = []

    def _aggregates(self) -> Iterable[AggregateRoot]:
        for store in self._stores:
            yield from (thing for thing in store.values() if isinstance(thing, AggregateRoot))

    def _check(self) -> None:
        """Raises the area's error for a constraint that would refuse."""

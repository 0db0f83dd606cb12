from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, ClassVar, Protocol, Self

from sqlalchemy import Connection, Engine, event, exc
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from talelio_backend.shared.data.failures import database_failures
from talelio_backend.shared.data.idempotency import carried_out
from talelio_backend.shared.domain.aggregate import AggregateRoot
from talelio_backend.shared.domain.errors import DomainError, VersionMismatch
from talelio_backend.shared.domain.events import Event
from talelio_backend.shared.services.clock import Clock
from talelio_backend.shared.services.jobs import Job, Reactions
from talelio_backend.shared.services.provenance import provenance

Recorder = Callable[[Connection, Sequence[Event]], None]


class JobWriter(Protocol):

    def write(self, connection: Connection, jobs: Sequence[Job]) -> None:
        """Inserts the jobs over ``connection``, as part of its transaction."""
        ...


class TrackingSession(Session):
    """Keeps what it loaded and stored, so that an aggregate that only recorded an event is not
    collected before its event is: the identity map holds clean objects weakly."""

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self.loaded: list[Any] = []


@event.listens_for(TrackingSession, 'loaded_as_persistent')
@event.listens_for(TrackingSession, 'pending_to_persistent')
def _keep(session: TrackingSession, instance: Any) -> None:
    session.loaded.append(instance)


@dataclass(kw_only=True)
class Transactions:
    """What every unit of work needs. ``recorders`` and ``reactions`` are filled by ``bootstrap``
    from the areas that are on."""

    engine: Engine
    clock: Clock
    jobs: JobWriter
    recorders: list[Recorder] = field(default_factory=list)
    reactions: dict[type[Event], list[Callable[[Any], list[Job]]]] = field(default_factory=dict)

    def add_reactions(self, reactions: Reactions) -> None:
        for event_class, added in reactions.items():
            self.reactions.setdefault(event_class, []).extend(added)


class SqlUnitOfWork:
    """One transaction of one area; see the port of the same name for its promises.

    A subclass names its ``constraints`` and sets its repositories in ``attach``.
    """

    constraints: ClassVar[Mapping[str, type[DomainError]]] = {}

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions
        self._events: list[Event] = []
        self._jobs: list[Job] = []

    def attach(self, session: Session) -> None:
        raise NotImplementedError

    def __enter__(self) -> Self:
        self._session = TrackingSession(  # pylint: disable=attribute-defined-outside-init
            self._transactions.engine,
            autoflush=False,
            expire_on_commit=False)
        self._events.clear()
        self._jobs.clear()
        self.attach(self._session)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        # Closing rolls back what was not committed. A dead connection must not hide the error.
        try:
            self._session.close()
        except exc.DBAPIError:
            self._session.invalidate()
        # A repository's statements fail in the driver's words, wherever in the block they stand.
        if isinstance(error, exc.IntegrityError):
            raise self._translated(error) from error
        if isinstance(error, (exc.DBAPIError, exc.TimeoutError)):
            with database_failures():
                raise error

    def defer(self, job: Job) -> None:
        self._jobs.append(job)

    def rollback(self) -> None:
        self._session.rollback()
        self._session.loaded.clear()
        self._events.clear()
        self._jobs.clear()

    def flush(self) -> None:
        self._collect()
        with database_failures():
            try:
                self._session.flush()
            except StaleDataError as error:
                raise VersionMismatch() from error
            except exc.IntegrityError as error:
                raise self._translated(error) from error

    def commit(self) -> None:
        self.flush()
        with database_failures():
            self._write_consequences()
            try:
                self._session.commit()
            except exc.IntegrityError as error:  # a deferred constraint
                raise self._translated(error) from error
        self._events.clear()
        self._jobs.clear()

    def _collect(self) -> None:
        session = self._session
        for instance in [*session.new, *session.loaded, *session.identity_map.values()]:
            if isinstance(instance, AggregateRoot):
                self._events += instance.collect_events()

    def _write_consequences(self) -> None:
        caused = [
            job for happened in self._events
            for reaction in self._transactions.reactions.get(type(happened), ())
            for job in reaction(happened)
        ]
        if self._events:
            for record in self._transactions.recorders:
                record(self._session.connection(), self._events)
        if self._jobs or caused:
            self._transactions.jobs.write(self._session.connection(), [*self._jobs, *caused])
        mark_carried_out(self._session)

    def _translated(self, error: exc.IntegrityError) -> Exception:
        diagnostics = getattr(error.orig, 'diag', None)
        name = getattr(diagnostics, 'constraint_name', None)
        refusal = self.constraints.get(name or '')
        return refusal() if refusal else error


def mark_carried_out(session: Session) -> None:
    """Notes in this transaction that the request's Idempotency-Key was used up."""
    claim = provenance().idempotency_id
    if claim is not None:
        session.execute(carried_out, {'claim': claim})

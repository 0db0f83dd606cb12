from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Self
from uuid import UUID

from talelio_backend.app_library.domain.intake_errors import ImportHasFinished
from talelio_backend.app_library.domain.intake_events import ImportFinished, ImportStarted
from talelio_backend.shared.domain.aggregate import Aggregate
from talelio_backend.shared.domain.errors import Fault
from talelio_backend.shared.domain.ids import new_id


class Format(Enum):
    """What the files may be; ``isbn`` is a list whose books are looked up."""

    CSV = 'csv'
    MARC = 'marc'
    MARCXML = 'marcxml'
    ISBN = 'isbn'


class Duplicates(Enum):
    """What becomes of a record whose title is there already."""

    SKIP = 'skip'
    UPDATE = 'update'
    ADD_COPIES = 'add_copies'


class ImportState(Enum):
    QUEUED = 'queued'
    RUNNING = 'running'
    DONE = 'done'
    FAILED = 'failed'
    CANCELLED = 'cancelled'


class Outcome(Enum):
    """What a record came to; the values are the names of the counts."""

    CREATED = 'created'
    UPDATED = 'updated'
    SKIPPED = 'skipped'
    FAILED = 'failed'


@dataclass(frozen=True, kw_only=True)
class Starter:
    """In whose name an import works."""

    actor_id: UUID | None
    impersonator_id: UUID | None


@dataclass(frozen=True, kw_only=True)
class Problem:
    """What is wrong with one record. ``place`` counts the problems of an import."""

    import_id: UUID
    place: int
    row: int
    pointer: str
    code: str
    detail: str


@dataclass(kw_only=True, eq=False)
class Import(Aggregate):
    """A file on its way into the catalogue. ``processed`` records are through, in the order of
    the file: whoever goes on begins behind them."""

    format: Format
    dry_run: bool
    duplicates: Duplicates
    state: ImportState
    total: int
    processed: int
    created: int
    updated: int
    skipped: int
    failed: int
    problems_total: int
    actor_id: UUID | None
    impersonator_id: UUID | None
    created_at: datetime
    finished_at: datetime | None = field(default=None)

    @classmethod
    def start(cls, *, format_: Format, dry_run: bool, duplicates: Duplicates, total: int,
              starter: Starter, now: datetime) -> Self:
        started = cls(id=new_id(),
                      format=format_,
                      dry_run=dry_run,
                      duplicates=duplicates,
                      state=ImportState.QUEUED,
                      total=total,
                      processed=0,
                      created=0,
                      updated=0,
                      skipped=0,
                      failed=0,
                      problems_total=0,
                      actor_id=starter.actor_id,
                      impersonator_id=starter.impersonator_id,
                      created_at=now)
        started.record(ImportStarted(import_id=started.id, format=format_.value, dry_run=dry_run))
        return started

    @property
    def is_open(self) -> bool:
        return self.state in (ImportState.QUEUED, ImportState.RUNNING)

    @property
    def starter(self) -> Starter:
        return Starter(actor_id=self.actor_id, impersonator_id=self.impersonator_id)

    def run(self, *, total: int) -> None:
        """``total`` is the number of the file's records, counted by who reads them."""
        self.state = ImportState.RUNNING
        self.total = total

    def note(self, outcome: Outcome, *, row: int, faults: Sequence[Fault]) -> list[Problem]:
        """One more record is through. The problems that it has."""
        self.processed += 1
        setattr(self, outcome.value, getattr(self, outcome.value) + 1)
        return self._problems(row, faults)

    def finish(self, *, now: datetime) -> None:
        self.total = self.processed
        self._end(ImportState.DONE, now)

    def fail(self, fault: Fault, *, row: int, now: datetime) -> list[Problem]:
        """The file as a whole cannot be taken, or no further."""
        problems = self._problems(row, [fault])
        self._end(ImportState.FAILED, now)
        return problems

    def cancel(self, *, now: datetime) -> None:
        """What is through stays. Raises ImportHasFinished."""
        if not self.is_open:
            raise ImportHasFinished()
        self._end(ImportState.CANCELLED, now)

    def _problems(self, row: int, faults: Sequence[Fault]) -> list[Problem]:
        first = self.problems_total + 1
        self.problems_total += len(faults)
        return [
            Problem(import_id=self.id,
                    place=place,
                    row=row,
                    pointer=fault.pointer,
                    code=fault.code,
                    detail=fault.detail) for place, fault in enumerate(faults, start=first)
        ]

    def _end(self, state: ImportState, now: datetime) -> None:
        self.state = state
        self.finished_at = now
        self.record(
            ImportFinished(import_id=self.id,
                           format=self.format.value,
                           state=state.value,
                           created=self.created,
                           updated=self.updated,
                           dry_run=self.dry_run))

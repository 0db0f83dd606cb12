"""Files on their way into the catalogue. Each record is one transaction, and how far the file was
taken is noted in it: whoever dies in between has taken no record twice and left none out."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from talelio_backend.app_library.domain.importing import (Duplicates, Format, Import, Outcome,
                                                          Starter)
from talelio_backend.app_library.domain.record import FileUnreadable, Record
from talelio_backend.app_library.services.completing import RecordCompleter
from talelio_backend.app_library.services.deciding import Decision, decide
from talelio_backend.app_library.services.intake_ports import IntakeUnitOfWork, RecordReader, Shelf
from talelio_backend.app_library.services.rehearsing import Rehearsal, RehearsedShelf
from talelio_backend.app_library.services.taking import take
from talelio_backend.shared.domain.errors import Conflict, Fault, Invalid
from talelio_backend.shared.services.clock import Clock
from talelio_backend.shared.services.provenance import acting_as, provenance


@dataclass(frozen=True, kw_only=True)
class Work:
    """An import that is being carried out. ``done`` records were through before; ``reserved`` are
    the barcodes that the file names; ``rehearsal`` is None where records are really taken."""

    id: UUID
    content: bytes
    format: Format
    duplicates: Duplicates
    starter: Starter
    done: int
    reserved: Collection[str]
    rehearsal: Rehearsal | None


class ImportRunner:
    """The worker's part in imports."""

    def __init__(self, *, open_uow: Callable[[], IntakeUnitOfWork], readers: Mapping[Format,
                                                                                     RecordReader],
                 completer: RecordCompleter, clock: Clock) -> None:
        self._open_uow = open_uow
        self._readers = readers
        self._completer = completer
        self._clock = clock

    def run(self, *, import_id: str) -> None:
        """Takes what was not taken yet; nothing where the import has ended."""
        found = self._open(UUID(import_id))
        work = None if found is None else self._begin(*found)
        if work is None:
            return
        starter = replace(provenance(),
                          actor_id=work.starter.actor_id,
                          impersonator_id=work.starter.impersonator_id)
        with acting_as(starter):
            if self._take_all(work):
                self._finish(work.id)

    def give_up(self, *, import_id: str) -> None:
        """After a record that ends every worker which takes it."""
        with self._open_uow() as uow:
            importing = uow.imports.locked(UUID(import_id))
            if importing is None or not importing.is_open:
                return
            fault = Fault('', 'internal_error', 'the import failed here, again and again')
            self._fail(uow, importing, fault, row=importing.processed + 1)

    def _open(self, import_id: UUID) -> tuple[Import, bytes] | None:
        with self._open_uow() as uow:
            importing, content = uow.imports.locked(import_id), uow.imports.content(import_id)
        if importing is None or content is None or not importing.is_open:
            return None
        return importing, content

    def _begin(self, former: Import, content: bytes) -> Work | None:
        """None where nothing can be taken."""
        reader, unreadable, reserved = self._readers[former.format], None, set[str]()
        total = former.total
        try:
            total = reader.count(content)
            reserved.update(code for one in reader.records(content) for code in one.barcodes)
        except FileUnreadable as error:
            unreadable = error.fault
        with self._open_uow() as uow:
            importing = uow.imports.locked(former.id)
            if importing is None or not importing.is_open:
                return None
            if unreadable is not None:
                self._fail(uow, importing, unreadable, row=1)
                return None
            importing.run(total=total)
            uow.commit()
            return Work(id=importing.id,
                        content=content,
                        format=importing.format,
                        duplicates=importing.duplicates,
                        starter=importing.starter,
                        done=importing.processed,
                        reserved=frozenset(reserved),
                        rehearsal=Rehearsal() if importing.dry_run else None)

    def _take_all(self, work: Work) -> bool:
        """False where somebody else ended it."""
        records = self._readers[work.format].records(work.content)
        for number, record in enumerate(records, start=1):
            if number > work.done:
                if not self._take(work, number, self._complete(work, record)):
                    return False
            elif work.rehearsal is not None:
                self._remember_anew(work, work.rehearsal, self._complete(work, record))
        return True

    def _complete(self, work: Work, record: Record) -> Record:
        """What others know of it is asked for outside of any transaction."""
        if work.format is not Format.ISBN:
            return record
        if work.duplicates is Duplicates.SKIP:
            with self._open_uow() as uow:
                known = self._completer.known(self._shelf(uow, work), record)
            if known is not None:
                return known
        return self._completer.complete(record)

    def _remember_anew(self, work: Work, rehearsal: Rehearsal, record: Record) -> None:
        """What a rehearsal that was broken off would have made of this record."""
        with self._open_uow() as uow:
            rehearsal.remember(self._decide(uow, work, record))

    def _take(self, work: Work, number: int, record: Record) -> bool:
        try:
            return self._try(work, number, record, refusal=None)
        except (Invalid, Conflict) as refused:  # nothing of the record was stored
            return self._try(work, number, record, refusal=refused)

    def _try(self, work: Work, number: int, record: Record, *,
             refusal: Invalid | Conflict | None) -> bool:
        """False where another has taken this record, or the import has ended."""
        with self._open_uow() as uow:
            importing = uow.imports.locked(work.id)
            if importing is None or not importing.is_open or importing.processed != number - 1:
                return False
            if refusal is not None:
                decision = Decision(outcome=Outcome.FAILED, faults=_faults_of(refusal))
            else:
                decision = self._carry_out(uow, work, record)
            uow.imports.add_problems(
                importing.note(decision.outcome, row=record.row, faults=decision.faults))
            uow.commit()
        if work.rehearsal is not None:
            work.rehearsal.remember(decision)
        return True

    def _carry_out(self, uow: IntakeUnitOfWork, work: Work, record: Record) -> Decision:
        if work.rehearsal is not None:
            return self._decide(uow, work, record)
        uow.catalogue.lock()
        decision = self._decide(uow, work, record)
        book = take(uow, decision, work.duplicates, reserved=work.reserved, now=self._clock.now())
        owner_id = work.starter.actor_id  # a picture belongs to somebody
        if book and decision.title is None and record.cover_url and owner_id:
            job = self._completer.cover_job(book.id, record.cover_url, owner_id=owner_id)
            uow.defer(job)
        return decision

    def _decide(self, uow: IntakeUnitOfWork, work: Work, record: Record) -> Decision:
        return decide(self._shelf(uow, work), record, work.duplicates, now=self._clock.now())

    def _shelf(self, uow: IntakeUnitOfWork, work: Work) -> Shelf:
        return uow.shelf if work.rehearsal is None else RehearsedShelf(uow.shelf, work.rehearsal)

    def _finish(self, import_id: UUID) -> None:
        with self._open_uow() as uow:
            importing = uow.imports.locked(import_id)
            if importing is None or not importing.is_open:
                return
            importing.finish(now=self._clock.now())
            uow.imports.forget_content(import_id)
            uow.commit()

    def _fail(self, uow: IntakeUnitOfWork, importing: Import, fault: Fault, *, row: int) -> None:
        uow.imports.add_problems(importing.fail(fault, row=row, now=self._clock.now()))
        uow.imports.forget_content(importing.id)
        uow.commit()


def _faults_of(refusal: Invalid | Conflict) -> tuple[Fault, ...]:
    if isinstance(refusal, Invalid) and refusal.faults:
        return refusal.faults
    return (Fault('', refusal.code, refusal.detail), )

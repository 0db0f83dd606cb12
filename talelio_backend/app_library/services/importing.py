"""Files that are to become books: taken in, looked at, and left to the worker."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from uuid import UUID

from talelio_backend.app_library.domain.importing import Duplicates, Format, Import, Starter
from talelio_backend.app_library.domain.intake_errors import ImportNotFound, TooManyRecords
from talelio_backend.app_library.domain.record import FileUnreadable
from talelio_backend.app_library.services.intake_ports import (MAX_RECORDS, IntakeUnitOfWork,
                                                               RecordReader)
from talelio_backend.shared.services.clock import Clock
from talelio_backend.shared.services.jobs import Job
from talelio_backend.shared.services.provenance import provenance

RUN_IMPORT = 'library.run_import'


class ImportService:

    def __init__(self, *, open_uow: Callable[[], IntakeUnitOfWork],
                 readers: Mapping[Format, RecordReader], clock: Clock) -> None:
        self._open_uow = open_uow
        self._readers = readers
        self._clock = clock

    def start(self,
              *,
              format_: Format,
              content: bytes,
              dry_run: bool,
              duplicates: Duplicates,
              queued: bool = True) -> UUID:
        """Keeps the file, and has the worker take it unless the caller does (``queued`` False).
        Raises TooManyRecords."""
        total = 0
        with suppress(FileUnreadable):  # the import says why
            total = self._readers[format_].count(content)
        if total > MAX_RECORDS:
            raise TooManyRecords()
        acting = provenance()
        new = Import.start(format_=format_,
                           dry_run=dry_run,
                           duplicates=duplicates,
                           total=total,
                           starter=Starter(actor_id=acting.actor_id,
                                           impersonator_id=acting.impersonator_id),
                           now=self._clock.now())
        with self._open_uow() as uow:
            uow.imports.add(new, content)
            if queued:  # one after the other: two would wait for each other's every record
                arguments = {'import_id': str(new.id)}
                uow.defer(Job(name=RUN_IMPORT, arguments=arguments, lock=RUN_IMPORT))
            uow.commit()
        return new.id

    def cancel(self, *, import_id: UUID) -> None:
        """What is through stays. Raises ImportNotFound, ImportHasFinished."""
        with self._open_uow() as uow:
            importing = uow.imports.locked(import_id)
            if importing is None:
                raise ImportNotFound()
            importing.cancel(now=self._clock.now())
            uow.imports.forget_content(import_id)
            uow.commit()

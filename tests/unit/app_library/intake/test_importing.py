import pytest

from talelio_backend.app_library.domain.importing import (Duplicates, Format, Import, ImportState,
                                                          Outcome, Starter)
from talelio_backend.app_library.domain.intake_errors import ImportHasFinished
from talelio_backend.app_library.domain.intake_events import ImportFinished, ImportStarted
from talelio_backend.shared.domain.errors import Fault
from tests.fakes import NOON

FAULT = Fault('/title', 'required', 'there is nothing here')


def start() -> Import:
    return Import.start(format_=Format.CSV,
                        dry_run=True,
                        duplicates=Duplicates.SKIP,
                        total=0,
                        starter=Starter(actor_id=None, impersonator_id=None),
                        now=NOON)


def test_every_record_is_counted_once_with_its_problems() -> None:
    importing = start()
    importing.run(total=2)
    assert importing.state is ImportState.RUNNING
    assert importing.note(Outcome.CREATED, row=2, faults=[]) == []
    first, second = importing.note(Outcome.FAILED, row=3, faults=[FAULT, FAULT])
    assert (importing.processed, importing.created, importing.failed) == (2, 1, 1)
    assert (first.place, second.place, second.row) == (1, 2, 3)
    assert importing.problems_total == 2
    importing.finish(now=NOON)
    assert (importing.state, importing.finished_at) == (ImportState.DONE, NOON)
    started, finished = importing.collect_events()
    assert isinstance(started, ImportStarted) and isinstance(finished, ImportFinished)
    assert (finished.state, finished.created) == ('done', 1)


def test_file_that_cannot_be_taken_fails_with_one_problem() -> None:
    importing = start()
    problem, = importing.fail(FAULT, row=1, now=NOON)
    assert (problem.row, problem.code, importing.state) == (1, 'required', ImportState.FAILED)
    assert importing.failed == 0


def test_import_that_has_ended_is_not_cancelled() -> None:
    importing = start()
    importing.cancel(now=NOON)
    assert importing.state is ImportState.CANCELLED and not importing.is_open
    with pytest.raises(ImportHasFinished):
        importing.cancel(now=NOON)

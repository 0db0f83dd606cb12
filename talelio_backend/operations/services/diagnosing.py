import time
from collections.abc import Sequence
from dataclasses import dataclass
from threading import Thread
from typing import Protocol

from talelio_backend.operations.domain.diagnosis import Diagnosis, Finding, bad
from talelio_backend.shared.domain.errors import DomainError

PATIENCE = 3.0  # seconds for an examination


class Examine(Protocol):

    def __call__(self) -> Finding:
        """Looks, and changes nothing. Raises a DomainError where what it looks at is down."""
        ...


@dataclass(frozen=True, kw_only=True)
class Examination:
    """``remedy`` is said when ``examine`` raises or does not answer in time."""

    name: str
    examine: Examine
    remedy: str


class DiagnosingService:
    """Examines an installation: all at once, none longer than ``patience`` seconds."""

    def __init__(self, examinations: Sequence[Examination], *, patience: float = PATIENCE) -> None:
        self._examinations = examinations
        self._patience = patience

    def diagnose(self) -> Diagnosis:
        """One finding for each examination, whatever happens in it."""
        runs = [_Run(examination) for examination in self._examinations]
        for run in runs:
            run.start()
        end = time.monotonic() + self._patience
        for run in runs:
            run.join(max(0.0, end - time.monotonic()))
        return Diagnosis(findings=[(run.examination.name,
                                    run.finding or run.unanswered(self._patience))
                                   for run in runs])


class _Run(Thread):
    """It cannot be stopped, so nobody waits for it at the process's end."""

    def __init__(self, examination: Examination) -> None:
        super().__init__(name=f'examination-{examination.name}', daemon=True)
        self.examination = examination
        self.finding: Finding | None = None

    def run(self) -> None:
        try:
            self.finding = self.examination.examine()
        except DomainError as error:
            self.finding = self._failed(error.title)
        except Exception as error:  # pylint: disable=broad-exception-caught
            # Its text may hold an address with a password; its kind does not.
            self.finding = self._failed(f'failed with {type(error).__name__}')

    def unanswered(self, patience: float) -> Finding:
        return self._failed(f'no answer within {patience:g} s')

    def _failed(self, detail: str) -> Finding:
        return bad(detail, self.examination.remedy)

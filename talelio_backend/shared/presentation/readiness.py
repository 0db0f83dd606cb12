import time
from collections.abc import Callable, Mapping
from threading import Lock, Thread
from typing import Any

import structlog

from talelio_backend.shared.domain.errors import DomainError

Outcome = Mapping[str, Any]
Check = Callable[[], Outcome]
OK = 'ok'
LIMIT = 2.0  # seconds for a check
MEMORY = 1.0  # seconds for which an answer is good
log = structlog.get_logger('talelio.health')


class _Run(Thread):
    """One run of a check. It cannot be stopped, so nobody waits for it at the process's end."""

    def __init__(self, name: str, check: Check) -> None:
        super().__init__(name=f'check-{name}', daemon=True)
        self._check = check
        self.outcome: Outcome = {'status': 'timeout'}

    def run(self) -> None:
        try:
            self.outcome = self._check()
        except DomainError as error:
            self.outcome = {'status': error.code}
        except Exception:  # pylint: disable=broad-exception-caught  # any failure is an answer
            log.warning('check_failed', check=self.name, exc_info=True)
            self.outcome = {'status': 'failed'}


class Readiness:
    """Asks all checks at once. A check answers ``{'status': 'ok', ...}``, another status, or
    raises; one that hangs counts as ``timeout`` and is not started again before it ends."""

    def __init__(self,
                 checks: Mapping[str, Check],
                 *,
                 limit: float = LIMIT,
                 memory: float = MEMORY,
                 now: Callable[[], float] = time.monotonic) -> None:
        self._checks = checks
        self._limit = limit
        self._memory = memory
        self._now = now
        self._lock = Lock()
        self._running: dict[str, _Run] = {}
        self._asked: float | None = None
        self._outcomes: dict[str, Outcome] = {}

    def outcomes(self) -> dict[str, Outcome]:
        """What each check says, at most ``memory`` seconds ago."""
        with self._lock:
            if self._asked is None or self._now() - self._asked >= self._memory:
                self._outcomes = self._ask()
                self._asked = self._now()
            return self._outcomes

    def remembered(self) -> dict[str, Outcome]:
        """The last answer, without asking."""
        return self._outcomes

    def _ask(self) -> dict[str, Outcome]:
        for name, check in self._checks.items():
            if name not in self._running or not self._running[name].is_alive():
                self._running[name] = _Run(name, check)
                self._running[name].start()
        end = time.monotonic() + self._limit
        for run in self._running.values():
            run.join(max(0.0, end - time.monotonic()))
        return {name: run.outcome for name, run in self._running.items()}

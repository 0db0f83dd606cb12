"""Keeps parts alive until a signal, and ends them in order."""
import time
from collections import deque
from collections.abc import Callable, Sequence

from talelio_backend.development.parts import Part
from talelio_backend.development.process import StartFailed

Report = Callable[[str], None]

_LOOK_SECONDS = 0.2
_DEATHS, _DEATHS_SECONDS = 5, 60.0
# A part that dies at once is not started in a circle, yet the fourth try is within five seconds.
_PAUSES = (0.0, 0.3, 1.0, 2.0)


class TooManyDeaths(Exception):
    """`part` was the fifth."""

    def __init__(self, part: str) -> None:
        super().__init__(part)
        self.part = part

    def __str__(self) -> str:
        return (f'{self.part} ended; that makes {_DEATHS} deaths in {_DEATHS_SECONDS:.0f} s, '
                'so everything stops')


class Supervisor:
    """`parts` in the order of starting. They have been launched by the one who made them."""

    def __init__(self, parts: Sequence[Part], report: Report) -> None:
        self._parts = parts
        self._report = report
        self._deaths: deque[float] = deque()

    def watch(self, until: Callable[[], bool]) -> None:
        """Returns when `until` is true; raises TooManyDeaths."""
        while not until():
            for part in self._parts:
                if not part.alive():
                    self._revive(part)
            time.sleep(_LOOK_SECONDS)

    def _revive(self, part: Part) -> None:
        now = time.monotonic()
        while self._deaths and now - self._deaths[0] > _DEATHS_SECONDS:
            self._deaths.popleft()
        self._deaths.append(now)
        if len(self._deaths) >= _DEATHS:
            raise TooManyDeaths(part.name)
        self._report(f'{part.name} ended; starting it again')
        time.sleep(_PAUSES[len(self._deaths) - 1])
        try:
            part.launch()
        except StartFailed as failure:
            self._report(str(failure))  # still dead, so the next look counts it again


def stop_in_order(phases: Sequence[tuple[Sequence[Part], float]]) -> None:
    """Each phase is asked as a whole, has its seconds, and is gone before the next is asked."""
    for parts, seconds in phases:
        for part in parts:
            part.ask_to_stop()
        deadline = time.monotonic() + seconds
        for part in parts:
            part.stop(max(0.0, deadline - time.monotonic()))


def kill_all(parts: Sequence[Part]) -> None:
    for part in parts:
        part.kill()

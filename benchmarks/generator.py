"""Who drives: wrk where it is on the path, else a generator of our own."""

import shutil
from collections.abc import Callable

from benchmarks.load import drive_apart
from benchmarks.traffic import Load, Measured
from benchmarks.wrk import drive_with_wrk

OWN, WRK = 'own', 'wrk'


class NoGenerator(Exception):
    """The one that was asked for is not on this machine."""


class Generator:
    """``name`` is that of what drives."""

    def __init__(self,
                 wanted: str | None = None,
                 find: Callable[[str], str | None] = shutil.which) -> None:
        """``wanted``: None for the best one. Raises NoGenerator."""
        self._wrk = None if wanted == OWN else find(WRK)
        if wanted == WRK and self._wrk is None:
            raise NoGenerator('wrk is not on the path')
        self.name = WRK if self._wrk else OWN

    def drive(self, load: Load) -> Measured:
        # wrk's scripts do not know which connection they speak for.
        if self._wrk is None or load.request.follow_cookie:
            return drive_apart(load)
        return drive_with_wrk(self._wrk, load)

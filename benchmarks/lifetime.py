"""A run ends: by itself, by a signal, or when its time is up; and it leaves nothing behind."""

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

_PREFIX = 'talelio-bench-'
_ENDING = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)


class Interrupted(SystemExit):
    """By a signal; the exit code is the one that a shell would tell."""


class TimeUp(Exception):
    """The run took longer than it may."""


@contextmanager
def bounded(seconds: float) -> Iterator[None]:
    """Raises Interrupted or TimeUp within the block; while that goes on its way out, no further
    signal disturbs the clean-up."""
    before = {number: signal.getsignal(number) for number in (*_ENDING, signal.SIGALRM)}
    for number in _ENDING:
        signal.signal(number, _interrupt)
    signal.signal(signal.SIGALRM, _end)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        for number, handler in before.items():
            signal.signal(number, handler)


def _interrupt(number: int, _frame: FrameType | None) -> None:
    _be_deaf()
    raise Interrupted(128 + number)


def _end(_number: int, _frame: FrameType | None) -> None:
    _be_deaf()
    raise TimeUp()


def _be_deaf() -> None:
    signal.setitimer(signal.ITIMER_REAL, 0)
    for number in _ENDING:
        signal.signal(number, signal.SIG_IGN)


@contextmanager
def leaving_in_peace() -> Iterator[None]:
    """Within ``bounded``: once this block is left, nothing disturbs what is left around it."""
    try:
        yield
    finally:
        _be_deaf()


@contextmanager
def folder_of_this_run(parent: Path | None = None) -> Iterator[Path]:
    """A folder that is gone afterwards; those of runs that were killed go first."""
    place = parent or Path(tempfile.gettempdir())
    remove_left_overs(place)
    folder = Path(tempfile.mkdtemp(prefix=f'{_PREFIX}{os.getpid()}-', dir=place))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def remove_left_overs(parent: Path) -> None:
    for folder in parent.glob(f'{_PREFIX}*'):
        pid = folder.name.removeprefix(_PREFIX).partition('-')[0]
        if not (pid.isdigit() and _lives(int(pid))):
            shutil.rmtree(folder, ignore_errors=True)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True

"""How a request to stop reaches a supervisor: as an exception, wherever it waits."""
import os
import signal
import sys
from pathlib import Path
from types import FrameType

from talelio_backend.development.launcher import follow_parent


class StopRequested(BaseException):
    """The first SIGTERM or SIGINT. Not an Exception: nothing on the way may swallow it."""


class KillRequested(BaseException):
    """A second Ctrl-C: no patience is left."""


def stop_on_signals() -> None:
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGINT, _stop)
    signal.signal(signal.SIGHUP, _stop)


def stop_in_haste_on_second_interrupt() -> None:
    # make passes on the SIGTERM that its process group got already: a second one means nothing.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.signal(signal.SIGINT, _kill)


def ignore_signals() -> None:
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)


def _stop(_number: int, _frame: FrameType | None) -> None:
    # From now on, so that two of them in a row do not cut the clean-up that the first began.
    stop_in_haste_on_second_interrupt()
    raise StopRequested


def _kill(_number: int, _frame: FrameType | None) -> None:
    ignore_signals()
    raise KillRequested


class Parent:
    """The make that started us. Killed, it takes us along; interrupted, it waits in silence.

    GNU make hands SIGTERM on, but not SIGINT: it trusts the terminal to have told everybody. Sent
    to make alone, it would wait for ever. What can be seen from outside is that it no longer
    catches the signal, which it does from its start until the first one.
    """

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._catches_interrupts = self._caught()
        follow_parent(pid, signal.SIGTERM)

    @classmethod
    def of_this_process(cls) -> 'Parent':
        return cls(os.getppid())

    def interrupted(self) -> bool:
        return self._catches_interrupts and not self._caught()

    def _caught(self) -> bool:
        if sys.platform != 'linux':
            return False
        try:
            status = Path(f'/proc/{self._pid}/status').read_text(encoding='utf-8')
        except OSError:
            return False
        masks = dict(line.split(':', 1) for line in status.splitlines())
        return bool(int(masks['SigCgt'], 16) >> (signal.SIGINT - 1) & 1)

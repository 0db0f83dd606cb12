"""From a start to an exit code, for whatever stays in the foreground until a signal."""
import sys
from collections.abc import Callable

from talelio_backend.development.process import StartFailed
from talelio_backend.development.stack import Stack
from talelio_backend.development.stopping import (KillRequested, StopRequested,
                                                  stop_in_haste_on_second_interrupt,
                                                  stop_on_signals)
from talelio_backend.development.supervisor import TooManyDeaths

STOPPED, FAILED, KILLED = 0, 1, 130


def say(line: str) -> None:
    try:
        print(line, flush=True)
    except OSError:
        pass  # the terminal is gone; what has to be ended still has to be ended


def complain(line: str) -> None:
    try:
        print(line, file=sys.stderr, flush=True)
    except OSError:
        pass


def run_until_stopped(stack: Stack, work: Callable[[], int]) -> int:
    """`work` starts the stack and uses it; however it ends, the stack is stopped afterwards."""
    stop_on_signals()
    try:
        code = _outcome(work)
        stop_in_haste_on_second_interrupt()
        stack.stop()
    except (KillRequested, StopRequested):
        stack.kill()
        return KILLED
    return code


def _outcome(work: Callable[[], int]) -> int:
    try:
        return work()
    except StopRequested:
        say('stopping')
        return STOPPED
    except (StartFailed, TooManyDeaths) as failure:
        complain(str(failure))
        return FAILED

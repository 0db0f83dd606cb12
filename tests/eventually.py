from collections.abc import Callable
from threading import Event
from time import monotonic
from typing import TypeVar

Found = TypeVar('Found')


def eventually(look: Callable[[], Found | None], *, seconds: float = 60) -> Found:
    """What ``look`` finds at last: for what another process does in its own time. Fails the test
    when there is nothing within ``seconds``."""
    until, pause = monotonic() + seconds, Event()
    while True:
        found = look()
        if found:
            return found
        assert monotonic() < until, f'nothing within {seconds} s: {look}'
        pause.wait(0.02)

"""Runs a thing several times at one moment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

Result = TypeVar('Result')


def at_once(number: int, action: Callable[[int], Result]) -> list[Result]:
    """What ``action(0)`` to ``action(number - 1)`` answer, started together in threads."""
    barrier = Barrier(number)

    def run(index: int) -> Result:
        barrier.wait(timeout=30)
        return action(index)

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(run, range(number)))

from collections.abc import Callable
from threading import Thread


class Bounded:
    """Runs work that may hang, and waits for it no longer than ``seconds``. What hangs is left
    to itself and not started a second time before it ended."""

    def __init__(self, seconds: float, work: Callable[[], None], *, name: str) -> None:
        self._seconds = seconds
        self._work = work
        self._name = name
        self._running: Thread | None = None

    def run(self) -> bool:
        """Whether the work ended in time. Its errors are its own to handle."""
        if self._running is not None and self._running.is_alive():
            return False
        # Nobody waits for it at the end of the process either.
        self._running = Thread(target=self._work, name=self._name, daemon=True)
        self._running.start()
        self._running.join(self._seconds)
        return not self._running.is_alive()

"""What a supervisor looks after, and the programs of this project as such parts."""
import signal
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from talelio_backend.development.process import Child

PROJECT = Path(__file__).resolve().parents[2]


class Part(Protocol):
    """A process, or a server that is one. `stop` asks and waits, then kills; `kill` only kills."""

    @property
    def name(self) -> str:
        ...

    def launch(self) -> None:
        """Starts it, or starts it again; StartFailed if that is impossible."""

    def alive(self) -> bool:
        ...

    def ask_to_stop(self) -> None:
        """Does not wait."""

    def stop(self, seconds: float = ...) -> None:
        ...

    def kill(self) -> None:
        ...


class Program:
    """One of our own programs; it writes to the terminal itself."""

    def __init__(self,
                 name: str,
                 command: Sequence[str],
                 environment: Mapping[str, str],
                 log_file: Path | None = None) -> None:
        self.child = Child(
            name=name,
            command=command,
            environment=environment,
            working_dir=PROJECT,
            log_file=log_file,
            # The master of a web server ends its workers; killed, it could not.
            orphan_signal=signal.SIGTERM)

    @property
    def name(self) -> str:
        return self.child.name

    def launch(self) -> None:
        self.child.start()

    def alive(self) -> bool:
        return self.child.alive()

    def ask_to_stop(self) -> None:
        self.child.ask_to_stop()

    def stop(self, seconds: float = 5.0) -> None:
        self.child.stop(seconds)

    def kill(self) -> None:
        self.child.kill()


@dataclass(frozen=True, kw_only=True)
class Commands:
    """The command lines; tests put their own in the place."""

    migrate: tuple[str, ...]
    worker: tuple[str, ...]
    metrics: tuple[str, ...]
    web: tuple[str, ...]


def operator_command(*words: str, module: str = 'talelio_backend') -> tuple[str, ...]:
    return (sys.executable, '-m', module, *words)


TALELIO = Commands(migrate=operator_command('migrate'),
                   worker=operator_command('worker'),
                   metrics=operator_command('metrics'),
                   web=operator_command('serve'))

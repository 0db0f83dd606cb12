"""One child process: started through the launcher, in a group of its own, never left behind."""
import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO

_LAUNCHER = Path(__file__).with_name('launcher.py')


class StartFailed(Exception):
    """A part did not come up. `part` names it, `reason` is one line for a person."""

    def __init__(self, part: str, reason: str) -> None:
        super().__init__(part, reason)
        self.part = part
        self.reason = reason

    def __str__(self) -> str:
        return f'{self.part}: {self.reason}'


@dataclass(frozen=True)
class RunAs:
    """Another user for a child; only root may ask for it. Capabilities are kernel numbers."""

    uid: int
    gid: int
    capabilities: tuple[int, ...] = ()


def launched(orphan_signal: int, run_as: RunAs | None = None) -> list[str]:
    """What stands before a command line, so that it gets that signal when this process dies."""
    plan = {
        'parent': os.getpid(),
        'signal': int(orphan_signal),
        'user': run_as and asdict(run_as),
    }
    return [sys.executable, '-I', '-S', str(_LAUNCHER), json.dumps(plan)]


@dataclass(kw_only=True)
class Child:
    """A program with its environment; `start` may be called again after its death."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    working_dir: Path
    log_file: Path | None = None  # None: the child writes where its parent writes
    stop_signal: int = signal.SIGTERM
    orphan_signal: int = signal.SIGKILL  # what the kernel sends when this process dies
    run_as: RunAs | None = None
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False, repr=False)
    _asked: bool = field(default=False, init=False, repr=False)
    _group_may_live: bool = field(default=False, init=False, repr=False)

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    @property
    def exit_code(self) -> int | None:
        """None while it runs; minus the signal's number where a signal ended it."""
        return self._process.poll() if self._process else None

    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        self.kill()  # what a dead one left in its group, workers of a killed master for example
        log = self._open_log()
        try:
            self._process = subprocess.Popen(  # pylint: disable=consider-using-with
                [*launched(self.orphan_signal, self.run_as), *self.command],
                cwd=self.working_dir,
                env=dict(self.environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log and subprocess.STDOUT,
                start_new_session=True)
            self._asked, self._group_may_live = False, True
        except OSError as error:
            raise StartFailed(self.name, str(error)) from error
        finally:
            if log:
                log.close()

    def ask_to_stop(self) -> None:
        """Once only: a program may take a second request for impatience, and drop its work."""
        if not self._asked and self._process and self._process.poll() is None:
            self._asked = True
            self._process.send_signal(self.stop_signal)

    def wait(self, seconds: float) -> bool:
        """True if it ended within that time."""
        if self._process is None:
            return True
        try:
            self._process.wait(max(0.0, seconds))
        except subprocess.TimeoutExpired:
            return False
        return True

    def stop(self, seconds: float = 5.0) -> None:
        """Asks, waits that long, then kills the whole group."""
        self.ask_to_stop()
        self.wait(seconds)
        self.kill()

    def kill(self) -> None:
        if self._process is None or not self._group_may_live:
            return  # its number may belong to a stranger by now
        try:
            os.killpg(self._process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            pass  # nobody of the group is left (macOS says so with EPERM)
        self._process.wait()
        self._group_may_live = False

    def _open_log(self) -> IO[bytes] | None:
        if self.log_file is None:
            return None
        self.log_file.parent.mkdir(parents=True, exist_ok=True)
        return open(self.log_file, 'ab')

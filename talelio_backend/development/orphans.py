"""What a killed predecessor may have left running on a data folder that is now ours alone.

A pid file is believed only if that process works in that very folder; numbers are used again.
"""
import os
import signal
import time
from pathlib import Path

_GRACE_SECONDS = 10.0
_STEP_SECONDS = 0.05


def end_postgres(data_dir: Path) -> None:
    pid_file = data_dir / 'postmaster.pid'
    try:
        pid = int(pid_file.read_text(encoding='utf-8').split()[0])
    except (OSError, ValueError, IndexError):
        return
    if _works_in(pid, data_dir):
        _end(pid, data_dir)
    # The server trusts this number as soon as any process of its user has it.
    pid_file.unlink(missing_ok=True)


def _works_in(pid: int, folder: Path) -> bool:
    """False where it cannot be known; then the server's own checks decide."""
    try:
        return os.path.samefile(f'/proc/{pid}/cwd', folder)
    except OSError:
        return False


def _end(pid: int, folder: Path) -> None:
    for request in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        try:
            os.kill(pid, request)
        except ProcessLookupError:
            return
        deadline = time.monotonic() + _GRACE_SECONDS
        while _works_in(pid, folder):
            if time.monotonic() > deadline:
                break
            time.sleep(_STEP_SECONDS)
        else:
            return

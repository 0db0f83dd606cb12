"""The folder in which processes keep their counts, so that one of them can tell all.

prometheus_client decides when it is first imported whether counts go into files, and learns the
folder from the environment; so ``open_folder`` is called before metrics are made.
"""

import fcntl
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

VARIABLE = 'PROMETHEUS_MULTIPROC_DIR'
_SUMMED = ('counter', 'histogram')
_PID = re.compile(r'_([0-9]+)\.db$')


def open_folder(folder: Path | None, *, empty: bool) -> Path:
    """Makes ``folder``, or a temporary one, the place of this process's counts and of those
    that it forks. ``empty`` removes what earlier processes left."""
    folder = folder or Path(tempfile.mkdtemp(prefix='talelio-metrics-'))
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if empty:
        for file in folder.glob('*.db'):
            file.unlink(missing_ok=True)
    os.environ[VARIABLE] = str(folder)
    if 'prometheus_client.values' in sys.modules:
        # Somebody was faster; what it decided then holds for new metrics only if it is told.
        from prometheus_client import values
        choose: Any = values.get_value_class
        values.ValueClass = choose()
    return folder


def forget_process(folder: Path, pid: int) -> None:
    """Removes the files of a process that is gone. What it counted is kept in one file for all
    such processes, since a counter never falls; its gauges were true for itself only."""
    from prometheus_client import mmap_dict, multiprocess
    counts: Any = mmap_dict.MmapedDict
    forget_gauges: Any = multiprocess.mark_process_dead

    with alone(folder):
        forget_gauges(pid, str(folder))
        for kind in _SUMMED:
            file = folder / f'{kind}_{pid}.db'
            if not file.exists():
                continue
            kept = counts(str(folder / f'{kind}_gone.db'))
            for key, value, *_ in counts.read_all_values_from_file(str(file)):
                kept.write_value(key, kept.read_value(key)[0] + value, 0.0)
            kept.close()
            file.unlink()


def forget_dead(folder: Path) -> None:
    """Forgets the processes that were killed, or whose master was, so that nobody did it for them.
    All that share a folder see each other's pids."""
    names = (_PID.search(file.name) for file in folder.glob('*.db'))
    for pid in {int(name[1]) for name in names if name}:
        if not _lives(pid):
            forget_process(folder, pid)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # somebody else's, but there
    return True


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Nobody else moves counts between files meanwhile, or reads them."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)

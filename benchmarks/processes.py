"""What the processes behind a port take: memory and processor time, as the kernel counts them.

The processes of a web server are those that hold its listening socket: a master and the workers
that it forked. Where there is no /proc, or the server is on another machine, nothing is known.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_LISTENING = '0A'
_TICKS = os.sysconf('SC_CLK_TCK')
_KIB_PER_MIB = 1024


@dataclass(frozen=True, kw_only=True)
class Usage:
    """``memory`` in MiB (PSS: pages that several share are shared out among them), ``processor``
    in seconds since each process began."""

    processes: int
    memory: float
    processor: float


def usage_of(port: int) -> Usage | None:
    """None where nobody listens whom we may look at."""
    pids = listeners(port)
    if not pids:
        return None
    return Usage(processes=len(pids),
                 memory=sum(_proportional_set_size(pid) for pid in pids) / _KIB_PER_MIB,
                 processor=sum(map(_processor_seconds, pids)))


def listeners(port: int) -> list[int]:
    """The processes that hold a listening socket of ``port``, the eldest first."""
    sockets = set(_listening_sockets(port))
    found = []
    for folder in Path('/proc').glob('[0-9]*'):
        try:
            if any(os.readlink(file) in sockets for file in (folder / 'fd').iterdir()):
                found.append(int(folder.name))
        except OSError:
            continue  # ended meanwhile, or somebody else's
    return sorted(found)


def environment_of(pid: int) -> dict[str, str]:
    """What a process was started with."""
    raw = Path(f'/proc/{pid}/environ').read_bytes()
    pairs = (os.fsdecode(entry).partition('=') for entry in raw.split(b'\0') if entry)
    return {name: value for name, _, value in pairs}


def _listening_sockets(port: int) -> Iterator[str]:
    for table in ('/proc/net/tcp', '/proc/net/tcp6'):
        try:
            rows = Path(table).read_text(encoding='ascii').splitlines()[1:]
        except OSError:
            continue
        for columns in map(str.split, rows):
            if columns[3] == _LISTENING and int(columns[1].rpartition(':')[2], 16) == port:
                yield f'socket:[{columns[9]}]'


def _proportional_set_size(pid: int) -> float:
    """KiB; 0 for a process that is gone."""
    try:
        rollup = Path(f'/proc/{pid}/smaps_rollup').read_text(encoding='ascii')
    except OSError:
        return 0
    return float(rollup.split('\nPss:')[1].split()[0])


def _processor_seconds(pid: int) -> float:
    try:
        fields = Path(f'/proc/{pid}/stat').read_text(encoding='utf-8').rpartition(')')[2].split()
    except OSError:
        return 0
    return (int(fields[11]) + int(fields[12])) / _TICKS

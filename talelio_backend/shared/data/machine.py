import ctypes
import os
from pathlib import Path

WORKER_BYTES = 160 * 2**20  # a worker under load with every area on, with room to breathe
_ARENAS = -8  # M_ARENA_MAX of malloc.h
_GROUP_LIMITS = (Path('/sys/fs/cgroup/memory.max'),
                 Path('/sys/fs/cgroup/memory/memory.limit_in_bytes'))


def share_one_heap() -> None:
    """Lets all threads of this process take memory from one heap, from here on. glibc gives each
    a heap of its own, and each keeps what its thread once needed: eight threads that received a
    picture hold 9 MiB each. Other C libraries have no such setting, nor that habit."""
    set_option = getattr(ctypes.CDLL(None), 'mallopt', None)
    if set_option is not None:
        set_option(_ARENAS, 1)


def memory_bytes() -> int:
    """What this process may use: the container's limit, or else the machine's memory."""
    physical = os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES')
    for file in _GROUP_LIMITS:
        try:
            return min(physical, int(file.read_text(encoding='ascii')))
        except (OSError, ValueError):
            continue  # no such group, or `max`: no limit
    return physical


def workers_for(*, processors: int, memory: int) -> int:
    """One more than processors, so that one waits while another computes; at most what half of
    the memory holds, since the other half is the page cache's and the neighbours'."""
    return max(1, min(processors + 1, memory // 2 // WORKER_BYTES))


def workers_here() -> int:
    return workers_for(processors=len(os.sched_getaffinity(0))
                       if hasattr(os, 'sched_getaffinity') else os.cpu_count() or 1,
                       memory=memory_bytes())

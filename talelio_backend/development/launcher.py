"""Run as a script between a supervisor and the program that it starts; it becomes that program.

    python -I -S launcher.py '<JSON>' PROGRAM [ARGUMENT ...]

Two things must happen in the new process itself: it must ask the kernel for a signal when its
parent dies, and a database server must give up root. A hook between fork and exec could do both,
but it would run Python code in a copy of a possibly threaded process, which may deadlock.

The JSON object has `parent` (pid that must still be our parent), `signal` (what to get when it
dies), and optionally `user`: `{"uid", "gid", "capabilities": [numbers that survive]}`. Only the
standard library, because neither the site-packages nor the environment are consulted.
"""
import ctypes
import json
import os
import sys
import time
from typing import Any

_PR_SET_PDEATHSIG, _PR_SET_KEEPCAPS, _PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE = 1, 8, 47, 2
_CAPABILITY_VERSION_3 = 0x20080522
_WATCH_SECONDS = 0.5


class LaunchRefused(Exception):
    """The kernel refused a step; the text is for the person who started the server."""


def _prctl(option: int, *arguments: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    padded = [ctypes.c_ulong(value) for value in (*arguments, 0, 0, 0, 0)[:4]]
    if libc.prctl(option, *padded) != 0:
        raise LaunchRefused(f'prctl({option}): {os.strerror(ctypes.get_errno())}')


def _keep_capabilities(capabilities: list[int]) -> None:
    """Makes them effective and ambient after the change of user, so that they outlive exec."""
    libc = ctypes.CDLL(None, use_errno=True)
    low = sum(1 << number for number in capabilities)
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    sets = (ctypes.c_uint32 * 6)(low, low, low, 0, 0, 0)
    if libc.capset(header, sets) != 0:
        raise LaunchRefused(f'capset: {os.strerror(ctypes.get_errno())}')
    for number in capabilities:
        _prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE, number)


def _become(user: dict[str, Any]) -> None:
    capabilities = user['capabilities']
    if capabilities:
        _prctl(_PR_SET_KEEPCAPS, 1)
    os.setgroups([])
    os.setgid(user['gid'])
    os.setuid(user['uid'])
    if capabilities:
        _keep_capabilities(capabilities)


def watch_from_beside(parent: int, signal_number: int) -> None:
    """Stands in for PR_SET_PDEATHSIG where the kernel has none (macOS)."""
    program = os.getpid()
    if os.fork() != 0:
        return
    while os.getppid() == program:
        try:
            os.kill(parent, 0)
        except ProcessLookupError:
            os.kill(program, signal_number)
            break
        time.sleep(_WATCH_SECONDS)
    os._exit(0)  # pylint: disable=protected-access  # no clean-up of what the parent owns


def follow_parent(parent: int, signal_number: int) -> None:
    if sys.platform == 'linux':
        _prctl(_PR_SET_PDEATHSIG, signal_number)
    else:
        watch_from_beside(parent, signal_number)
    if os.getppid() != parent:  # it died before we asked
        raise LaunchRefused('the parent is gone')


def main(arguments: list[str]) -> None:
    plan, program = json.loads(arguments[0]), arguments[1:]
    try:
        if plan.get('user'):
            _become(plan['user'])
        # Last, because a change of user clears the wish.
        follow_parent(plan['parent'], plan['signal'])
        os.execv(program[0], program)
    except (LaunchRefused, OSError) as error:
        sys.exit(f'{program[0]}: {error}')


if __name__ == '__main__':
    main(sys.argv[1:])

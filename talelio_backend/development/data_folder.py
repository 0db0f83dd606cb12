"""The folder that one instance owns: its lock, and `run.json` by which others find it."""
import fcntl
import json
import os
import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from talelio_backend.development.credentials import write_private

_ROOT_USER = 0
_LOCK_READ_SECONDS = 2.0
_STEP_SECONDS = 0.05
_CONTENTS = ('postgres', 'postgres.new', 'redis', 's3', 's3-cache', 'mail', 'log', 'metrics',
             'run.json', 'secret_key', 'credentials.json')


class InUse(Exception):
    """Another process holds the folder. `pid` may be None if it is just starting."""

    def __init__(self, pid: int | None, purpose: str) -> None:
        super().__init__(pid, purpose)
        self.pid = pid
        self.purpose = purpose

    def __str__(self) -> str:
        return f'this data folder is in use by process {self.pid} ({self.purpose})'


@dataclass(frozen=True)
class DataFolder:
    path: Path

    @property
    def run_file(self) -> Path:
        return self.path / 'run.json'

    @property
    def mail_dir(self) -> Path:
        return self.path / 'mail'

    @property
    def metrics_dir(self) -> Path:
        return self.path / 'metrics'

    def log_file(self, name: str) -> Path:
        return self.path / 'log' / f'{name}.log'

    def prepare(self) -> None:
        if not self.path.exists():
            self.path.mkdir(parents=True)
            # As root, PostgreSQL's user has to pass through; it still cannot list anything.
            self.path.chmod(0o711 if os.geteuid() == _ROOT_USER else 0o700)
        for folder in (self.path / 'log', self.mail_dir):
            folder.mkdir(mode=0o700, exist_ok=True)

    def empty_metrics(self) -> None:
        """Numbers of processes that are gone would be added to those of the living."""
        shutil.rmtree(self.metrics_dir, ignore_errors=True)
        self.metrics_dir.mkdir(mode=0o700)

    def lock(self, purpose: str) -> 'FolderLock':
        """Raises InUse. The kernel lets go of it however its owner dies."""
        self.prepare()
        descriptor = os.open(self._lock_file, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            raise self._in_use() from None
        held = FolderLock(descriptor)
        held.write({'pid': os.getpid(), 'purpose': purpose})
        return held

    def running(self) -> dict[str, Any] | None:
        """What `run.json` says, if the process that wrote it is alive and holds the folder."""
        owner = self.owner()
        try:
            facts: dict[str, Any] = json.loads(self.run_file.read_bytes())
        except (OSError, ValueError):
            return None
        return facts if owner and owner.get('pid') == facts.get('pid') else None

    def owner(self) -> dict[str, Any] | None:
        """The lock's content while somebody holds it; empty if that one has not written yet."""
        try:
            descriptor = os.open(self._lock_file, os.O_RDONLY)
        except FileNotFoundError:
            return None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return _parse(os.pread(descriptor, 4096, 0))
        finally:
            os.close(descriptor)
        return None

    def write_run(self, facts: Mapping[str, Any]) -> None:
        write_private(self.run_file, json.dumps(facts, indent=2) + '\n')

    def remove_run(self) -> None:
        self.run_file.unlink(missing_ok=True)

    def remove(self) -> None:
        """Only what we put there; a folder that holds something else besides stays."""
        with self.lock('clean-data'):
            for name in _CONTENTS:
                entry = self.path / name
                if entry.is_dir() and not entry.is_symlink():
                    shutil.rmtree(entry)
                else:
                    entry.unlink(missing_ok=True)
            self._lock_file.unlink()
        if not any(self.path.iterdir()):
            self.path.rmdir()

    @property
    def _lock_file(self) -> Path:
        return self.path / 'lock'

    def _in_use(self) -> InUse:
        deadline = time.monotonic() + _LOCK_READ_SECONDS
        while time.monotonic() < deadline:
            owner = self.owner()
            if owner:
                return InUse(owner['pid'], owner['purpose'])
            time.sleep(_STEP_SECONDS)
        return InUse(None, 'starting')


@dataclass(frozen=True)
class FolderLock:
    descriptor: int

    def write(self, content: Mapping[str, Any]) -> None:
        # In place: a new file would not be the one that is locked.
        os.ftruncate(self.descriptor, 0)
        os.pwrite(self.descriptor, json.dumps(content).encode(), 0)

    def release(self) -> None:
        os.ftruncate(self.descriptor, 0)
        os.close(self.descriptor)

    def __enter__(self) -> 'FolderLock':
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


def _parse(content: bytes) -> dict[str, Any]:
    try:
        parsed: dict[str, Any] = json.loads(content)
    except ValueError:
        return {}
    return parsed

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

SIZE = 10 * 2**20  # bytes, after which a new file is begun
KEPT = 3  # old files


class SharedLogFile:
    """A file that several processes append lines to. The kernel keeps appended lines whole; who
    finds the file too long moves it away under a lock, and the others notice that it is another.
    """

    def __init__(self, path: Path, *, size: int = SIZE, kept: int = KEPT) -> None:
        self._path = path
        self._size = size
        self._kept = kept
        self._lock = Lock()
        self._descriptor: int | None = None
        self._inode = 0

    def write(self, line: str) -> None:
        """Appends a line. A full disk must not stop the work that is told about."""
        try:
            with self._lock:
                if os.fstat(self._current()).st_size >= self._size:
                    self._rotate()
                os.write(self._current(), line.encode('utf-8', 'backslashreplace') + b'\n')
        except OSError:
            pass

    def _current(self) -> int:
        """The descriptor of the file that has the name now."""
        try:
            present = os.stat(self._path).st_ino
        except FileNotFoundError:
            present = 0
        if self._descriptor is None or present != self._inode:
            self._open()
        assert self._descriptor is not None
        return self._descriptor

    def _open(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._descriptor = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        self._inode = os.fstat(self._descriptor).st_ino

    def _rotate(self) -> None:
        with self._alone():
            if not self._path.exists() or self._path.stat().st_size < self._size:
                return  # another process was faster
            for number in range(self._kept, 1, -1):
                older = self._numbered(number - 1)
                if older.exists():
                    older.replace(self._numbered(number))
            self._path.replace(self._numbered(1))

    def _numbered(self, number: int) -> Path:
        return self._path.with_name(f'{self._path.name}.{number}')

    @contextmanager
    def _alone(self) -> Iterator[None]:
        folder = os.open(self._path.parent, os.O_RDONLY)
        try:
            fcntl.flock(folder, fcntl.LOCK_EX)
            yield
        finally:
            os.close(folder)

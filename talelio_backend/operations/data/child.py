"""A program that bytes stream through."""

import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from threading import Thread
from typing import IO

from talelio_backend.operations.domain.errors import OperationFailed

_STOP_SECONDS = 5
_LONGEST_REASON = 300  # characters
_MARK = b'error:'


class Child:
    """``input`` and ``output`` are its standard streams."""

    def __init__(self, process: subprocess.Popen[bytes], failure: type[OperationFailed]) -> None:
        assert process.stdin is not None and process.stdout is not None
        assert process.stderr is not None
        self.input: IO[bytes] = process.stdin
        self.output: IO[bytes] = process.stdout
        self._process = process
        self._failure = failure
        self._complaint = b''
        # A pipe that nobody reads would stop the child once it is full.
        self._listening = Thread(target=self._listen, args=(process.stderr, ), daemon=True)
        self._listening.start()

    def must_succeed(self) -> None:
        """Waits for its end."""
        if self._process.wait() != 0:
            self.fail()

    def fail(self) -> None:
        """Raises the failure with the reason that the program gave."""
        code = self._process.wait()
        self._listening.join()
        reason = self._complaint.decode(errors='replace').strip()
        raise self._failure(reason or f'the program ended with {code}')

    def end(self) -> None:
        """It is gone afterwards, whether it wants or not."""
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        for stream in (self.input, self.output):
            with suppress(BrokenPipeError):
                stream.close()
        self._listening.join()

    def _listen(self, complaints: IO[bytes]) -> None:
        """Keeps the first line of the first complaint: those below it quote rows."""
        with complaints:
            while line := complaints.readline(64 * 1024):
                if _MARK in line.lower() and not self._complaint:
                    self._complaint = line[:_LONGEST_REASON]


@contextmanager
def running(command: Sequence[str], environment: Mapping[str, str],
            failure: type[OperationFailed]) -> Iterator[Child]:
    """The program, until the context is left. Raises ``failure`` where there is none."""
    try:
        process = subprocess.Popen(command,
                                   env=dict(environment),
                                   stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE)
    except OSError as error:
        raise failure(f'{command[0]} cannot be started') from error
    child = Child(process, failure)
    try:
        yield child
    finally:
        child.end()

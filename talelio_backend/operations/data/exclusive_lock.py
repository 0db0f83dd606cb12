from collections.abc import Iterator
from contextlib import contextmanager
from threading import local

from sqlalchemy import text

from talelio_backend.operations.data.connections import Address, connected
from talelio_backend.operations.domain.errors import AnotherIsRunning

_TRY = text('SELECT pg_try_advisory_lock(hashtextextended(:name, 0))')
_WAIT = text('SELECT pg_advisory_lock(hashtextextended(:name, 0))')


class AdvisoryLock:
    """A session's lock in the live database: the server lets go of it when the connection ends,
    however its holder died."""

    def __init__(self, address: Address, *, name: str) -> None:
        self._address = address
        self._name = name
        self._held = local()

    @contextmanager
    def hold(self, *, wait: bool = True) -> Iterator[None]:
        if getattr(self._held, 'here', False):
            yield
            return
        with connected(self._address()) as connection:
            lock = {'name': f'talelio {self._name}'}
            if wait:
                connection.execute(_WAIT, lock)
            elif not connection.execute(_TRY, lock).scalar_one():
                raise AnotherIsRunning(self._name)
            self._held.here = True
            try:
                yield
            finally:
                self._held.here = False

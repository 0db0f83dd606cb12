import base64
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from talelio_backend.shared.domain.errors import Busy

LONGEST_WAIT = 5.0  # seconds


class Argon2Hasher:
    """argon2id with OWASP's minimum (m = 19 MiB, t = 2, p = 1). As many hashes at once as there
    are cores: more would only make all of them slower, and each costs 19 MiB."""

    memory = 19 * 1024  # KiB

    def __init__(self, *, at_once: int | None = None, longest_wait: float = LONGEST_WAIT) -> None:
        self._hasher = PasswordHasher(time_cost=2,
                                      memory_cost=self.memory,
                                      parallelism=1,
                                      hash_len=32,
                                      salt_len=16,
                                      type=Type.ID)
        self._cores = threading.BoundedSemaphore(at_once or os.cpu_count() or 1)
        self._longest_wait = longest_wait
        self._dummy = self._nobodys_hash()

    def hash(self, password: str) -> str:
        with self._core():
            return self._hasher.hash(_encoded(password))

    def verify(self, password_hash: str | None, password: str) -> bool:
        with self._core():
            try:
                return self._hasher.verify(password_hash or self._dummy, _encoded(password))
            except (VerificationError, InvalidHashError):
                return False

    def is_outdated(self, password_hash: str) -> bool:
        return self._hasher.check_needs_rehash(password_hash)

    def _nobodys_hash(self) -> str:
        """A hash with today's parameters that no password has: checking it costs what checking
        a real one costs, and making it costs nothing."""
        hasher = self._hasher
        salt, digest = (base64.b64encode(bytes(size)).decode().rstrip('=')
                        for size in (hasher.salt_len, hasher.hash_len))
        return (f'$argon2id$v=19$m={hasher.memory_cost},t={hasher.time_cost},'
                f'p={hasher.parallelism}${salt}${digest}')

    @contextmanager
    def _core(self) -> Iterator[None]:
        if not self._cores.acquire(timeout=self._longest_wait):
            raise Busy()
        try:
            yield
        finally:
            self._cores.release()


def _encoded(password: str) -> bytes:
    return password.encode(errors='surrogatepass')

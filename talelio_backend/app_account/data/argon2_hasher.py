import base64
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from nacl.exceptions import CryptoError
from nacl.pwhash import argon2id

from talelio_backend.shared.domain.errors import Busy

LONGEST_WAIT = 5.0  # seconds
_PASSES = 2
_SALT_BYTES, _DIGEST_BYTES = argon2id.SALTBYTES, 32  # libsodium's, in every hash


class Argon2Hasher:
    """argon2id with OWASP's minimum (m = 19 MiB, t = 2, p = 1). As many hashes at once as there
    are cores: more would only make all of them slower, and each costs 19 MiB."""

    memory = 19 * 1024  # KiB

    def __init__(self, *, at_once: int | None = None, longest_wait: float = LONGEST_WAIT) -> None:
        self._parameters = f'$argon2id$v=19$m={self.memory},t={_PASSES},p=1$'
        self._cores = threading.BoundedSemaphore(at_once or os.cpu_count() or 1)
        self._longest_wait = longest_wait
        self._dummy = self._nobodys_hash()

    def hash(self, password: str) -> str:
        with self._core():
            return argon2id.str(_encoded(password), opslimit=_PASSES,
                                memlimit=1024 * self.memory).decode()

    def verify(self, password_hash: str | None, password: str) -> bool:
        with self._core():
            try:
                return argon2id.verify((password_hash or self._dummy).encode(), _encoded(password))
            except CryptoError:  # another password, or no hash at all
                return False

    def is_outdated(self, password_hash: str) -> bool:
        return not password_hash.startswith(self._parameters)

    def _nobodys_hash(self) -> str:
        """A hash with today's parameters that no password has: checking it costs what checking
        a real one costs, and making it costs nothing."""
        salt, digest = (base64.b64encode(bytes(size)).decode().rstrip('=')
                        for size in (_SALT_BYTES, _DIGEST_BYTES))
        return f'{self._parameters}{salt}${digest}'

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

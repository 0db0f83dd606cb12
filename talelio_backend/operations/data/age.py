"""Encryption with age (https://age-encryption.org/v1), to X25519 recipients."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from talelio_backend.operations.domain.errors import Corrupted, NoIdentity
from talelio_backend.operations.services.ports import Readable, Writable

if TYPE_CHECKING:
    from pyrage.x25519 import Identity

Value = TypeVar('Value')

_HEADER = b'age-encryption.org/v1\n'
_PIECE = 64 * 1024
_COMMENT = '#'


class AgeSealer:
    """``identity_file`` holds secret keys, one a line; lines that begin with # say nothing. It is
    read when something is to be opened: a server that only makes backups has none."""

    def __init__(self, recipients: Sequence[str], identity_file: Path | None) -> None:
        self.recipients = tuple(recipients)
        self._identity_file = identity_file

    @property
    def can_open(self) -> bool:
        return self._identity_file is not None and self._identity_file.is_file()

    def seal(self, source: Readable, target: Writable) -> None:
        if not self.recipients:
            _copy(source, target)
            return
        import pyrage
        known = [pyrage.x25519.Recipient.from_str(recipient) for recipient in self.recipients]
        streams = _Streams(source, target)
        try:
            pyrage.encrypt_io(streams, streams, known)
        except (pyrage.EncryptError, OSError) as error:
            raise streams.failure or error

    def open(self, source: Readable, target: Writable) -> None:
        import pyrage
        streams = _Streams(source, target)
        try:
            pyrage.decrypt_io(streams, streams, self._identities())
        except (pyrage.DecryptError, OSError) as error:
            if streams.failure is not None:
                raise streams.failure from error
            # Nothing came out: it is not for us. In the middle: it was changed.
            if streams.written == 0 and 'matching keys' in str(error):
                raise NoIdentity('the dump is encrypted for others') from error
            raise Corrupted('the encryption of the dump is broken') from error

    def is_sealed(self, beginning: bytes) -> bool:
        return beginning.startswith(_HEADER)

    def _identities(self) -> 'list[Identity]':
        import pyrage
        if self._identity_file is None:
            raise NoIdentity('BACKUP_AGE_IDENTITY_FILE is not set')
        try:
            lines = self._identity_file.read_text(encoding='ascii').splitlines()
            found = [
                pyrage.x25519.Identity.from_str(line.strip()) for line in lines
                if line.strip() and not line.startswith(_COMMENT)
            ]
        except (OSError, ValueError, pyrage.IdentityError) as error:
            kind = type(error).__name__  # its text may hold the line that it stumbled over
            raise NoIdentity(f'BACKUP_AGE_IDENTITY_FILE cannot be read ({kind})') from None
        if not found:
            raise NoIdentity('BACKUP_AGE_IDENTITY_FILE holds no identity')
        return found


class _Streams:
    """The library reads and writes here. It makes an error of its own of ours, so ours is kept."""

    def __init__(self, source: Readable, target: Writable) -> None:
        self._source = source
        self._target = target
        self.failure: BaseException | None = None
        self.written = 0

    def read(self, size: int = -1, /) -> bytes:
        return self._kept(lambda: self._source.read(size))

    def write(self, content: bytes, /) -> int:
        self.written += len(content)
        return self._kept(lambda: self._target.write(content))

    def flush(self) -> None:
        """The library asks for it; nothing is held here."""

    def _kept(self, do: Callable[[], Value]) -> Value:
        try:
            return do()
        except BaseException as error:
            self.failure = error
            raise


def _copy(source: Readable, target: Writable) -> None:
    while piece := source.read(_PIECE):
        target.write(piece)

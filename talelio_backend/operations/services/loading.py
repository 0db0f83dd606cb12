from talelio_backend.operations.domain.errors import Corrupted, NoIdentity
from talelio_backend.operations.domain.manifest import Manifest
from talelio_backend.operations.services.ports import Loader, Readable, Sealer, Vault, Writable

_PIECE = 64 * 1024
_BEGINNING = 64  # bytes that say what kind of file it is


class LoadingService:
    """Brings a stored dump into a database. Nothing of a dump is run before the whole of it was
    compared with its manifest; so it is read twice."""

    def __init__(self, *, vault: Vault, sealer: Sealer, loader: Loader) -> None:
        self._vault = vault
        self._sealer = sealer
        self._loader = loader

    def verify(self, manifest: Manifest) -> None:
        """Compares size, hash and kind of the stored dump with its manifest. Raises Corrupted."""
        with self._vault.open(manifest) as dump:
            first = dump.read(_BEGINNING)
            while piece := dump.read(_PIECE):
                first = (first + piece)[:_BEGINNING] if len(first) < _BEGINNING else first
        if self._sealer.is_sealed(first) != manifest.encrypted:
            kind = 'not encrypted' if manifest.encrypted else 'encrypted'
            raise Corrupted(f'the dump of {manifest.name} is {kind}, against its manifest')

    def can_open(self, manifest: Manifest) -> bool:
        """Whether a key is at hand, where one is needed."""
        return not manifest.encrypted or self._sealer.can_open

    def load(self, manifest: Manifest, *, database: str) -> None:
        """Restores into the empty ``database``, whole or not at all. The dump was verified.

        Raises NoIdentity, Corrupted, LoadFailed."""
        if not self.can_open(manifest):
            raise NoIdentity(f'{manifest.name} is encrypted, and BACKUP_AGE_IDENTITY_FILE does '
                             'not name a file that opens it')
        with self._loader.load(database) as archive, self._vault.open(manifest) as dump:
            self._open(manifest, dump, archive)
            _exhaust(dump)

    def _open(self, manifest: Manifest, dump: Readable, archive: Writable) -> None:
        if manifest.encrypted:
            self._sealer.open(dump, archive)
            return
        while piece := dump.read(_PIECE):
            archive.write(piece)


def _exhaust(dump: Readable) -> None:
    """Its end is where the comparison with the manifest is made."""
    while dump.read(_PIECE):
        pass

from collections.abc import Sequence
from pathlib import Path

from talelio_backend.operations.domain.errors import NoIdentity, NotABackup, NotProven
from talelio_backend.operations.domain.manifest import Manifest
from talelio_backend.operations.domain.row_change import RowChange
from talelio_backend.operations.services.drilling import differing
from talelio_backend.operations.services.loading import LoadingService
from talelio_backend.operations.services.ports import Contents, Vault
from talelio_backend.operations.services.replacing import Replaced, ReplacingService
from talelio_backend.operations.services.restore_ports import Script

_NAMED = 3  # differences that are told


class StoredBackup:
    """A backup of the vault as what a database is filled from."""

    def __init__(self, manifest: Manifest, loading: LoadingService) -> None:
        self.name = manifest.name
        self._manifest = manifest
        self._loading = loading

    def fill(self, database: str) -> None:
        self._loading.load(self._manifest, database=database)

    def check(self, contents: Contents) -> None:
        differences = differing(self._manifest, contents)
        if differences:
            raise NotProven(f'{self.name}: {"; ".join(differences[:_NAMED])}')

    def complete(self, database: str) -> None:
        """Media are not part of a backup; their bucket keeps versions."""


class SqlFile:
    """A plain SQL dump as what a database is filled from."""

    name = 'sql'

    def __init__(self, file: Path, script: Script) -> None:
        self._file = file
        self._script = script

    def fill(self, database: str) -> None:
        self._script.run(self._file, database=database)

    def check(self, contents: Contents) -> None:
        if contents.alembic_revision is None:
            raise NotABackup(f'{self._file} makes no tables of talelio')

    def complete(self, database: str) -> None:
        """Media are not part of it either."""


class RestoringService:
    """Brings the database back to what a backup, or a plain SQL dump, holds."""

    def __init__(self, *, vault: Vault, loading: LoadingService, replacing: ReplacingService,
                 script: Script) -> None:
        self._vault = vault
        self._loading = loading
        self._replacing = replacing
        self._script = script

    def choose(self, name: str | None = None) -> Manifest:
        """A backup that can be restored here, the newest where none is named: its schema is known
        and it can be opened. What earlier restores saved of the state that they replaced is only
        taken by name, or a second try would bring back what the first one was to replace.

        Raises NotABackup, NewerThanThisVersion, NoIdentity."""
        manifest = self._newest() if name is None else self._vault.find(name)
        self._replacing.check_known(manifest.alembic_revision)
        if not self._loading.can_open(manifest):
            raise NoIdentity(f'{manifest.name} is encrypted, and BACKUP_AGE_IDENTITY_FILE does '
                             'not name a file that opens it')
        return manifest

    def preview(self, manifest: Manifest) -> Sequence[RowChange]:
        """Changes nothing. Raises Corrupted, NotProven, LoadFailed, AnotherIsRunning."""
        self._loading.verify(manifest)
        return self._replacing.preview(StoredBackup(manifest, self._loading))

    def restore(self, manifest: Manifest) -> Replaced:
        """Raises what ``preview`` and ``ReplacingService.replace`` raise."""
        self._replacing.check_allowed()
        self._loading.verify(manifest)
        return self._replacing.replace(StoredBackup(manifest, self._loading))

    def preview_sql(self, file: Path) -> Sequence[RowChange]:
        return self._replacing.preview(SqlFile(file, self._script))

    def restore_sql(self, file: Path) -> Replaced:
        return self._replacing.replace(SqlFile(file, self._script))

    def _newest(self) -> Manifest:
        for manifest in self._vault.list():
            if not manifest.is_safety:
                return manifest
        raise NotABackup('there is none yet')

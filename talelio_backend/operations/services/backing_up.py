from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from talelio_backend.operations.domain.inventory import MediaCount
from talelio_backend.operations.domain.layout import name_at
from talelio_backend.operations.domain.manifest import Manifest, Media, Tools
from talelio_backend.operations.services.inventory import InventoryService
from talelio_backend.operations.services.ports import (Dumper, ExclusiveLock, Proofs, Sealer,
                                                       Snapshot, Snapshots, Vault)
from talelio_backend.shared.domain.errors import StorageUnavailable
from talelio_backend.shared.services.clock import Clock

_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, kw_only=True)
class _Stored:
    """A dump that lies in the vault and is no backup yet."""

    name: str
    created_at: datetime
    key: str
    size: int
    sha256: str


class BackingUpService:
    """Makes backups. ``version`` is talelio's own."""

    def __init__(self, *, vault: Vault, proofs: Proofs, snapshots: Snapshots, dumper: Dumper,
                 sealer: Sealer, inventory: InventoryService, lock: ExclusiveLock, clock: Clock,
                 version: str) -> None:
        self._vault = vault
        self._proofs = proofs
        self._snapshots = snapshots
        self._dumper = dumper
        self._sealer = sealer
        self._inventory = inventory
        self._lock = lock
        self._clock = clock
        self._version = version

    def back_up(self, *, note: str | None = None, wait: bool = True) -> Manifest:
        """Dumps the live database into the vault, in a stream. Rows are counted in the very
        snapshot that is dumped; nobody's write waits. There is a new backup, or there is nothing.

        Raises AnotherIsRunning unless ``wait``, DumpFailed, UploadFailed, StorageUnavailable,
        DatabaseUnavailable."""
        with self._lock.hold(wait=wait):
            pg_dump = self._dumper.version()
            with self._snapshots.take() as snapshot:
                media, missing = self._inventory.take()
                stored = self._store(snapshot)
            manifest = self._describe(stored, snapshot, media, note=note, pg_dump=pg_dump)
            self._add(manifest)
            if missing is not None:
                self._proofs.keep_count(MediaCount(counted_at=manifest.created_at,
                                                   missing=missing))
            return manifest

    def _store(self, snapshot: Snapshot) -> _Stored:
        name, moment = self._free_name()
        key = self._vault.key_of(name, encrypted=bool(self._sealer.recipients))
        # The dump is left first: where pg_dump failed, the upload is not completed.
        with (self._vault.upload(key) as upload, self._dumper.dump(snapshot.id) as archive):
            self._sealer.seal(archive, upload)
        return _Stored(name=name,
                       created_at=moment,
                       key=key,
                       size=upload.size,
                       sha256=upload.sha256)

    def _free_name(self) -> tuple[str, datetime]:
        moment = self._clock.now().replace(microsecond=0)
        while self._vault.is_taken(name_at(moment)):
            moment += _SECOND
        return name_at(moment), moment

    def _describe(self, stored: _Stored, snapshot: Snapshot, media: Media, *, note: str | None,
                  pg_dump: str) -> Manifest:
        return Manifest(name=stored.name,
                        note=note,
                        created_at=stored.created_at,
                        object=stored.key,
                        size=stored.size,
                        sha256=stored.sha256,
                        encrypted=bool(self._sealer.recipients),
                        recipients=self._sealer.recipients,
                        alembic_revision=snapshot.contents.alembic_revision,
                        tables=snapshot.contents.tables,
                        media=media,
                        tools=Tools(talelio=self._version, pg_dump=pg_dump,
                                    server=snapshot.server),
                        database=snapshot.database)

    def _add(self, manifest: Manifest) -> None:
        try:
            self._vault.add(manifest)
        except BaseException:
            # Whether the manifest arrived is unknown; neither it nor the dump may stay.
            with suppress(StorageUnavailable):
                self._vault.remove(manifest.name)
            raise

from collections.abc import Callable, Collection
from dataclasses import dataclass
from time import monotonic

from talelio_backend.operations.domain.errors import (NewerThanThisVersion, NoIdentity, NotABackup,
                                                      NotProven)
from talelio_backend.operations.domain.export import ExportManifest
from talelio_backend.operations.domain.manifest import Manifest
from talelio_backend.operations.domain.proof import Proof
from talelio_backend.operations.services.loading import LoadingService
from talelio_backend.operations.services.ports import (Contents, Databases, ExclusiveLock, Proofs,
                                                       Vault)
from talelio_backend.shared.services.clock import Clock

PURPOSE = 'drill'
_NAMED = 3  # differences that are told


@dataclass(frozen=True, kw_only=True)
class Drill:
    """What became of a drill that found no fault. ``unproven`` says why there is no proof."""

    manifest: Manifest
    proof: Proof | None
    unproven: str | None = None


class DrillingService:
    """Restores a backup beside the live database, to see that it can be done.
    ``known_revisions`` are the schemas that this code knows."""

    def __init__(self,
                 *,
                 vault: Vault,
                 proofs: Proofs,
                 loading: LoadingService,
                 databases: Databases,
                 lock: ExclusiveLock,
                 clock: Clock,
                 known_revisions: Callable[[], Collection[str]],
                 timer: Callable[[], float] = monotonic) -> None:
        self._vault = vault
        self._proofs = proofs
        self._loading = loading
        self._databases = databases
        self._lock = lock
        self._clock = clock
        self._known_revisions = known_revisions
        self._timer = timer

    def drill(self, name: str | None = None) -> Drill:
        """Proves a backup, the newest where none is named, and records when. Without a key that
        opens it, size, hash and kind are verified and nothing is proven.

        Raises NotABackup, NewerThanThisVersion, Corrupted, LoadFailed, NotProven,
        StorageUnavailable, DatabaseUnavailable."""
        with self._lock.hold():
            manifest = self._newest() if name is None else self._vault.find(name)
            self._check_known(manifest)
            begun = self._timer()
            self._loading.verify(manifest)
            try:
                self._restore(manifest)
            except NoIdentity as error:
                return Drill(manifest=manifest, proof=None, unproven=str(error))
            proof = Proof(name=manifest.name,
                          sha256=manifest.sha256,
                          verified_at=self._clock.now(),
                          seconds=self._timer() - begun)
            self._proofs.keep(proof)
            return Drill(manifest=manifest, proof=proof)

    def can_prove(self, manifest: Manifest) -> bool:
        """Whether a key is at hand, where one is needed."""
        return self._loading.can_open(manifest)

    def _newest(self) -> Manifest:
        newest = next(iter(self._vault.list()), None)
        if newest is None:
            raise NotABackup('there is none yet')
        return newest

    def _check_known(self, manifest: Manifest) -> None:
        revision = manifest.alembic_revision
        if revision is not None and revision not in self._known_revisions():
            raise NewerThanThisVersion(f'{manifest.name} has a schema {revision} that is unknown '
                                       'here')

    def _restore(self, manifest: Manifest) -> None:
        if not self._loading.can_open(manifest):
            raise NoIdentity(f'{manifest.name} is encrypted')
        with self._databases.scratch(PURPOSE) as database:
            self._loading.load(manifest, database=database)
            differences = differing(manifest, self._databases.contents(database))
            faults = list(self._databases.faults(database))
        if differences or faults:
            told = differences + [f'{fault} does not hold' for fault in faults]
            raise NotProven(f'{manifest.name}: {"; ".join(told[:_NAMED])}')


def differing(manifest: Manifest | ExportManifest, contents: Contents) -> list[str]:
    """In what a restored database is not what the manifest promises."""
    found = []
    if contents.alembic_revision != manifest.alembic_revision:
        found.append(f'revision {contents.alembic_revision}, not {manifest.alembic_revision}')
    for table in sorted({*manifest.tables, *contents.tables}):
        promised, there = manifest.tables.get(table), contents.tables.get(table)
        if promised != there:
            found.append(f'{table} has {there} rows, not {promised}')
    return found

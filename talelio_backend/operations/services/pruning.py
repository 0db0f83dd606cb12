from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from talelio_backend.operations.domain.retention import Retention
from talelio_backend.operations.services.ports import ExclusiveLock, Proofs, Vault
from talelio_backend.shared.services.clock import Clock

REMAINS = timedelta(hours=24)  # a younger dump without a manifest may be about to get one


@dataclass(frozen=True, kw_only=True)
class Pruned:
    """The names of what went, or would go: backups, and dumps that were never one."""

    backups: Sequence[str]
    remains: Sequence[str]


class PruningService:
    """Removes what retention does not keep. Objects that are not named as a backup's are not even
    looked at, and a backup whose manifest cannot be read is left alone."""

    def __init__(self, *, vault: Vault, proofs: Proofs, retention: Retention, lock: ExclusiveLock,
                 clock: Clock) -> None:
        self._vault = vault
        self._proofs = proofs
        self._retention = retention
        self._lock = lock
        self._clock = clock

    def prune(self, *, dry_run: bool = False) -> Pruned:
        """Raises StorageUnavailable, DatabaseUnavailable."""
        with self._lock.hold():
            now = self._clock.now()
            backups = self._vault.list()
            kept = self._retention.kept(backups, now=now)
            pruned = Pruned(backups=[one.name for one in backups if one.name not in kept],
                            remains=self._vault.remains(before=now - REMAINS))
            if not dry_run:
                for name in (*pruned.backups, *pruned.remains):
                    self._vault.remove(name)
                    self._proofs.remove(name)
                self._vault.abandon_uploads(before=now - REMAINS)
            return pruned

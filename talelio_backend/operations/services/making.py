from collections.abc import Sequence
from dataclasses import dataclass

from talelio_backend.operations.domain.manifest import Manifest
from talelio_backend.operations.services.backing_up import BackingUpService
from talelio_backend.operations.services.drilling import Drill, DrillingService
from talelio_backend.operations.services.ports import ExclusiveLock
from talelio_backend.operations.services.pruning import PruningService


@dataclass(frozen=True, kw_only=True)
class Made:
    """``pruned`` names the backups that went."""

    manifest: Manifest
    drill: Drill | None = None
    pruned: Sequence[str] = ()


class MakingService:
    """A backup from the dump to retention, all of it under one lock: retention of one run must
    not take away what another is about to prove."""

    def __init__(self, *, backing_up: BackingUpService, drilling: DrillingService,
                 pruning: PruningService, lock: ExclusiveLock) -> None:
        self._backing_up = backing_up
        self._drilling = drilling
        self._pruning = pruning
        self._lock = lock

    def make(self, *, verify: bool = True, wait: bool = True) -> Made:
        """Not ``verify``: neither drill nor retention, for what is not proven must not push out
        what is.

        Raises what the three raise; a backup whose drill failed stays, unproven."""
        with self._lock.hold(wait=wait):
            manifest = self._backing_up.back_up()
            if not verify:
                return Made(manifest=manifest)
            return Made(manifest=manifest,
                        drill=self._drilling.drill(manifest.name),
                        pruned=self._pruning.prune().backups)

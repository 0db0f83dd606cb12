import structlog

from talelio_backend.operations.domain.manifest import Manifest
from talelio_backend.operations.domain.schedule import Schedule
from talelio_backend.operations.services.drilling import Drill, DrillingService
from talelio_backend.operations.services.making import MakingService
from talelio_backend.operations.services.ports import ExclusiveLock, LiveServer, Proofs, Vault
from talelio_backend.operations.services.pruning import PruningService
from talelio_backend.shared.services.clock import Clock

NIGHTLY = 'operations.nightly_backup'
log = structlog.get_logger('talelio.backup')


class NightlyService:
    """The worker's part: a backup, its drill, and retention once both went well. It may be asked
    at any time and does what is still to be done of the last night."""

    def __init__(self, *, making: MakingService, drilling: DrillingService,
                 pruning: PruningService, vault: Vault, proofs: Proofs, server: LiveServer,
                 lock: ExclusiveLock, schedule: Schedule, clock: Clock) -> None:
        self._making = making
        self._drilling = drilling
        self._pruning = pruning
        self._vault = vault
        self._proofs = proofs
        self._server = server
        self._lock = lock
        self._schedule = schedule
        self._clock = clock

    def run(self) -> None:
        """Raises what the making of a backup raises, and AnotherIsRunning: the next attempt sees
        what the other one has made."""
        with self._lock.hold(wait=False):
            newest = next(iter(self._vault.list()), None)
            if self._is_due(newest):
                made = self._making.make(wait=False)
                log.info('backup_made', name=made.manifest.name, size=made.manifest.size)
                _tell(made.drill)
            elif newest is not None and self._is_to_be_proven(newest):
                _tell(self._drilling.drill(newest.name))
                self._pruning.prune()

    def _is_due(self, newest: Manifest | None) -> bool:
        now = self._clock.now()
        return self._schedule.is_due(now=now,
                                     newest=newest.created_at if newest else None,
                                     there_since=now - self._server.uptime())

    def _is_to_be_proven(self, newest: Manifest) -> bool:
        """Whether a drill failed, or was cut off, after its backup was made."""
        if not self._drilling.can_prove(newest):
            return False
        proof = self._proofs.all().get(newest.name)
        return proof is None or not proof.proves(newest)


def _tell(drill: Drill | None) -> None:
    if drill is None:
        return
    if drill.proof is None:
        log.warning('backup_not_proven', name=drill.manifest.name, reason=drill.unproven)
    else:
        log.info('backup_proven', name=drill.manifest.name, seconds=drill.proof.seconds)

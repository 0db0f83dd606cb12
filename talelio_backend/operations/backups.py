"""Binds the use cases of backups to their adapters."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import time

from talelio_backend.operations.adapters import Adapters, BackupSettings
from talelio_backend.operations.domain.retention import Retention
from talelio_backend.operations.domain.schedule import Schedule
from talelio_backend.operations.services.backing_up import BackingUpService
from talelio_backend.operations.services.drilling import DrillingService
from talelio_backend.operations.services.inventory import InventoryService
from talelio_backend.operations.services.making import MakingService
from talelio_backend.operations.services.nightly import NIGHTLY, NightlyService
from talelio_backend.operations.services.pruning import PruningService
from talelio_backend.operations.services.reporting import ReportingService
from talelio_backend.shared.data.health import code_revisions
from talelio_backend.shared.services.clock import Clock
from talelio_backend.shared.services.jobs import Handler
from talelio_backend.shared.services.object_store import ObjectStore

# A bucket or a server that is away for an hour costs no night.
_ATTEMPTS, _PAUSE = 6, 300


@dataclass(frozen=True, kw_only=True)
class Backups:
    making: MakingService
    backing_up: BackingUpService
    drilling: DrillingService
    pruning: PruningService
    reporting: ReportingService
    handlers: Sequence[Handler]


def build_backups(settings: BackupSettings, adapters: Adapters, *, clock: Clock,
                  objects: ObjectStore, version: str, nightly: bool) -> Backups:
    """Not ``nightly``: the worker makes none of itself."""
    backing_up = _backing_up(settings, adapters, clock, objects, version)
    drilling = DrillingService(vault=adapters.vault,
                               proofs=adapters.proofs,
                               loading=adapters.loading,
                               databases=adapters.databases,
                               lock=adapters.drill_lock,
                               clock=clock,
                               known_revisions=_known_revisions)
    pruning = _pruning(settings, adapters, clock)
    making = MakingService(backing_up=backing_up,
                           drilling=drilling,
                           pruning=pruning,
                           lock=adapters.backup_lock)
    schedule = Schedule(at=time.fromisoformat(settings.backup_at))
    service = NightlyService(making=making,
                             drilling=drilling,
                             pruning=pruning,
                             vault=adapters.vault,
                             proofs=adapters.proofs,
                             server=adapters.server,
                             lock=adapters.backup_lock,
                             schedule=schedule,
                             clock=clock)
    return Backups(making=making,
                   backing_up=backing_up,
                   drilling=drilling,
                   pruning=pruning,
                   reporting=ReportingService(vault=adapters.vault, proofs=adapters.proofs),
                   handlers=(_every_night(service, schedule), ) if nightly else ())


def _backing_up(settings: BackupSettings, adapters: Adapters, clock: Clock, objects: ObjectStore,
                version: str) -> BackingUpService:
    inventory = InventoryService(objects=objects, bucket=settings.s3_bucket, names=adapters.names)
    return BackingUpService(vault=adapters.vault,
                            proofs=adapters.proofs,
                            snapshots=adapters.snapshots,
                            dumper=adapters.dumper,
                            sealer=adapters.sealer,
                            inventory=inventory,
                            lock=adapters.backup_lock,
                            clock=clock,
                            version=version)


def _pruning(settings: BackupSettings, adapters: Adapters, clock: Clock) -> PruningService:
    return PruningService(vault=adapters.vault,
                          proofs=adapters.proofs,
                          retention=Retention(daily=settings.backup_keep_daily,
                                              weekly=settings.backup_keep_weekly,
                                              monthly=settings.backup_keep_monthly),
                          lock=adapters.backup_lock,
                          clock=clock)


def _every_night(service: NightlyService, schedule: Schedule) -> Handler:
    return Handler(name=NIGHTLY,
                   run=service.run,
                   cron=schedule.cron,
                   attempts=_ATTEMPTS,
                   pause=_PAUSE)


def _known_revisions() -> Collection[str]:
    return code_revisions()[1]

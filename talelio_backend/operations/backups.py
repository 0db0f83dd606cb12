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
    vault, proofs = adapters.vault, adapters.proofs
    backing_up = BackingUpService(vault=vault,
                                  proofs=proofs,
                                  snapshots=adapters.snapshots,
                                  dumper=adapters.dumper,
                                  sealer=adapters.sealer,
                                  inventory=InventoryService(objects=objects,
                                                             bucket=settings.s3_bucket,
                                                             names=adapters.names),
                                  lock=adapters.backup_lock,
                                  clock=clock,
                                  version=version)
    drilling = DrillingService(vault=vault,
                               proofs=proofs,
                               loading=adapters.loading,
                               databases=adapters.databases,
                               lock=adapters.drill_lock,
                               clock=clock,
                               known_revisions=_known_revisions)
    pruning = PruningService(vault=vault,
                             proofs=proofs,
                             retention=Retention(daily=settings.backup_keep_daily,
                                                 weekly=settings.backup_keep_weekly,
                                                 monthly=settings.backup_keep_monthly),
                             lock=adapters.backup_lock,
                             clock=clock)
    schedule = Schedule(at=time.fromisoformat(settings.backup_at))
    making = MakingService(backing_up=backing_up,
                           drilling=drilling,
                           pruning=pruning,
                           lock=adapters.backup_lock)
    service = NightlyService(making=making,
                             drilling=drilling,
                             pruning=pruning,
                             vault=vault,
                             proofs=proofs,
                             server=adapters.server,
                             lock=adapters.backup_lock,
                             schedule=schedule,
                             clock=clock)
    handler = Handler(name=NIGHTLY,
                      run=service.run,
                      cron=schedule.cron,
                      attempts=_ATTEMPTS,
                      pause=_PAUSE)
    return Backups(making=making,
                   backing_up=backing_up,
                   drilling=drilling,
                   pruning=pruning,
                   reporting=ReportingService(vault=vault, proofs=proofs),
                   handlers=(handler, ) if nightly else ())


def _known_revisions() -> Collection[str]:
    return code_revisions()[1]

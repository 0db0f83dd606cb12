"""Binds the use cases of restores and moves to their adapters."""

from collections.abc import Callable
from dataclasses import dataclass

from talelio_backend.operations.adapters import Adapters
from talelio_backend.operations.data.connections import Address
from talelio_backend.operations.data.exclusive_lock import AdvisoryLock
from talelio_backend.operations.data.media_bucket import MediaBucket
from talelio_backend.operations.data.psql import Psql
from talelio_backend.operations.data.restored_house import Built, HouseBeside
from talelio_backend.operations.data.swapping import DatabaseSwap, outside
from talelio_backend.operations.data.tar_archive import TarArchives
from talelio_backend.operations.data.texts import SqlTexts
from talelio_backend.operations.domain.addresses import Addresses
from talelio_backend.operations.services.backing_up import BackingUpService
from talelio_backend.operations.services.moving import (ExportingService, ImportingService,
                                                        Installation)
from talelio_backend.operations.services.replacing import ReplacingService
from talelio_backend.operations.services.restoring import RestoringService
from talelio_backend.shared.data.health import code_revisions
from talelio_backend.shared.services.clock import Clock
from talelio_backend.shared.services.restore_flag import RestoreFlag


@dataclass(frozen=True, kw_only=True)
class Restores:
    restoring: RestoringService
    exporting: ExportingService
    importing: ImportingService
    replacing: ReplacingService


@dataclass(frozen=True, kw_only=True)
class Site:
    """What restores need of the house. ``beside`` builds it on another database of the server."""

    address: Address
    media: MediaBucket
    addresses: Addresses
    clock: Clock
    flag: RestoreFlag
    beside: Callable[[str], Built]
    version: str


def build_restores(adapters: Adapters, backing_up: BackingUpService, site: Site) -> Restores:
    """Asks for the database's address, so that nobody calls it who does not restore."""
    exchange = DatabaseSwap(site.address)
    # Outside of the live database, whose connections the exchange ends.
    lock = AdvisoryLock(lambda: outside(site.address), name=f'restore of {exchange.live}')
    replacing = ReplacingService(databases=adapters.databases,
                                 exchange=exchange,
                                 house=HouseBeside(site.beside),
                                 backing_up=backing_up,
                                 lock=lock,
                                 flag=site.flag,
                                 clock=site.clock,
                                 known_revisions=lambda: code_revisions()[1])
    archives = TarArchives()
    return Restores(restoring=RestoringService(vault=adapters.vault,
                                               loading=adapters.loading,
                                               replacing=replacing,
                                               script=Psql(adapters.surroundings)),
                    exporting=ExportingService(snapshots=adapters.snapshots,
                                               dumper=adapters.dumper,
                                               media=site.media,
                                               archives=archives,
                                               addresses=site.addresses,
                                               clock=site.clock,
                                               version=site.version),
                    importing=ImportingService(archives=archives,
                                               replacing=replacing,
                                               into=Installation(loader=adapters.loader,
                                                                 media=site.media,
                                                                 texts=SqlTexts(site.address),
                                                                 addresses=site.addresses)),
                    replacing=replacing)

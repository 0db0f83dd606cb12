"""Binds the use cases of restores to their adapters."""

from collections.abc import Callable
from dataclasses import dataclass

from talelio_backend.operations.adapters import Adapters
from talelio_backend.operations.data.connections import Address
from talelio_backend.operations.data.exclusive_lock import AdvisoryLock
from talelio_backend.operations.data.psql import Psql
from talelio_backend.operations.data.restored_house import Built, HouseBeside
from talelio_backend.operations.data.swapping import DatabaseSwap, outside
from talelio_backend.operations.services.backing_up import BackingUpService
from talelio_backend.operations.services.replacing import ReplacingService
from talelio_backend.operations.services.restoring import RestoringService
from talelio_backend.shared.data.health import code_revisions
from talelio_backend.shared.services.clock import Clock
from talelio_backend.shared.services.restore_flag import RestoreFlag


@dataclass(frozen=True, kw_only=True)
class Restores:
    restoring: RestoringService
    replacing: ReplacingService


def build_restores(adapters: Adapters, backing_up: BackingUpService, *, address: Address,
                   clock: Clock, flag: RestoreFlag, beside: Callable[[str], Built]) -> Restores:
    """``beside`` builds this house on another database of the server. Asks for the address, so
    that nobody calls it who does not restore."""
    exchange = DatabaseSwap(address)
    # Outside of the live database, whose connections the exchange ends.
    lock = AdvisoryLock(lambda: outside(address), name=f'restore of {exchange.live}')
    replacing = ReplacingService(databases=adapters.databases,
                                 exchange=exchange,
                                 house=HouseBeside(beside),
                                 backing_up=backing_up,
                                 lock=lock,
                                 flag=flag,
                                 clock=clock,
                                 known_revisions=lambda: code_revisions()[1])
    restoring = RestoringService(vault=adapters.vault,
                                 loading=adapters.loading,
                                 replacing=replacing,
                                 script=Psql(adapters.surroundings))
    return Restores(restoring=restoring, replacing=replacing)

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

import structlog

from talelio_backend.operations.domain.errors import NewerThanThisVersion
from talelio_backend.operations.domain.manifest import BEFORE_RESTORE, Manifest
from talelio_backend.operations.domain.replaced import KEPT, before_name
from talelio_backend.operations.domain.row_change import RowChange, row_changes
from talelio_backend.operations.services.ports import Contents, Databases, ExclusiveLock
from talelio_backend.operations.services.restore_ports import Exchange, RestoredHouse, Source
from talelio_backend.shared.domain.errors import SessionStoreUnavailable
from talelio_backend.shared.services.clock import Clock
from talelio_backend.shared.services.restore_flag import RestoreFlag

PURPOSE = 'restore'
SWEEP = 'operations.sweep_replaced'
# Seconds. A request that began during the exchange may wait for its connection before it fails.
_EXCHANGING, _AFTERWARDS = 60, 10
_SECOND = timedelta(seconds=1)
log = structlog.get_logger('talelio.restore')


class SafetyBackup(Protocol):

    def back_up(self, *, note: str | None = None) -> Manifest:
        ...


@dataclass(frozen=True, kw_only=True)
class Replaced:
    """``before`` is what the former live database is called now, ``safety`` the backup of it."""

    contents: Contents
    safety: Manifest
    before: str


class ReplacingService:
    """Puts other contents in the place of the live database. They are loaded beside it while it
    serves on; up to the one step of the exchange, whatever fails leaves nothing behind."""

    def __init__(self, *, databases: Databases, exchange: Exchange, house: RestoredHouse,
                 backing_up: SafetyBackup, lock: ExclusiveLock, flag: RestoreFlag, clock: Clock,
                 known_revisions: Callable[[], Collection[str]]) -> None:
        self._databases = databases
        self._exchange = exchange
        self._house = house
        self._backing_up = backing_up
        self._lock = lock
        self._flag = flag
        self._clock = clock
        self._known_revisions = known_revisions

    def check_allowed(self) -> None:
        """Raises NotAllowed where the role of the application could not do it."""
        self._exchange.check()

    def check_known(self, revision: str | None) -> None:
        """Raises NewerThanThisVersion for a schema that this code does not know."""
        if revision is not None and revision not in self._known_revisions():
            raise NewerThanThisVersion(f'its schema {revision} is unknown here')

    def present(self) -> Contents:
        """What the live database holds."""
        return self._databases.contents(self._exchange.live)

    def preview(self, source: Source) -> Sequence[RowChange]:
        """What ``replace`` would change; it loads and compares, and changes nothing.

        Raises AnotherIsRunning, and what ``source`` raises."""
        with self._lock.hold(wait=False), self._databases.scratch(PURPOSE) as database:
            then = self._fill(source, database)
            return row_changes(self.present().tables, then.tables)

    def replace(self, source: Source) -> Replaced:
        """Clients are without the database only while names are exchanged. The present state is
        backed up just before, so that what was written meanwhile is in it.

        Raises NotAllowed, AnotherIsRunning, StillInUse, what ``source`` raises, and what a
        backup raises."""
        self.check_allowed()
        with self._lock.hold(wait=False), self._databases.scratch(PURPOSE) as database:
            contents = self._fill(source, database)
            self._house.migrate(database)
            source.complete(database)
            safety = self._backing_up.back_up(note=f'{source.name}-{BEFORE_RESTORE}')
            self._house.settle(database)
            self._exchange.inherit(database)
            before = self._take_the_place(database)
        return Replaced(contents=contents, safety=safety, before=before)

    def sweep(self) -> None:
        """Drops databases that were replaced a day ago."""
        for name, since in self._exchange.replaced().items():
            if self._clock.now() - since >= KEPT:
                self._databases.drop(name)
                log.info('replaced_database_dropped', database=name)

    def _fill(self, source: Source, database: str) -> Contents:
        source.fill(database)
        contents = self._databases.contents(database)
        self.check_known(contents.alembic_revision)
        source.check(contents)
        return contents

    def _take_the_place(self, database: str) -> str:
        before = self._free_name()
        self._raise_flag(_EXCHANGING)
        try:
            self._exchange.exchange(beside=database, before=before)
        finally:
            self._raise_flag(_AFTERWARDS)
        return before

    def _free_name(self) -> str:
        moment, taken = self._clock.now(), self._exchange.replaced()
        while (name := before_name(self._exchange.live, moment)) in taken:
            moment += _SECOND
        return name

    def _raise_flag(self, seconds: int) -> None:
        try:
            self._flag.raise_for(seconds)
        except SessionStoreUnavailable:
            # Clients are told less. A restore is not given up for that.
            log.warning('restore_not_announced')

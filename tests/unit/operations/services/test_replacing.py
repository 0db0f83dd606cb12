from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from talelio_backend.operations.domain.errors import (AnotherIsRunning, Corrupted, DumpFailed,
                                                      LoadFailed, NewerThanThisVersion, NoIdentity,
                                                      NotABackup, NotProven, OperationFailed)
from talelio_backend.operations.domain.manifest import Manifest
from talelio_backend.operations.domain.replaced import before_name
from talelio_backend.operations.domain.restore_errors import NotAllowed, StillInUse
from talelio_backend.operations.domain.row_change import RowChange
from talelio_backend.operations.services.loading import LoadingService
from talelio_backend.operations.services.ports import Contents
from talelio_backend.operations.services.replacing import ReplacingService
from talelio_backend.operations.services.restoring import RestoringService
from talelio_backend.shared.domain.errors import SessionStoreUnavailable
from tests.fakes import NOON, FakeClock
from tests.fakes_operations import (FakeBucket, FakeLock, FakeSealer, FakeServer, manifest_of,
                                    store, vault_over)

LIVE = 'talelio'
BESIDE = 'talelio_restore'
PRESENT = Contents(tables={'public.user': 8, 'public.loan': 1}, alembic_revision='two')


@dataclass
class FakeExchange:
    """Exchanges the names of the server's databases. ``said`` is everything that was done to the
    installation, in its order."""

    server: FakeServer
    said: list[str]
    live: str = LIVE
    refuses: type[OperationFailed] | None = None
    in_use: bool = False
    earlier: dict[str, datetime] = field(default_factory=dict)

    def check(self) -> None:
        if self.refuses:
            raise self.refuses('no')

    def inherit(self, database: str) -> None:
        self.said.append(f'inherit {database}')

    def exchange(self, *, beside: str, before: str) -> None:
        self.said.append('exchange')
        if self.in_use:
            raise StillInUse('1 of postgres')
        databases = self.server.databases
        databases[before], databases[LIVE] = databases[LIVE], databases.pop(beside)

    def replaced(self) -> Mapping[str, datetime]:
        return self.earlier


@dataclass
class FakeHouse:
    server: FakeServer
    said: list[str]

    def migrate(self, database: str) -> None:
        self.said.append(f'migrate {database}')

    def settle(self, database: str) -> None:
        self.said.append(f'settle {database}')


@dataclass
class FakeFlag:
    said: list[str]
    down: bool = False

    def raise_for(self, seconds: int) -> None:
        if self.down:
            raise SessionStoreUnavailable()
        assert 5 <= seconds <= 60
        self.said.append('flag')

    def is_up(self) -> bool:
        return 'flag' in self.said


@dataclass
class FakeScript:
    server: FakeServer
    makes: Contents

    def run(self, file: Path, *, database: str) -> None:
        assert file.name == 'dump.sql'
        self.server.databases[database] = self.makes


class Place:
    """A restore with nothing but fakes around it; ``said`` is what it does, in its order."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.bucket = FakeBucket()
        self.server = FakeServer(databases={LIVE: PRESENT})
        self.exchange = FakeExchange(self.server, self.said)
        self.flag = FakeFlag(self.said)
        self.sealer = FakeSealer()
        self.lock = FakeLock()
        self.clock = FakeClock()
        self.script = FakeScript(self.server, PRESENT)
        self.backup_fails = False

    def back_up(self, *, note: str | None = None) -> Manifest:
        if self.backup_fails:
            raise DumpFailed('no space')
        self.said.append('back up')
        return manifest_of(note=note)

    @property
    def replacing(self) -> ReplacingService:
        return ReplacingService(databases=self.server,
                                exchange=self.exchange,
                                house=FakeHouse(self.server, self.said),
                                backing_up=self,
                                lock=self.lock,
                                flag=self.flag,
                                clock=self.clock,
                                known_revisions=lambda: {'one', 'two'})

    @property
    def restoring(self) -> RestoringService:
        vault = vault_over(self.bucket)
        return RestoringService(vault=vault,
                                loading=LoadingService(vault=vault,
                                                       sealer=self.sealer,
                                                       loader=self.server),
                                replacing=self.replacing,
                                script=self.script)

    def store(self, moment: datetime = NOON, **changed: object) -> Manifest:
        """A backup of a database that ``live`` of the fake server describes."""
        from dataclasses import replace
        from hashlib import sha256
        with self.server.dump('00000001-1') as archive:
            dump = archive.read()
        manifest = manifest_of(moment)
        return store(
            self.bucket,
            replace(
                manifest,
                **{  # type: ignore[arg-type]  # each field by its own type
                    'size': len(dump),
                    'sha256': sha256(dump).hexdigest()
                } | changed),
            dump)


@pytest.fixture(name='place')
def make_place() -> Place:
    return Place()


def test_what_is_there_is_saved_last_and_exchanged_at_once(place: Place) -> None:
    manifest = place.store()
    replaced = place.restoring.restore(manifest)
    assert place.said == [
        f'migrate {BESIDE}', 'back up', f'settle {BESIDE}', f'inherit {BESIDE}', 'flag',
        'exchange', 'flag'
    ]
    assert replaced.safety.note == f'{manifest.name}-before-restore'
    assert replaced.before == before_name(LIVE, NOON)
    assert place.server.databases == {
        LIVE: place.server.live,
        replaced.before: PRESENT,
    }
    assert place.lock.depth == 0


def test_a_second_restore_within_a_second_has_a_name_of_its_own(place: Place) -> None:
    place.exchange.earlier = {before_name(LIVE, NOON): NOON}
    assert place.restoring.restore(place.store()).before == before_name(
        LIVE, NOON + timedelta(seconds=1))


def test_the_newest_that_is_no_safety_backup_is_the_latest(place: Place) -> None:
    with pytest.raises(NotABackup):
        place.restoring.choose()
    oldest = place.store(NOON)
    newest = place.store(NOON + timedelta(hours=1))
    safety = place.store(NOON + timedelta(hours=2), note=f'{newest.name}-before-restore')
    assert place.restoring.choose() == newest
    assert place.restoring.choose(oldest.name) == oldest
    assert place.restoring.choose(safety.name) == safety


def test_a_preview_tells_both_sides_and_keeps_nothing(place: Place) -> None:
    assert place.restoring.preview(place.store()) == [
        RowChange(table='public.loan', now=1, then=None),
        RowChange(table='public.user', now=8, then=3)
    ]
    assert not place.said
    assert place.server.databases == {LIVE: PRESENT}


Spoil = Callable[[Place], object]
SPOILT: list[tuple[Spoil, type[Exception]]] = [
    (lambda place: place.bucket.files.update({place.store().object: b'{}'}), Corrupted),
    (lambda place: setattr(place.server, 'load_fails', True), LoadFailed),
    (lambda place: setattr(place.server, 'loses', 'public.user'), NotProven),
    (lambda place: setattr(place, 'backup_fails', True), DumpFailed),
    (lambda place: setattr(place.exchange, 'in_use', True), StillInUse),
    (lambda place: setattr(place.exchange, 'refuses', NotAllowed), NotAllowed),
    (lambda place: setattr(place.lock, 'elsewhere', True), AnotherIsRunning),
]


@pytest.mark.parametrize(('spoil', 'failure'), SPOILT)
def test_a_failure_leaves_the_live_database_and_nothing_else(place: Place, spoil: Spoil,
                                                             failure: type[Exception]) -> None:
    manifest = place.store()
    spoil(place)
    with pytest.raises(failure):
        place.restoring.restore(manifest)
    assert place.server.databases == {LIVE: PRESENT}


def test_what_is_refused_is_refused_before_anything_is_loaded(place: Place) -> None:
    unknown = place.store(alembic_revision='nine')
    with pytest.raises(NewerThanThisVersion):
        place.restoring.choose(unknown.name)
    place.sealer.can_open = False
    sealed = place.store(encrypted=True, object=f'backups/{unknown.name}.dump.age')
    with pytest.raises(NoIdentity):
        place.restoring.choose(sealed.name)
    place.exchange.refuses = NotAllowed
    with pytest.raises(NotAllowed):
        place.restoring.restore_sql(Path('dump.sql'))
    assert not place.server.dropped and not place.said


def test_clients_that_cannot_be_told_do_not_keep_anybody_from_restoring(place: Place) -> None:
    place.flag.down = True
    place.restoring.restore(place.store())
    assert place.server.databases[LIVE] == place.server.live


def test_clients_are_told_of_an_exchange_that_failed_too(place: Place) -> None:
    place.exchange.in_use = True
    with suppress(StillInUse):
        place.restoring.restore(place.store())
    assert place.said[-3:] == ['flag', 'exchange', 'flag']


def test_a_script_makes_the_tables_of_talelio_or_is_refused(place: Place) -> None:
    replaced = place.restoring.restore_sql(Path('dump.sql'))
    assert replaced.safety.note == 'sql-before-restore'
    for makes, failure in ((Contents(tables={}, alembic_revision=None), NotABackup),
                           (Contents(tables={}, alembic_revision='x'), NewerThanThisVersion)):
        place.script.makes = makes
        with pytest.raises(failure):
            place.restoring.preview_sql(Path('dump.sql'))


def test_replaced_databases_go_after_a_day(place: Place) -> None:
    old, young = before_name(LIVE, NOON - timedelta(hours=24)), before_name(LIVE, NOON)
    for name in (old, young):
        place.server.create(name)
    place.exchange.earlier = {old: NOON - timedelta(hours=24), young: NOON}
    place.replacing.sweep()
    assert place.server.dropped == [old]

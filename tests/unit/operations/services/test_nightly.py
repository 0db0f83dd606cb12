from collections.abc import Callable
from datetime import time, timedelta

import pytest

from talelio_backend.operations.domain.errors import AnotherIsRunning, LoadFailed
from talelio_backend.operations.domain.retention import Retention
from talelio_backend.operations.domain.schedule import Schedule
from talelio_backend.operations.services.backing_up import BackingUpService
from talelio_backend.operations.services.drilling import DrillingService
from talelio_backend.operations.services.inventory import InventoryService
from talelio_backend.operations.services.loading import LoadingService
from talelio_backend.operations.services.making import MakingService
from talelio_backend.operations.services.nightly import NightlyService
from talelio_backend.operations.services.pruning import PruningService
from talelio_backend.operations.services.reporting import ReportingService
from talelio_backend.shared.domain.errors import StorageUnavailable
from tests.fakes import NOON, FakeClock
from tests.fakes_operations import (RECIPIENT, FakeBucket, FakeLock, FakeSealer, FakeServer,
                                    manifest_of, proofs_over, store, vault_over)
from tests.fakes_storage import InMemoryObjectStore

DAY = timedelta(days=1)


class Place:
    """A worker at noon, with the schedule of 03:00."""

    def __init__(self) -> None:
        self.bucket = FakeBucket()
        self.server = FakeServer()
        self.clock = FakeClock()
        self.sealer = FakeSealer()
        self.lock = FakeLock()
        vault, proofs = vault_over(self.bucket), proofs_over(self.bucket)
        self.reporting = ReportingService(vault=vault, proofs=proofs)
        backing_up = BackingUpService(vault=vault,
                                      proofs=proofs,
                                      snapshots=self.server,
                                      dumper=self.server,
                                      sealer=self.sealer,
                                      inventory=InventoryService(objects=InMemoryObjectStore(),
                                                                 bucket='content',
                                                                 names=self.server),
                                      lock=self.lock,
                                      clock=self.clock,
                                      version='0.1.0')
        drilling = DrillingService(vault=vault,
                                   proofs=proofs,
                                   loading=LoadingService(vault=vault,
                                                          sealer=self.sealer,
                                                          loader=self.server),
                                   databases=self.server,
                                   lock=FakeLock(),
                                   clock=self.clock,
                                   known_revisions=lambda: {'one'})
        pruning = PruningService(vault=vault,
                                 proofs=proofs,
                                 retention=Retention(daily=2, weekly=0, monthly=0),
                                 lock=self.lock,
                                 clock=self.clock)
        self.making = MakingService(backing_up=backing_up,
                                    drilling=drilling,
                                    pruning=pruning,
                                    lock=self.lock)
        self.nightly = NightlyService(making=self.making,
                                      drilling=drilling,
                                      pruning=pruning,
                                      vault=vault,
                                      proofs=proofs,
                                      server=self.server,
                                      lock=self.lock,
                                      schedule=Schedule(at=time(3)),
                                      clock=self.clock)

    def proven(self) -> list[bool]:
        """Of each backup, newest first."""
        return [one.verified_at is not None for one in self.reporting.list()]


@pytest.fixture(name='place')
def make_place() -> Place:
    return Place()


def test_a_night_makes_proves_and_prunes(place: Place) -> None:
    for days in (1, 2, 3):
        store(place.bucket, manifest_of(NOON - days * DAY))
    place.nightly.run()
    assert place.proven() == [True, False]


def test_a_second_run_of_a_night_does_nothing(place: Place) -> None:
    place.nightly.run()
    before = dict(place.bucket.files)
    place.clock.advance(hours=10)
    place.nightly.run()
    assert place.bucket.files == before
    place.clock.advance(hours=10)
    place.nightly.run()
    assert len(place.proven()) == 2


def test_a_worker_that_was_down_at_night_makes_up_for_it(place: Place) -> None:
    store(place.bucket, manifest_of(NOON - DAY))
    place.nightly.run()
    assert place.proven() == [True, False]


def test_an_installation_of_this_morning_waits_for_its_first_night(place: Place) -> None:
    place.server.up_for = timedelta(hours=1)
    place.nightly.run()
    assert place.proven() == []
    place.clock.advance(hours=15)
    place.server.up_for = timedelta(hours=16)
    place.nightly.run()
    assert place.proven() == [True]


def fail_dump(place: Place) -> None:
    place.server.dump_fails = True


def fail_load(place: Place) -> None:
    place.server.load_fails = True


@pytest.mark.parametrize('break_it', [fail_dump, fail_load])
def test_retention_waits_for_a_success(place: Place, break_it: Callable[[Place], None]) -> None:
    for days in (1, 2, 3):
        store(place.bucket, manifest_of(NOON - days * DAY))
    break_it(place)
    with pytest.raises(Exception, match=r'killed|no space'):
        place.nightly.run()
    assert len(place.proven()) >= 3


def test_the_next_attempt_goes_on_where_the_drill_failed(place: Place) -> None:
    place.server.load_fails = True
    with pytest.raises(LoadFailed):
        place.nightly.run()
    assert place.proven() == [False]
    place.server.load_fails = False
    place.nightly.run()
    assert place.proven() == [True]


def test_a_server_without_a_key_is_not_asked_for_a_proof_again(place: Place) -> None:
    place.sealer.recipients, place.sealer.can_open = (RECIPIENT, ), False
    place.nightly.run()
    before = dict(place.bucket.files)
    place.nightly.run()
    assert place.proven() == [False]
    assert place.bucket.files == before


def test_the_worker_does_not_wait_for_an_operator(place: Place) -> None:
    place.lock.elsewhere = True
    with pytest.raises(AnotherIsRunning):
        place.nightly.run()


def test_a_bucket_that_is_away_is_tried_again(place: Place) -> None:
    place.bucket.down = True
    with pytest.raises(StorageUnavailable):
        place.nightly.run()


def test_what_is_not_verified_pushes_nothing_out(place: Place) -> None:
    for days in (1, 2, 3):
        store(place.bucket, manifest_of(NOON - days * DAY))
    made = place.making.make(verify=False)
    assert made.drill is None
    assert place.proven() == [False] * 4


def test_standing_is_told_from_the_newest_and_from_the_last_proof(place: Place) -> None:
    empty = place.reporting.standing()
    assert (empty.last_success, empty.last_verified) == (None, None)
    assert (empty.size, empty.seconds, empty.media_missing) == (0, 0, 0)

    place.server.needed = {'lost'}
    made = place.making.make()
    place.clock.advance(minutes=1)
    later = place.making.make(verify=False).manifest
    standing = place.reporting.standing()
    assert made.drill is not None and made.drill.proof is not None
    assert standing.last_success == later.created_at
    assert standing.last_verified == made.drill.proof.verified_at
    assert (standing.size, standing.media_missing) == (later.size, 1)


def test_a_proof_of_another_dump_of_the_same_name_counts_for_nothing(place: Place) -> None:
    made = place.making.make()
    store(place.bucket, manifest_of(), b'dump')
    assert made.manifest.name == manifest_of().name
    assert place.proven() == [False]

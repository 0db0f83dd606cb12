from datetime import timedelta

import pytest

from talelio_backend.operations.domain.manifest import Manifest
from talelio_backend.operations.domain.proof import Proof
from talelio_backend.operations.domain.retention import Retention
from talelio_backend.operations.services.pruning import PruningService
from talelio_backend.shared.domain.errors import StorageUnavailable
from tests.fakes import NOON, FakeClock
from tests.fakes_operations import (PREFIX, FakeBucket, FakeLock, manifest_of, proofs_over, store,
                                    vault_over)

HOUR = timedelta(hours=1)


class Place:

    def __init__(self) -> None:
        self.bucket = FakeBucket()
        self.proofs = proofs_over(self.bucket)
        self.service = PruningService(vault=vault_over(self.bucket),
                                      proofs=self.proofs,
                                      retention=Retention(daily=2, weekly=0, monthly=0),
                                      lock=FakeLock(),
                                      clock=FakeClock())

    def days(self, number: int) -> list[Manifest]:
        """Backups of as many days, newest first."""
        return [
            store(self.bucket, manifest_of(NOON - timedelta(days=day))) for day in range(number)
        ]


@pytest.fixture(name='place')
def make_place() -> Place:
    return Place()


def test_the_manifest_goes_first_and_the_proof_with_its_backup(place: Place) -> None:
    kept, gone = place.days(3)[:2], place.days(3)[2]
    place.proofs.keep(Proof(name=gone.name, sha256=gone.sha256, verified_at=NOON, seconds=1))
    pruned = place.service.prune()
    assert (pruned.backups, pruned.remains) == ([gone.name], [])
    assert place.bucket.removed[:2] == [f'{PREFIX}/{gone.name}.manifest.json', gone.object]
    assert not place.proofs.all()
    assert {key.partition('.')[0]
            for key in place.bucket.files} == {f'{PREFIX}/{one.name}'
                                               for one in kept}


def test_a_dry_run_removes_nothing(place: Place) -> None:
    place.days(3)
    before = dict(place.bucket.files)
    assert place.service.prune(dry_run=True) == place.service.prune(dry_run=True)
    assert place.bucket.files == before


@pytest.mark.parametrize(('age', 'gone'), [(25 * HOUR, True), (23 * HOUR, False)])
@pytest.mark.parametrize('end', ['.dump', '.dump.age'])
def test_a_dump_without_a_manifest_goes_after_a_day(place: Place, age: timedelta, gone: bool,
                                                    end: str) -> None:
    key = f'{PREFIX}/{manifest_of(NOON - age).name}{end}'
    place.bucket.files[key] = b'remains'
    pruned = place.service.prune()
    assert bool(pruned.remains) is gone
    assert (key in place.bucket.files) is not gone


@pytest.mark.parametrize('file', [
    'talelio-20200101T000000Z.dump.gz', 'talelio-20200230T000000Z.dump', 'talelio.dump',
    'Talelio-20200101T000000Z.dump', 'talelio-20200101T000000Z.dump/inside', 'notes.txt',
    'talelio-20200101T000000Z.sql'
])
def test_what_is_not_named_as_a_backup_is_never_touched(place: Place, file: str) -> None:
    place.days(3)
    place.bucket.files[f'{PREFIX}/{file}'] = b'not ours'
    place.bucket.files[f'elsewhere/{file}'] = b'not ours'
    place.service.prune()
    assert place.bucket.files[f'{PREFIX}/{file}'] == b'not ours'
    assert place.bucket.files[f'elsewhere/{file}'] == b'not ours'


@pytest.mark.parametrize('content', [b'not JSON', b'{"format": 2}'])
def test_a_backup_whose_manifest_cannot_be_read_is_left_alone(place: Place,
                                                              content: bytes) -> None:
    place.days(3)
    name = 'talelio-20200101T000000Z'
    place.bucket.files[f'{PREFIX}/{name}.manifest.json'] = content
    place.bucket.files[f'{PREFIX}/{name}.dump'] = b'dump'
    place.service.prune()
    assert place.bucket.files[f'{PREFIX}/{name}.dump'] == b'dump'


def test_uploads_that_nobody_will_finish_are_ended(place: Place) -> None:
    old, young = NOON - 25 * HOUR, NOON - HOUR
    place.bucket.unfinished = [(f'{PREFIX}/{manifest_of(old).name}.dump', old),
                               (f'{PREFIX}/{manifest_of(young).name}.dump', young),
                               (f'{PREFIX}/talelio-notes', old)]
    place.service.prune()
    assert [begun for _key, begun in place.bucket.unfinished] == [young, old]


def test_a_bucket_that_is_away_loses_nothing(place: Place) -> None:
    place.days(3)
    before = dict(place.bucket.files)
    place.bucket.down = True
    with pytest.raises(StorageUnavailable):
        place.service.prune()
    assert place.bucket.files == before

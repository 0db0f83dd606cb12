from collections.abc import Callable
from hashlib import sha256

import pytest

from talelio_backend.operations.domain.errors import AnotherIsRunning, DumpFailed
from talelio_backend.operations.services.backing_up import BackingUpService
from talelio_backend.operations.services.inventory import InventoryService
from talelio_backend.shared.domain.errors import StorageUnavailable
from tests.fakes import NOON, FakeClock
from tests.fakes_operations import (PREFIX, RECIPIENT, SEALED, FakeBucket, FakeLock, FakeSealer,
                                    FakeServer, manifest_of, proofs_over, store, vault_over)
from tests.fakes_storage import InMemoryObjectStore

NAME = 'talelio-20260314T120000Z'
DUMP, MANIFEST = f'{PREFIX}/{NAME}.dump', f'{PREFIX}/{NAME}.manifest.json'


class Place:

    def __init__(self) -> None:
        self.bucket = FakeBucket()
        self.vault = vault_over(self.bucket)
        self.proofs = proofs_over(self.bucket)
        self.server = FakeServer()
        self.sealer = FakeSealer()
        self.objects = InMemoryObjectStore()
        self.lock = FakeLock()

    @property
    def service(self) -> BackingUpService:
        return BackingUpService(vault=self.vault,
                                proofs=self.proofs,
                                snapshots=self.server,
                                dumper=self.server,
                                sealer=self.sealer,
                                inventory=InventoryService(objects=self.objects,
                                                           bucket='content',
                                                           names=self.server),
                                lock=self.lock,
                                clock=FakeClock(),
                                version='0.1.0')


@pytest.fixture(name='place')
def make_place() -> Place:
    return Place()


def test_the_manifest_describes_the_stored_object(place: Place) -> None:
    place.objects.put('a', b'12', content_type='', cache_control='')
    manifest = place.service.back_up(note='by hand')
    stored = place.bucket.files[DUMP]

    assert place.vault.find(NAME) == manifest
    assert (manifest.name, manifest.object) == (NAME, DUMP)
    assert (manifest.size, manifest.sha256) == (len(stored), sha256(stored).hexdigest())
    assert manifest.created_at == NOON.replace(microsecond=0)
    assert manifest.note == 'by hand'
    assert manifest.tables == {'public.user': 3}
    assert manifest.alembic_revision == 'one'
    assert not manifest.encrypted and manifest.recipients == ()
    assert manifest.media is not None
    assert (manifest.media.objects, manifest.media.bytes) == (1, 2)
    tools = manifest.tools
    assert (tools.talelio, tools.pg_dump, tools.server) == ('0.1.0', '18.1', '18.1')


def test_a_sealed_dump_names_its_recipients(place: Place) -> None:
    place.sealer = FakeSealer(recipients=(RECIPIENT, ))
    manifest = place.service.back_up()
    assert manifest.encrypted and manifest.recipients == (RECIPIENT, )
    assert manifest.object == f'{DUMP}.age'
    assert place.bucket.files[manifest.object].startswith(SEALED)


def test_a_name_that_exists_gets_the_next_free_second(place: Place) -> None:
    place.bucket.files[f'{PREFIX}/{NAME}.dump.age'] = b'remains'
    store(place.bucket, manifest_of(NOON.replace(second=1)))
    manifest = place.service.back_up()
    assert manifest.name == 'talelio-20260314T120002Z'
    assert manifest.created_at == NOON.replace(second=2, microsecond=0)


def fail_dump(place: Place) -> None:
    place.server.dump_fails = True


def refuse_dump(place: Place) -> None:
    place.bucket.refused = ('.dump', )


def refuse_manifest(place: Place) -> None:
    place.bucket.refused = ('.manifest.json', )


def lose_media(place: Place) -> None:
    place.objects.down = True


@pytest.mark.parametrize(('break_it', 'error'), [(fail_dump, DumpFailed),
                                                 (refuse_dump, StorageUnavailable),
                                                 (refuse_manifest, StorageUnavailable),
                                                 (lose_media, StorageUnavailable)])
def test_whatever_fails_leaves_nothing_and_touches_nothing(place: Place,
                                                           break_it: Callable[[Place], None],
                                                           error: type[Exception]) -> None:
    store(place.bucket, manifest_of(NOON.replace(hour=1)))
    before = dict(place.bucket.files)
    break_it(place)
    with pytest.raises(error):
        place.service.back_up()
    assert place.bucket.files == before
    assert place.lock.depth == 0


def test_two_at_once_are_one_after_the_other(place: Place) -> None:
    place.lock.elsewhere = True
    with pytest.raises(AnotherIsRunning):
        place.service.back_up(wait=False)
    assert not place.bucket.files


@pytest.mark.parametrize(('needed', 'missing'), [(set(), 0), ({'a'}, 0), ({'a', 'b', 'c'}, 2)])
def test_files_that_rows_name_and_the_bucket_lacks_are_counted(place: Place, needed: set[str],
                                                               missing: int) -> None:
    place.objects.put('a', b'1', content_type='', cache_control='')
    place.server.needed = needed
    place.service.back_up()
    count = place.proofs.last_count()
    assert count is not None and count.missing == missing


def test_rows_of_another_revision_are_not_asked(place: Place) -> None:
    place.server.needed = None
    place.service.back_up()
    assert place.proofs.last_count() is None

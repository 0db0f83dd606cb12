from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from typing import Any

import pytest

from talelio_backend.operations.domain.errors import (Corrupted, LoadFailed, NewerThanThisVersion,
                                                      NotABackup, NotProven, OperationFailed)
from talelio_backend.operations.domain.manifest import Manifest
from talelio_backend.operations.services.drilling import DrillingService
from talelio_backend.operations.services.loading import LoadingService
from tests.fakes import NOON, FakeClock
from tests.fakes_operations import (FakeBucket, FakeLock, FakeSealer, FakeServer, manifest_of,
                                    proofs_over, store, vault_over)


class Place:

    def __init__(self) -> None:
        self.bucket = FakeBucket()
        self.vault = vault_over(self.bucket)
        self.proofs = proofs_over(self.bucket)
        self.server = FakeServer()
        self.sealer = FakeSealer()
        self.seconds = iter((10.0, 12.5))

    @property
    def service(self) -> DrillingService:
        return DrillingService(vault=self.vault,
                               proofs=self.proofs,
                               loading=LoadingService(vault=self.vault,
                                                      sealer=self.sealer,
                                                      loader=self.server),
                               databases=self.server,
                               lock=FakeLock(),
                               clock=FakeClock(),
                               known_revisions=lambda: {'one'},
                               timer=lambda: next(self.seconds))

    def store(self, content: bytes | None = None, **changed: Any) -> Manifest:
        manifest = manifest_of(**changed)
        dump = self._archive(manifest) if content is None else content
        upload_of = replace(manifest, size=len(dump), sha256=sha256(dump).hexdigest())
        return store(self.bucket, upload_of, dump)

    def _archive(self, manifest: Manifest) -> bytes:
        with self.server.dump('00000001-1') as archive:
            return (b'sealed ' if manifest.encrypted else b'') + archive.read()


@pytest.fixture(name='place')
def make_place() -> Place:
    return Place()


def test_a_proof_says_when_and_how_long(place: Place) -> None:
    manifest = place.store()
    drill = place.service.drill(manifest.name)
    assert drill.proof is not None and drill.proof.proves(manifest)
    assert (drill.proof.verified_at, drill.proof.seconds) == (NOON, 2.5)
    assert place.proofs.all() == {manifest.name: drill.proof}
    assert place.server.dropped == ['talelio_drill']


def test_the_newest_is_drilled_where_none_is_named(place: Place) -> None:
    manifest = place.store()
    place.store(moment=NOON.replace(hour=1))
    assert place.service.drill().manifest == manifest


def test_nothing_to_drill_is_told() -> None:
    with pytest.raises(NotABackup):
        Place().service.drill()


@pytest.mark.parametrize('name', ['talelio-20260101T000000Z', '../secret', ''])
def test_a_name_of_none_is_refused(place: Place, name: str) -> None:
    place.store()
    with pytest.raises(NotABackup):
        place.service.drill(name)


def encrypted(place: Place) -> Manifest:
    manifest = manifest_of(encrypted=True)
    return place.store(encrypted=True, object=f'{manifest.object}.age')


def test_an_encrypted_dump_is_proven_with_a_key(place: Place) -> None:
    assert place.service.drill(encrypted(place).name).proof is not None


def test_without_a_key_size_and_hash_are_verified_and_nothing_is_proven(place: Place) -> None:
    place.sealer.can_open = False
    drill = place.service.drill(encrypted(place).name)
    assert drill.proof is None
    assert str(drill.unproven).startswith('no identity')
    assert not place.proofs.all()
    assert not place.service.can_prove(drill.manifest)


def test_without_a_key_a_changed_dump_is_found_all_the_same(place: Place) -> None:
    place.sealer.can_open = False
    manifest = encrypted(place)
    place.bucket.files[manifest.object] = b'sealeD' + place.bucket.files[manifest.object][6:]
    with pytest.raises(Corrupted):
        place.service.drill(manifest.name)


@pytest.mark.parametrize('content', [b'', b'x', b'{"tables": '])
def test_a_dump_that_differs_is_corrupted_and_never_loaded(place: Place, content: bytes) -> None:
    manifest = place.store()
    place.bucket.files[manifest.object] = content
    with pytest.raises(Corrupted):
        place.service.drill(manifest.name)
    assert not place.server.dropped and not place.proofs.all()


def test_a_dump_that_is_gone_is_corrupted(place: Place) -> None:
    manifest = place.store()
    del place.bucket.files[manifest.object]
    with pytest.raises(Corrupted):
        place.service.drill(manifest.name)


def test_a_plain_dump_that_is_called_encrypted_is_refused(place: Place) -> None:
    name = manifest_of().object
    manifest = place.store(b'plain', encrypted=True, object=f'{name}.age')
    with pytest.raises(Corrupted):
        place.service.drill(manifest.name)


def test_a_schema_that_is_unknown_here_is_newer(place: Place) -> None:
    manifest = place.store(alembic_revision='two')
    with pytest.raises(NewerThanThisVersion):
        place.service.drill(manifest.name)


def lose_rows(server: FakeServer) -> None:
    server.loses = 'public.user'


def break_constraint(server: FakeServer) -> None:
    server.faulty = ['fk_article_author_id']


def fail_load(server: FakeServer) -> None:
    server.load_fails = True


@pytest.mark.parametrize(('break_it', 'error', 'told'), [
    (lose_rows, NotProven, 'public.user has 0 rows, not 3'),
    (break_constraint, NotProven, 'fk_article_author_id does not hold'),
    (fail_load, LoadFailed, 'no space'),
])
def test_what_is_not_as_promised_proves_nothing(place: Place, break_it: Callable[[FakeServer],
                                                                                 None],
                                                error: type[OperationFailed], told: str) -> None:
    manifest = place.store()
    break_it(place.server)
    with pytest.raises(error, match=told):
        place.service.drill(manifest.name)
    assert place.server.dropped == ['talelio_drill']
    assert not place.proofs.all()


def test_another_revision_and_another_table_are_differences(place: Place) -> None:
    manifest = place.store(alembic_revision=None, tables={'public.other': 0})
    with pytest.raises(NotProven) as refused:
        place.service.drill(manifest.name)
    assert 'revision one, not None' in str(refused.value)
    assert 'public.other has None rows, not 0' in str(refused.value)
    assert 'public.user has 3 rows, not None' in str(refused.value)


def test_a_later_drill_replaces_the_proof(place: Place) -> None:
    manifest = place.store()
    place.seconds = iter((0, 1, 5, 7))
    place.service.drill(manifest.name)
    drill = place.service.drill(manifest.name)
    assert place.proofs.all() == {manifest.name: drill.proof}

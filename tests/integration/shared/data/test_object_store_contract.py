"""What every object store does, asked of the fake and of a real S3 server alike."""
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

import pytest

from talelio_backend.development.servers import S3Server
from talelio_backend.shared.data.object_store import S3ObjectStore
from talelio_backend.shared.data.s3_connection import S3Options
from talelio_backend.shared.domain.errors import StorageUnavailable
from talelio_backend.shared.services.object_store import ObjectStore
from tests.fakes_storage import InMemoryObjectStore

_TYPE, _CACHE = 'image/png', 'public, max-age=31536000, immutable'
_PIECE = 64 * 1024


class Place(Protocol):
    """A store, and the switch of the machine that it runs on."""

    store: ObjectStore

    def take_down(self) -> None:
        ...

    def bring_back(self) -> None:
        ...


class FakePlace:

    def __init__(self) -> None:
        self.fake = InMemoryObjectStore()
        self.store: ObjectStore = self.fake

    def take_down(self) -> None:
        self.fake.down = True

    def bring_back(self) -> None:
        self.fake.down = False


class RealPlace:

    def __init__(self, server: S3Server) -> None:
        self.server = server
        self.real = S3ObjectStore(options(server), bucket='contract')
        self.store: ObjectStore = self.real

    def take_down(self) -> None:
        self.server.kill()

    def bring_back(self) -> None:
        self.server.start()


def options(server: S3Server) -> S3Options:
    return S3Options(region=server.region,
                     endpoint_url=server.url,
                     access_key=server.access_key,
                     secret_key=server.secret_key)


@pytest.fixture(name='server', scope='module')
def _server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    folder: Path = tmp_path_factory.mktemp('s3')
    running = S3Server(folder / 'objects',
                       access_key='contract-access',
                       secret_key='contract-secret',
                       log_file=folder / 's3.log',
                       buckets=['contract'])
    running.start()
    yield running
    running.stop()


@pytest.fixture(name='place', params=['fake', 'real'])
def _place(request: pytest.FixtureRequest) -> Iterator[Place]:
    if request.param == 'fake':
        yield FakePlace()
        return
    real = RealPlace(request.getfixturevalue('server'))
    yield real
    real.store.delete([stored.key for stored in real.store.list('')])


@pytest.fixture(name='store')
def _store(place: Place) -> ObjectStore:
    return place.store


def put(store: ObjectStore, key: str, content: bytes = b'0123456789') -> None:
    store.put(key, content, content_type=_TYPE, cache_control=_CACHE)


def read(store: ObjectStore, key: str, first: int = 0, last: int | None = None) -> bytes | None:
    with store.open(key, first=first, last=last) as found:
        return None if found is None else b''.join(found.chunks)


def test_what_was_put_is_read_back_whole(store: ObjectStore) -> None:
    content = os.urandom(300_000)
    put(store, 'users/1/images/a.png', content)
    assert read(store, 'users/1/images/a.png') == content


def test_object_is_described_alike_by_head_and_open(store: ObjectStore) -> None:
    put(store, 'users/1/images/a.png')
    described = store.head('users/1/images/a.png')
    assert described is not None
    assert (described.key, described.size) == ('users/1/images/a.png', 10)
    assert described.content_type == _TYPE
    assert '"' not in described.etag and described.etag
    assert abs(described.last_modified - datetime.now(UTC)) < timedelta(minutes=2)
    with store.open('users/1/images/a.png', first=3) as found:
        assert found is not None and found.stored == described


def test_put_replaces_what_was_there(store: ObjectStore) -> None:
    put(store, 'users/1/a.png', b'old')
    put(store, 'users/1/a.png', b'newer')
    described = store.head('users/1/a.png')
    assert read(store, 'users/1/a.png') == b'newer'
    assert described is not None and described.size == 5


def test_missing_key_is_none(store: ObjectStore) -> None:
    assert store.head('users/1/none.png') is None
    assert read(store, 'users/1/none.png') is None
    assert read(store, 'users/1/none.png', first=4, last=5) is None


def test_empty_object_is_an_object(store: ObjectStore) -> None:
    put(store, 'users/1/empty.png', b'')
    assert read(store, 'users/1/empty.png') == b''


@pytest.mark.parametrize(('first', 'last', 'expected'), [(0, None, b'0123456789'), (0, 0, b'0'),
                                                         (2, 4, b'234'), (8, None, b'89'),
                                                         (5, 99, b'56789'), (9, 9, b'9'),
                                                         (10, None, b''), (50, 60, b'')])
def test_range_names_first_and_last_byte(store: ObjectStore, first: int, last: int | None,
                                         expected: bytes) -> None:
    put(store, 'users/1/a.png')
    with store.open('users/1/a.png', first=first, last=last) as found:
        assert found is not None
        assert found.stored.size == 10
        assert b''.join(found.chunks) == expected


def test_object_comes_in_pieces(store: ObjectStore) -> None:
    put(store, 'users/1/big.png', bytes(5 * _PIECE + 1))
    with store.open('users/1/big.png') as found:
        assert found is not None
        sizes = [len(piece) for piece in found.chunks]
    assert sum(sizes) == 5 * _PIECE + 1
    assert max(sizes) <= _PIECE


def test_error_of_the_reader_stays_its_own(store: ObjectStore) -> None:
    put(store, 'users/1/a.png')
    with pytest.raises(ConnectionResetError), store.open('users/1/a.png'):
        raise ConnectionResetError


def test_delete_passes_over_what_is_not_there(store: ObjectStore) -> None:
    put(store, 'users/1/a.png')
    put(store, 'users/2/b.png')
    store.delete(['users/1/a.png', 'users/1/none.png', 'nowhere/none.png'])
    assert [stored.key for stored in store.list('')] == ['users/2/b.png']
    store.delete([])


def test_delete_takes_more_keys_than_one_call_carries(store: ObjectStore) -> None:
    put(store, 'users/1/first.png')
    put(store, 'users/1/last.png')
    absent = (f'users/1/none-{number}.png' for number in range(1500))
    store.delete(['users/1/first.png', *absent, 'users/1/last.png'])
    assert not list(store.list('users/'))


def test_list_has_the_keys_under_a_prefix_in_order(store: ObjectStore) -> None:
    for key in ('users/2/c.png', 'users/1/b.png', 'users/1/a.png', 'others/x.png', 'users/10/d'):
        put(store, key)
    assert [stored.key for stored in store.list('users/1/')] == ['users/1/a.png', 'users/1/b.png']
    assert len(list(store.list('users/1'))) == 3
    assert not list(store.list('nobody/'))


def test_list_describes_like_head_but_for_the_type(store: ObjectStore) -> None:
    put(store, 'users/1/a.png')
    listed, = store.list('users/')
    described = store.head('users/1/a.png')
    assert described is not None
    assert (listed.size, listed.etag) == (described.size, described.etag)
    assert listed.content_type == ''
    # A header has whole seconds, a listing may have more.
    assert abs(listed.last_modified - described.last_modified) < timedelta(seconds=2)


def test_many_threads_share_one_store(store: ObjectStore) -> None:

    def travel(number: int) -> bytes | None:
        put(store, f'users/{number}/a.png', str(number).encode())
        return read(store, f'users/{number}/a.png')

    with ThreadPoolExecutor(12) as pool:
        assert list(pool.map(travel, range(36))) == [str(n).encode() for n in range(36)]


def test_every_method_says_that_the_store_is_down(place: Place) -> None:
    store = place.store
    store.ping()
    place.take_down()
    try:
        with pytest.raises(StorageUnavailable):
            put(store, 'users/1/a.png')
        with pytest.raises(StorageUnavailable):
            store.head('users/1/a.png')
        with pytest.raises(StorageUnavailable):
            read(store, 'users/1/a.png')
        with pytest.raises(StorageUnavailable):
            store.delete(['users/1/a.png'])
        with pytest.raises(StorageUnavailable):
            list(store.list(''))
        with pytest.raises(StorageUnavailable):
            store.ping()
    finally:
        place.bring_back()
    store.ping()


def test_store_that_went_away_while_reading_is_unavailable(place: Place) -> None:
    put(place.store, 'users/1/big.png', bytes(64 * 1024 * 1024))
    with place.store.open('users/1/big.png') as found:
        assert found is not None
        next(found.chunks)
        place.take_down()
        try:
            with pytest.raises(StorageUnavailable):
                list(found.chunks)
        finally:
            place.bring_back()


def test_put_that_shall_fail_stores_nothing() -> None:
    fake = InMemoryObjectStore()
    fake.fail_on_put(2)
    put(fake, 'users/1/a.png')
    with pytest.raises(StorageUnavailable):
        put(fake, 'users/1/b.png')
    put(fake, 'users/1/c.png')
    assert fake.keys == {'users/1/a.png', 'users/1/c.png'}


def test_cache_control_is_stored_with_the_object(server: S3Server) -> None:
    import boto3

    put(S3ObjectStore(options(server), bucket='contract'), 'users/1/cached.png')
    client = boto3.client('s3',
                          region_name=server.region,
                          endpoint_url=server.url,
                          aws_access_key_id=server.access_key,
                          aws_secret_access_key=server.secret_key)
    answer = client.head_object(Bucket='contract', Key='users/1/cached.png')
    assert answer['CacheControl'] == _CACHE


def test_missing_bucket_is_made_once(server: S3Server) -> None:
    store = S3ObjectStore(options(server), bucket='made-here')
    with pytest.raises(StorageUnavailable):
        store.ping()
    store.ensure_bucket()
    store.ensure_bucket()
    store.ping()


def test_missing_bucket_is_no_missing_key(server: S3Server) -> None:
    store = S3ObjectStore(options(server), bucket='never-made')
    with pytest.raises(StorageUnavailable):
        put(store, 'users/1/a.png')
    with pytest.raises(StorageUnavailable):
        list(store.list(''))


def test_wrong_keys_are_unavailable(server: S3Server) -> None:
    stranger = S3Options(region=server.region,
                         endpoint_url=server.url,
                         access_key='stranger',
                         secret_key='stranger-secret')
    with pytest.raises(StorageUnavailable):
        S3ObjectStore(stranger, bucket='contract').head('users/1/a.png')


def test_secret_key_is_not_shown(server: S3Server) -> None:
    assert server.secret_key not in repr(options(server))


def test_child_process_has_connections_of_its_own(server: S3Server) -> None:
    store = S3ObjectStore(options(server), bucket='contract')
    put(store, 'users/1/parent.png')
    child = os.fork()
    if child == 0:
        code = 1
        with suppress(BaseException):
            put(store, 'users/1/child.png')
            code = 0 if read(store, 'users/1/parent.png') == b'0123456789' else 1
        os._exit(code)
    assert read(store, 'users/1/parent.png') == b'0123456789'
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert read(store, 'users/1/child.png') == b'0123456789'

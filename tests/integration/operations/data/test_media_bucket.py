import os
from dataclasses import replace
from hashlib import sha256
from io import BytesIO

import pytest

from talelio_backend.bootstrap import s3_options
from talelio_backend.operations.data import media_bucket
from talelio_backend.operations.data.media_bucket import MediaBucket
from talelio_backend.operations.domain.export import ExportedFile
from talelio_backend.settings import Settings
from talelio_backend.shared.data.object_store import S3ObjectStore
from talelio_backend.shared.domain.errors import StorageUnavailable


@pytest.fixture(name='store')
def open_store(settings: Settings, worker_number: int) -> S3ObjectStore:
    store = S3ObjectStore(s3_options(settings), bucket=f'talelio-test-media-{worker_number}')
    store.ensure_bucket()
    store.delete(stored.key for stored in store.list(''))
    return store


@pytest.fixture(name='bucket')
def open_bucket(settings: Settings, store: S3ObjectStore) -> MediaBucket:
    return MediaBucket(s3_options(settings), name=store.bucket)


def described(key: str, content: bytes) -> ExportedFile:
    return ExportedFile(key=key,
                        size=len(content),
                        sha256=sha256(content).hexdigest(),
                        content_type='image/webp',
                        cache_control='public, max-age=5')


def test_what_is_put_is_read_with_what_browsers_are_told(bucket: MediaBucket) -> None:
    bucket.put(described('users/1/ä.webp', b'heron'), BytesIO(b'heron'))
    with bucket.open('users/1/ä.webp') as opened:
        assert opened is not None
        assert (opened.content.read(), opened.size) == (b'heron', 5)
        assert (opened.content_type, opened.cache_control) == ('image/webp', 'public, max-age=5')
    assert list(bucket.keys()) == ['users/1/ä.webp']
    with bucket.open('none') as nothing:
        assert nothing is None


def test_what_is_there_already_is_not_sent_again(bucket: MediaBucket,
                                                 store: S3ObjectStore) -> None:
    store.put('a', b'heron', content_type='text/plain', cache_control='')
    for content, kind in ((b'heron', 'text/plain'), (b'crane', 'image/webp')):
        bucket.put(described('a', content), BytesIO(content))
        with bucket.open('a') as opened:
            assert opened is not None
            assert (opened.content.read(), opened.content_type) == (content, kind)


def test_a_large_file_goes_in_parts(bucket: MediaBucket, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(media_bucket, '_AT_ONCE', 5 * 1024 * 1024)
    content = os.urandom(6 * 1024 * 1024)
    bucket.put(described('large', content), BytesIO(content))
    with bucket.open('large') as opened:
        assert opened is not None and opened.content.read() == content
        assert opened.content_type == 'image/webp'


def test_a_bucket_that_is_not_there_is_told(settings: Settings) -> None:
    nowhere = MediaBucket(s3_options(settings), name='talelio-test-nowhere-at-all')
    with pytest.raises(StorageUnavailable):
        list(nowhere.keys())
    for size in (1, 32 * 1024 * 1024):
        with pytest.raises(StorageUnavailable):
            nowhere.put(replace(described('a', b'a'), size=size), BytesIO(b'a'))

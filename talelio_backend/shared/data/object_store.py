import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from threading import Lock
from typing import TYPE_CHECKING, TypedDict, cast

from talelio_backend.shared.data.s3_connection import Absent, S3Options, connect, s3_failures
from talelio_backend.shared.domain.errors import StorageUnavailable
from talelio_backend.shared.services.object_store import OpenObject, StoredObject

if TYPE_CHECKING:
    from botocore.response import StreamingBody
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.literals import BucketLocationConstraintType
    from mypy_boto3_s3.type_defs import GetObjectOutputTypeDef, HeadObjectOutputTypeDef

_PIECE = 64 * 1024  # bytes held of an object that is being read
_BATCH = 1000  # keys in one DeleteObjects call, the limit of the S3 API
_NOTHING = frozenset({'404', 'NoSuchKey', 'NotFound'})  # a HEAD has a status and no body
_NO_SUCH_RANGE = frozenset({'416', 'InvalidRange'})
_THERE_ALREADY = frozenset({'BucketAlreadyOwnedByYou', 'BucketAlreadyExists'})
_HOME_REGION = 'us-east-1'  # the one region that CreateBucket does not want to be told


class _Range(TypedDict, total=False):
    Range: str


class S3ObjectStore:
    """One bucket of an S3 service, or of a server that speaks like one."""

    def __init__(self, options: S3Options, *, bucket: str) -> None:
        self.bucket = bucket
        self._options = options
        self._lock = Lock()
        self._made: tuple[int, 'S3Client'] | None = None

    def put(self, key: str, content: bytes, *, content_type: str, cache_control: str) -> None:
        with s3_failures():
            self._client().put_object(Bucket=self.bucket,
                                      Key=key,
                                      Body=content,
                                      ContentType=content_type,
                                      CacheControl=cache_control)

    def head(self, key: str) -> StoredObject | None:
        try:
            with s3_failures(absent=_NOTHING):
                answer = self._client().head_object(Bucket=self.bucket, Key=key)
        except Absent:
            return None
        return _stored(key, answer['ContentLength'], answer)

    @contextmanager
    def open(self,
             key: str,
             *,
             first: int = 0,
             last: int | None = None) -> Iterator[OpenObject | None]:
        try:
            with s3_failures(absent=_NOTHING | _NO_SUCH_RANGE):
                answer = self._client().get_object(Bucket=self.bucket,
                                                   Key=key,
                                                   **_range(first, last))
        except Absent:
            # No such key, or no such byte in it: only the first of the two is nothing.
            found = self.head(key)
            yield OpenObject(stored=found, chunks=iter(())) if found else None
            return
        whole = answer.get('ContentRange', '').rpartition('/')[2]
        body = answer['Body']
        try:
            yield OpenObject(stored=_stored(key, int(whole or answer['ContentLength']), answer),
                             chunks=_pieces(body))
        finally:
            body.close()

    def delete(self, keys: Iterable[str]) -> None:
        waiting = iter(keys)
        while batch := list(islice(waiting, _BATCH)):
            with s3_failures():
                answer = self._client().delete_objects(Bucket=self.bucket,
                                                       Delete={
                                                           'Objects': [{
                                                               'Key': key
                                                           } for key in batch],
                                                           'Quiet': True
                                                       })
            if any(error.get('Code') not in _NOTHING for error in answer.get('Errors', ())):
                raise StorageUnavailable()

    def list(self, prefix: str) -> Iterator[StoredObject]:
        with s3_failures():
            pages = self._client().get_paginator('list_objects_v2')
            for page in pages.paginate(Bucket=self.bucket, Prefix=prefix):
                for row in page.get('Contents', ()):
                    yield StoredObject(key=row['Key'],
                                       size=row['Size'],
                                       etag=row['ETag'].strip('"'),
                                       content_type='',
                                       last_modified=row['LastModified'])

    def ping(self) -> None:
        with s3_failures():
            self._client().head_bucket(Bucket=self.bucket)

    def ensure_bucket(self) -> None:
        """Makes the bucket where it is missing; for development and tests, since a production
        bucket comes with its policies from the one who runs the place.

        Raises StorageUnavailable."""
        try:
            with s3_failures(absent=_NOTHING):
                self._client().head_bucket(Bucket=self.bucket)
        except Absent:
            self._make_bucket()

    def _make_bucket(self) -> None:
        place = cast('BucketLocationConstraintType', self._options.region)
        try:
            with s3_failures(absent=_THERE_ALREADY):
                if self._options.region == _HOME_REGION:
                    self._client().create_bucket(Bucket=self.bucket)
                else:
                    self._client().create_bucket(
                        Bucket=self.bucket,
                        CreateBucketConfiguration={'LocationConstraint': place})
        except Absent:  # somebody was faster, or it is somebody else's
            self.ping()

    def _client(self) -> 'S3Client':
        """Made at first use in each process: sockets do not survive a fork."""
        made = self._made
        if made is None or made[0] != os.getpid():
            with self._lock:
                made = self._made
                if made is None or made[0] != os.getpid():
                    made = self._made = (os.getpid(), connect(self._options))
        return made[1]


def _stored(key: str, size: int,
            answer: 'GetObjectOutputTypeDef | HeadObjectOutputTypeDef') -> StoredObject:
    return StoredObject(key=key,
                        size=size,
                        etag=answer['ETag'].strip('"'),
                        content_type=answer.get('ContentType', ''),
                        last_modified=answer['LastModified'])


def _range(first: int, last: int | None) -> _Range:
    # The whole object is asked for without a range, since an empty one has no byte 0.
    if first == 0 and last is None:
        return {}
    return {'Range': f'bytes={first}-{"" if last is None else last}'}


def _pieces(body: 'StreamingBody') -> Iterator[bytes]:
    with s3_failures():
        while piece := body.read(_PIECE):
            yield piece

import os
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import md5
from typing import TYPE_CHECKING

from talelio_backend.operations.data.bucket import StoreBody
from talelio_backend.operations.domain.export import ExportedFile
from talelio_backend.operations.services.moving_ports import OpenFile
from talelio_backend.operations.services.ports import Readable
from talelio_backend.shared.data.s3_connection import (Absent, Patience, S3Options, connect,
                                                       s3_failures)
from talelio_backend.shared.domain.errors import StorageUnavailable

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_NOTHING = frozenset({'404', 'NoSuchKey', 'NotFound'})
_PATIENCE = Patience(connect=5, read=30, attempts=3)
_AT_ONCE = 16 * 1024 * 1024  # bytes of a file that is held in memory


class MediaBucket:
    """The files that people uploaded, with what the bucket tells browsers of each."""

    def __init__(self, options: S3Options, *, name: str) -> None:
        self._name = name
        self._options = options
        self._made: tuple[int, 'S3Client'] | None = None

    def keys(self) -> Iterator[str]:
        with s3_failures():
            pages = self._client().get_paginator('list_objects_v2')
            for page in pages.paginate(Bucket=self._name):
                for row in page.get('Contents', ()):
                    yield row['Key']

    @contextmanager
    def open(self, key: str) -> Iterator[OpenFile | None]:
        try:
            with s3_failures(absent=_NOTHING):
                answer = self._client().get_object(Bucket=self._name, Key=key)
        except Absent:
            yield None
            return
        body = answer['Body']
        try:
            yield OpenFile(content=StoreBody(body),
                           size=answer['ContentLength'],
                           content_type=answer.get('ContentType', ''),
                           cache_control=answer.get('CacheControl', ''))
        finally:
            body.close()

    def put(self, file: ExportedFile, content: Readable) -> None:
        told = {'ContentType': file.content_type, 'CacheControl': file.cache_control}
        told = {name: value for name, value in told.items() if value}
        if file.size > _AT_ONCE:
            self._put_in_parts(file.key, content, told)
            return
        whole = content.read()
        if self._has(file, whole):
            return
        with s3_failures():
            self._client().put_object(
                Bucket=self._name, Key=file.key, Body=whole,
                **told)  # type: ignore[arg-type]  # the stubs know each argument by its own type

    def _put_in_parts(self, key: str, content: Readable, told: dict[str, str]) -> None:
        from boto3.exceptions import S3UploadFailedError
        from boto3.s3.transfer import TransferConfig

        # One part in memory after the other.
        config = TransferConfig(multipart_threshold=_AT_ONCE,
                                multipart_chunksize=_AT_ONCE,
                                use_threads=False)
        try:
            with s3_failures():
                self._client().upload_fileobj(
                    content,  # type: ignore[arg-type]  # it is read, and nothing else
                    self._name,
                    key,
                    ExtraArgs=told,
                    Config=config)
        except S3UploadFailedError as error:
            raise StorageUnavailable() from error

    def _has(self, file: ExportedFile, content: bytes) -> bool:
        try:
            with s3_failures(absent=_NOTHING):
                stored = self._client().head_object(Bucket=self._name, Key=file.key)
        except Absent:
            return False
        # The tag of an object that was put in one piece. Another kind of tag never equals it.
        tag = md5(content, usedforsecurity=False).hexdigest()
        return (stored['ContentLength'], stored['ETag'].strip('"')) == (len(content), tag)

    def _client(self) -> 'S3Client':
        """Made at first use in each process: sockets do not survive a fork."""
        made = self._made
        if made is None or made[0] != os.getpid():
            made = self._made = (os.getpid(), connect(self._options, _PATIENCE))
        return made[1]

"""One bucket, as backups use it: small documents whole, dumps as streams."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from talelio_backend.operations.data.multipart import PART, MultipartUpload
from talelio_backend.operations.services.ports import Readable
from talelio_backend.shared.data.s3_connection import (Absent, Patience, S3Options, connect,
                                                       s3_failures)

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_NOTHING = frozenset({'404', 'NoSuchKey', 'NotFound'})
_NO_UPLOAD = frozenset({'404', 'NoSuchUpload'})
# A server that has not seen any upload says that it has not seen this one.
_NO_UPLOADS = _NO_UPLOAD | frozenset({'NotImplemented', '501', 'MethodNotAllowed'})
_PATIENCE = Patience(connect=5, read=30, attempts=3)


@dataclass(frozen=True, slots=True)
class Listed:
    key: str
    etag: str


class Bucket:
    """Every method raises StorageUnavailable."""

    def __init__(self, options: S3Options, *, name: str, part: int = PART) -> None:
        self.name = name
        self._options = options
        self._part = part
        self._made: tuple[int, 'S3Client'] | None = None

    def objects(self, beginning: str) -> Iterator[Listed]:
        with s3_failures():
            pages = self._client().get_paginator('list_objects_v2')
            for page in pages.paginate(Bucket=self.name, Prefix=beginning):
                for row in page.get('Contents', ()):
                    yield Listed(row['Key'], row['ETag'])

    def read(self, key: str, *, most: int) -> bytes | None:
        """At most so many bytes of an object; None where there is none."""
        with self.open(key) as stream:
            return None if stream is None else stream.read(most)

    @contextmanager
    def open(self, key: str) -> Iterator[Readable | None]:
        try:
            with s3_failures(absent=_NOTHING):
                body = self._client().get_object(Bucket=self.name, Key=key)['Body']
        except Absent:
            yield None
            return
        try:
            yield StoreBody(body)
        finally:
            body.close()

    def write(self, key: str, content: bytes) -> None:
        with s3_failures():
            self._client().put_object(Bucket=self.name,
                                      Key=key,
                                      Body=content,
                                      ContentType='application/json')

    def remove(self, key: str) -> None:
        with s3_failures():
            self._client().delete_object(Bucket=self.name, Key=key)

    @contextmanager
    def upload(self, key: str) -> Iterator[MultipartUpload]:
        """Whole when the context was left without an error, else gone. Raises UploadFailed."""
        upload = MultipartUpload(self._client(), bucket=self.name, key=key, part=self._part)
        try:
            yield upload
            upload.complete()
        except BaseException:
            upload.discard()
            raise

    def uploads(self, beginning: str, *, before: datetime) -> list[tuple[str, str]]:
        """Key and id of the unfinished uploads that began before this time."""
        try:
            with s3_failures(absent=_NO_UPLOADS):
                pages = self._client().get_paginator('list_multipart_uploads')
                return [(row['Key'], row['UploadId'])
                        for page in pages.paginate(Bucket=self.name, Prefix=beginning)
                        for row in page.get('Uploads', ()) if row['Initiated'] < before]
        except Absent:
            return []

    def abandon(self, key: str, upload: str) -> None:
        with suppress(Absent), s3_failures(absent=_NO_UPLOAD):
            self._client().abort_multipart_upload(Bucket=self.name, Key=key, UploadId=upload)

    def _client(self) -> 'S3Client':
        """Made at first use in each process: sockets do not survive a fork."""
        made = self._made
        if made is None or made[0] != os.getpid():
            made = self._made = (os.getpid(), connect(self._options, _PATIENCE))
        return made[1]


class StoreBody:
    """The content of an object, with the store's errors in the domain's words."""

    def __init__(self, body: Readable) -> None:
        self._body = body

    def read(self, size: int = -1, /) -> bytes:
        with s3_failures():
            return self._body.read(size)

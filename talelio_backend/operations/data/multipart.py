"""A stream into one S3 object, of bounded memory."""

from contextlib import suppress
from hashlib import sha256
from io import BytesIO
from typing import TYPE_CHECKING

from talelio_backend.operations.domain.errors import UploadFailed
from talelio_backend.shared.data.s3_connection import s3_failures
from talelio_backend.shared.domain.errors import StorageUnavailable

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import CompletedPartTypeDef

# Held in memory. All parts but the last are of one size, which some services insist on; 10 000 of
# them, the most that the API takes, make an object of 160 GiB.
PART = 16 * 1024 * 1024


class MultipartUpload:
    """Nothing is to be seen of the object before ``complete``."""

    def __init__(self, client: 'S3Client', *, bucket: str, key: str, part: int = PART) -> None:
        self.size = 0
        self._client = client
        self._bucket = bucket
        self._key = key
        self._part = part
        self._hash = sha256()
        self._waiting = bytearray()
        self._parts: 'list[CompletedPartTypeDef]' = []
        with s3_failures():
            begun = client.create_multipart_upload(Bucket=bucket,
                                                   Key=key,
                                                   ContentType='application/octet-stream')
        self._id = begun['UploadId']

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()

    def write(self, content: bytes, /) -> int:
        self._hash.update(content)
        self.size += len(content)
        self._waiting += content
        while len(self._waiting) >= self._part:
            self._send(bytes(self._waiting[:self._part]))
            del self._waiting[:self._part]
        return len(content)

    def complete(self) -> None:
        """Makes the object of the parts and asks the bucket what it has now. Raises UploadFailed,
        StorageUnavailable."""
        if self._waiting or not self._parts:
            self._send(bytes(self._waiting))
            self._waiting.clear()
        with s3_failures():
            self._client.complete_multipart_upload(Bucket=self._bucket,
                                                   Key=self._key,
                                                   UploadId=self._id,
                                                   MultipartUpload={'Parts': self._parts})
            stored = self._client.head_object(Bucket=self._bucket, Key=self._key)
        if stored['ContentLength'] != self.size:
            raise UploadFailed(f'{stored["ContentLength"]} of {self.size} bytes are stored')

    def discard(self) -> None:
        """Leaves nothing behind, as far as the bucket still answers; what it keeps nevertheless
        is removed with the remains."""
        with suppress(StorageUnavailable), s3_failures():
            self._client.abort_multipart_upload(Bucket=self._bucket,
                                                Key=self._key,
                                                UploadId=self._id)
        # An answer that was lost may have been that of a completed upload.
        with suppress(StorageUnavailable), s3_failures():
            self._client.delete_object(Bucket=self._bucket, Key=self._key)

    def _send(self, content: bytes) -> None:
        number = len(self._parts) + 1
        with s3_failures():
            # As a file, it is sent piece by piece and each piece has its own time limit.
            sent = self._client.upload_part(Bucket=self._bucket,
                                            Key=self._key,
                                            UploadId=self._id,
                                            PartNumber=number,
                                            Body=BytesIO(content))
        self._parts.append({'ETag': sent['ETag'], 'PartNumber': number})

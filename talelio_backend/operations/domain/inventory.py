"""The files that belong to a backup and are not in it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from talelio_backend.operations.domain.manifest import Media


@dataclass(frozen=True, slots=True, order=True)
class MediaFile:
    key: str
    size: int
    etag: str


@dataclass(frozen=True, kw_only=True)
class MediaCount:
    """How many of the files that rows name the bucket lacked when a backup was made."""

    counted_at: datetime
    missing: int


def inventory(bucket: str, files: Iterable[MediaFile]) -> Media:
    digest, objects, size = sha256(), 0, 0
    for file in sorted(files):
        digest.update(f'{file.key}\t{file.size}\t{file.etag}\n'.encode())
        objects += 1
        size += file.size
    return Media(bucket=bucket, objects=objects, bytes=size, sha256=digest.hexdigest())

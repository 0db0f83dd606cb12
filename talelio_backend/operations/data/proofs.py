"""What drills and counts found, each an object of its own: beside the folder of the backups and
not in it, whose layout is shared with a shell script (docs/decisions/0010)."""

import json
from collections.abc import Mapping
from typing import Any

import structlog

from talelio_backend.operations.data.bucket import Bucket
from talelio_backend.operations.domain.inventory import MediaCount
from talelio_backend.operations.domain.layout import time_of
from talelio_backend.operations.domain.manifest import read_time, written_time
from talelio_backend.operations.domain.proof import Proof

_LARGEST = 64 * 1024
_END = '.json'
_MEDIA = 'media'
log = structlog.get_logger('talelio.backup')


class S3Proofs:

    def __init__(self, bucket: Bucket, *, prefix: str) -> None:
        self._bucket = bucket
        self._folder = f'{prefix}-proofs/' if prefix else 'proofs/'
        self._read: dict[tuple[str, str], Proof] = {}

    def keep(self, proof: Proof) -> None:
        content = {
            'name': proof.name,
            'sha256': proof.sha256,
            'verified_at': written_time(proof.verified_at),
            'seconds': round(proof.seconds, 3),
        }
        self._bucket.write(self._key(proof.name), (json.dumps(content, indent=2) + '\n').encode())

    def all(self) -> Mapping[str, Proof]:
        read = {}
        for listed in self._bucket.objects(self._folder):
            name = listed.key.removeprefix(self._folder).removesuffix(_END)
            if time_of(name) is None:
                continue
            proof = self._read.get((name, listed.etag)) or self._find(name)
            if proof is not None:
                read[(name, listed.etag)] = proof
        self._read = read
        return {name: proof for (name, _etag), proof in read.items()}

    def remove(self, name: str) -> None:
        self._bucket.remove(self._key(name))

    def keep_count(self, count: MediaCount) -> None:
        content = {'counted_at': written_time(count.counted_at), 'missing': count.missing}
        self._bucket.write(self._key(_MEDIA), (json.dumps(content, indent=2) + '\n').encode())

    def last_count(self) -> MediaCount | None:
        content = self._bucket.read(self._key(_MEDIA), most=_LARGEST)
        try:
            return None if content is None else _counted(json.loads(content))
        except (ValueError, KeyError, TypeError) as error:
            log.warning('media_count_passed_over', reason=type(error).__name__)
            return None

    def _find(self, name: str) -> Proof | None:
        content = self._bucket.read(self._key(name), most=_LARGEST)
        try:
            return None if content is None else _parsed(json.loads(content), name)
        except (ValueError, KeyError, TypeError) as error:
            # What cannot be read proves nothing; the next drill writes it anew.
            log.warning('proof_passed_over', name=name, reason=type(error).__name__)
            return None

    def _key(self, name: str) -> str:
        return f'{self._folder}{name}{_END}'


def _parsed(content: Any, name: str) -> Proof:
    return Proof(name=name,
                 sha256=str(content['sha256']),
                 verified_at=read_time(content['verified_at']),
                 seconds=float(content['seconds']))


def _counted(content: Any) -> MediaCount:
    return MediaCount(counted_at=read_time(content['counted_at']), missing=int(content['missing']))

"""What makes rows a chain: whoever changes, removes or adds one breaks every hash behind it."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

GENESIS = '0' * 64
REMOVED = '(removed)'


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The end of a chain: the last position and its hash."""

    seq: int = 0
    hash: str = GENESIS


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """What sealing adds to the row with this id."""

    id: UUID
    seq: int
    prev_hash: str
    content_hash: str
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row as it is stored. ``content`` is what its hash is made of; ``actor`` and
    ``impersonator`` are present usernames. The position is None until the row is sealed."""

    created_at: datetime
    content: Mapping[str, Any]
    seq: int | None
    prev_hash: str | None
    content_hash: str | None
    hash: str | None
    redacted: bool
    actor: str | None = None
    impersonator: str | None = None


def moment(time: datetime) -> str:
    """A time as it stands in the content."""
    return time.astimezone(UTC).isoformat(timespec='microseconds').replace('+00:00', 'Z')


def hash_of_content(content: Mapping[str, Any]) -> str:
    text = json.dumps(content, sort_keys=True, separators=(',', ':'), ensure_ascii=False)
    return sha256(text.encode()).hexdigest()


def hash_of_link(prev_hash: str, content_hash: str) -> str:
    return sha256((prev_hash + content_hash).encode('ascii')).hexdigest()


def links(head: Place, rows: Iterable[Row]) -> Iterator[Link]:
    """The links of rows that come behind ``head``, in their order."""
    seq, prev_hash = head.seq, head.hash
    for row in rows:
        digest = hash_of_content(row.content)
        seq, hash_ = seq + 1, hash_of_link(prev_hash, digest)
        yield Link(id=UUID(row.content['id']),
                   seq=seq,
                   prev_hash=prev_hash,
                   content_hash=digest,
                   hash=hash_)
        prev_hash = hash_


def follow(behind: Place, rows: Sequence[Row]) -> tuple[Place, int | None]:
    """How far ``rows`` carry the chain on, and the first position that is altered, missing or out
    of order; None where all is well."""
    for row in rows:
        expected = behind.seq + 1
        if row.seq != expected or not _is_whole(row, behind.hash):
            return behind, expected
        assert row.hash is not None
        behind = Place(seq=expected, hash=row.hash)
    return behind, None


def _is_whole(row: Row, prev_hash: str) -> bool:
    if row.content_hash is None or row.prev_hash != prev_hash:
        return False
    if row.hash != hash_of_link(prev_hash, row.content_hash):
        return False
    if row.redacted:
        target = row.content['target'] or {}
        return (row.content['text'] == REMOVED and row.content['changes'] is None
                and target.get('label') is None)
    return hash_of_content(row.content) == row.content_hash

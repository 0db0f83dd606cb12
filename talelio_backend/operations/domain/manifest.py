"""What a backup says of itself. The object that it describes was written before it."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Self

from talelio_backend.operations.domain.errors import NewerThanThisVersion, NotABackup
from talelio_backend.operations.domain.layout import dump_file, time_of

FORMAT = 1
BEFORE_RESTORE = 'before-restore'


@dataclass(frozen=True, kw_only=True)
class Media:
    """The files of the media bucket at that time. ``sha256`` is over the sorted lines
    ``key<TAB>size<TAB>etag``, each ended by a newline."""

    bucket: str
    objects: int
    bytes: int
    sha256: str


@dataclass(frozen=True, kw_only=True)
class Tools:
    """Versions; None where the writer did not know."""

    talelio: str | None
    pg_dump: str | None
    server: str | None


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """``size`` (bytes) and ``sha256`` are those of the stored object, so they can be verified
    without a key. ``tables`` counts rows by ``schema.table``."""

    name: str
    note: str | None
    created_at: datetime
    object: str
    size: int
    sha256: str
    encrypted: bool
    recipients: tuple[str, ...]
    alembic_revision: str | None
    tables: Mapping[str, int]
    media: Media | None
    tools: Tools
    database: str

    @property
    def is_safety(self) -> bool:
        """Whether a restore made it of what it was about to replace."""
        return self.note is not None and self.note.endswith(BEFORE_RESTORE)

    @property
    def file(self) -> str:
        """The name of the dump's file, without the prefix that it was written under."""
        return dump_file(self.name, encrypted=self.encrypted)

    def to_json(self) -> dict[str, Any]:
        fields = asdict(self)
        fields['created_at'] = written_time(self.created_at)
        return {'format': FORMAT, **fields}

    def to_bytes(self) -> bytes:
        return (json.dumps(self.to_json(), indent=2) + '\n').encode()

    @classmethod
    def from_bytes(cls, content: bytes, *, name: str) -> Self:
        """The manifest that was stored for the backup ``name``.

        Raises NotABackup, NewerThanThisVersion."""
        try:
            read = json.loads(content)
        except ValueError as error:
            raise NotABackup(f'the manifest of {name} is not JSON') from error
        if isinstance(read, dict) and _is_newer(read.get('format')):
            raise NewerThanThisVersion(f'{name} has a manifest of format {read["format"]}')
        try:
            manifest = cls._from_json(read)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise NotABackup(f'the manifest of {name} does not describe a backup') from error
        if manifest.name != name or manifest.object.rpartition('/')[2] != manifest.file:
            raise NotABackup(f'the manifest of {name} describes something else')
        return manifest

    @classmethod
    def _from_json(cls, read: Mapping[str, Any]) -> Self:
        if read['format'] != FORMAT or time_of(read['name']) is None:
            raise ValueError('foreign')
        media, tools = read.get('media'), read.get('tools') or {}
        return cls(name=read['name'],
                   note=_optional(read.get('note')),
                   created_at=read_time(read['created_at']),
                   object=_text(read['object']),
                   size=_count(read['size']),
                   sha256=_digest(read['sha256']),
                   encrypted=_truth(read['encrypted']),
                   recipients=tuple(_text(one) for one in read.get('recipients') or ()),
                   alembic_revision=_optional(read['alembic_revision']),
                   tables={
                       _text(table): _count(rows)
                       for table, rows in read['tables'].items()
                   },
                   media=None if media is None else Media(bucket=_text(media['bucket']),
                                                          objects=_count(media['objects']),
                                                          bytes=_count(media['bytes']),
                                                          sha256=_digest(media['sha256'])),
                   tools=Tools(talelio=_optional(tools.get('talelio')),
                               pg_dump=_optional(tools.get('pg_dump')),
                               server=_optional(tools.get('server'))),
                   database=_text(read['database']))


def written_time(moment: datetime) -> str:
    """RFC 3339, in UTC."""
    return moment.astimezone(UTC).isoformat().replace('+00:00', 'Z')


def read_time(value: Any) -> datetime:
    """Raises ValueError for a time without a zone."""
    moment = datetime.fromisoformat(_text(value))
    if moment.tzinfo is None:
        raise ValueError('a time without a zone')
    return moment.astimezone(UTC)


def _is_newer(number: Any) -> bool:
    return isinstance(number, int) and not isinstance(number, bool) and number > FORMAT


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError('not a text')
    return value


def _optional(value: Any) -> str | None:
    return None if value is None else _text(value)


def _count(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError('not a number')
    if value < 0:
        raise ValueError('less than nothing')
    return value


def _truth(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError('neither true nor false')
    return value


def _digest(value: Any) -> str:
    text = _text(value).lower()
    if len(text) != 64 or set(text) - set('0123456789abcdef'):
        raise ValueError('not a SHA-256')
    return text

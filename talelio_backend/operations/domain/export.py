"""What the file of a whole installation says of itself."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Self

from talelio_backend.operations.domain.addresses import Addresses
from talelio_backend.operations.domain.errors import NewerThanThisVersion
from talelio_backend.operations.domain.manifest import Tools, read_time, written_time
from talelio_backend.operations.domain.restore_errors import NotAnExport

FORMAT = 1
KIND = 'talelio export'
MANIFEST, DUMP, MEDIA = 'manifest.json', 'database.dump', 'media/'
_SHA256 = 64  # hexadecimal digits
_METADATA = 256  # bytes that type and caching of a file may take


@dataclass(frozen=True, kw_only=True)
class ExportedFile:
    """One file of the archive. ``content_type`` and ``cache_control`` are what the bucket says
    with it to browsers."""

    key: str
    size: int
    sha256: str
    content_type: str = ''
    cache_control: str = ''


@dataclass(frozen=True, kw_only=True)
class ExportManifest:
    """``tables`` counts rows by ``schema.table``, in the moment that was dumped."""

    created_at: datetime
    alembic_revision: str | None
    tables: Mapping[str, int]
    database: ExportedFile
    media: Sequence[ExportedFile]
    addresses: Addresses
    tools: Tools

    def to_bytes(self) -> bytes:
        head = {
            'format': FORMAT,
            'kind': KIND,
            'created_at': written_time(self.created_at),
            'alembic_revision': self.alembic_revision,
            'tables': dict(self.tables),
            'addresses': self.addresses.to_json(),
            'tools': asdict(self.tools),
            'database': {
                'size': self.database.size,
                'sha256': self.database.sha256
            },
            'media': [asdict(file) for file in self.media],
        }
        return (json.dumps(head, indent=1) + '\n').encode()

    @classmethod
    def from_bytes(cls, content: bytes) -> Self:
        """Raises NotAnExport, NewerThanThisVersion."""
        try:
            read = json.loads(content)
            if read['kind'] != KIND:
                raise ValueError('foreign')
            if isinstance(read['format'], int) and read['format'] > FORMAT:
                raise NewerThanThisVersion(f'its manifest is of format {read["format"]}')
            return cls._from_json(read)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise NotAnExport('its manifest does not describe one') from error

    @classmethod
    def _from_json(cls, read: Mapping[str, Any]) -> Self:
        tools, database = read['tools'], read['database']
        return cls(created_at=read_time(read['created_at']),
                   alembic_revision=_optional(read['alembic_revision']),
                   tables={
                       str(name): _count(rows)
                       for name, rows in read['tables'].items()
                   },
                   database=ExportedFile(key=DUMP,
                                         size=_count(database['size']),
                                         sha256=_text(database['sha256'])),
                   media=tuple(_file(one) for one in read['media']),
                   addresses=Addresses.from_json(read['addresses']),
                   tools=Tools(talelio=_optional(tools.get('talelio')),
                               pg_dump=_optional(tools.get('pg_dump')),
                               server=_optional(tools.get('server'))))


def most_bytes(manifest: ExportManifest, keys: Sequence[str]) -> int:
    """How large ``manifest`` may become once its files, of these keys, are described."""
    blank = ExportedFile(key='', size=0, sha256='0' * _SHA256)
    each = len(json.dumps(asdict(blank), indent=1)) + _METADATA
    names = sum(len(json.dumps(key)) for key in keys)
    return len(manifest.to_bytes()) + _METADATA + len(keys) * each + names


def _file(read: Mapping[str, Any]) -> ExportedFile:
    return ExportedFile(key=_text(read['key']),
                        size=_count(read['size']),
                        sha256=_text(read['sha256']),
                        content_type=_text(read['content_type']),
                        cache_control=_text(read['cache_control']))


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError('not a text')
    return value


def _optional(value: Any) -> str | None:
    return None if value is None else _text(value)


def _count(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ValueError('not a number of things')
    return value

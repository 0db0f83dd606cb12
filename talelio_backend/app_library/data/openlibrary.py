"""Open Library (openlibrary.org), by its Books API: one request says all of an edition."""

import json
import re
import time
from collections.abc import Mapping
from typing import Any

import urllib3

from talelio_backend.app_library.data.languages import tag_of
from talelio_backend.app_library.data.turns import RedisTurns
from talelio_backend.app_library.domain.intake_errors import MetadataUnavailable
from talelio_backend.app_library.services.metadata import Metadata
from talelio_backend.shared.domain.errors import SessionStoreUnavailable

SITE, COVERS = 'https://openlibrary.org', 'https://covers.openlibrary.org'
TIMEOUT = 5.0  # seconds, for a whole answer
_PIECE = 64 * 1024
# Pictures are kept elsewhere; nothing is asked for twice.
_REDIRECTS = urllib3.Retry(total=3, connect=0, read=0, status=0, other=0, redirect=3)
_LONGEST_ANSWER = 1024 * 1024
LARGEST_COVER = 2 * 1024 * 1024
_YEAR = re.compile(r'(?<!\d)(\d{4})(?!\d)')


class OpenLibrary:
    """See the ports ``MetadataSource`` and ``CoverSource``. ``user_agent`` says who asks, and
    whom its operators may write to: they ask for that."""

    def __init__(self,
                 *,
                 turns: RedisTurns,
                 user_agent: str,
                 site: str = SITE,
                 covers: str = COVERS) -> None:
        self._turns = turns
        self._site = site
        self._covers = covers
        self._pool = urllib3.PoolManager(headers={'User-Agent': user_agent},
                                         timeout=urllib3.Timeout(total=TIMEOUT))

    def find(self, isbn13: str, *, patience: float) -> Metadata | None:
        name = f'ISBN:{isbn13}'
        url = f'{self._site}/api/books?bibkeys={name}&format=json&jscmd=details'
        try:
            found = json.loads(self._get(url, _LONGEST_ANSWER, patience) or b'')
            if not isinstance(found, dict):
                raise MetadataUnavailable()
            if name not in found:
                return None
            return self._metadata(isbn13, found[name]['details'])
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise MetadataUnavailable() from error

    def cover(self, url: str, *, patience: float) -> bytes | None:
        """See the port ``CoverSource``."""
        if not url.startswith(f'{self._covers}/'):
            return None
        return self._get(url, LARGEST_COVER, patience)

    def _get(self, url: str, longest: int, patience: float) -> bytes | None:
        """None where there is nothing."""
        try:
            if not self._turns.wait(patience=patience):
                raise MetadataUnavailable()
            end = time.monotonic() + TIMEOUT
            answer = self._pool.request('GET', url, preload_content=False, retries=_REDIRECTS)
            content = _read(answer, longest, end)
        except (urllib3.exceptions.HTTPError, OSError, SessionStoreUnavailable) as error:
            raise MetadataUnavailable() from error
        if answer.status == 404:
            return None
        if answer.status != 200 or len(content) > longest:
            raise MetadataUnavailable()
        return content

    def _metadata(self, isbn13: str, found: Mapping[str, Any]) -> Metadata:
        year = _YEAR.search(str(found.get('publish_date', '')))
        covers = [cover for cover in found.get('covers', ()) if cover > 0]
        languages = [str(one['key']).rpartition('/')[2] for one in found.get('languages', ())]
        return Metadata(isbn13=isbn13,
                        title=_text(found['title']) or '',
                        subtitle=_text(found.get('subtitle')),
                        authors=_names(found),
                        publisher=_text(next(iter(found.get('publishers', ())), None)),
                        year=int(year[1]) if year else None,
                        language=tag_of(languages[0]) if languages else None,
                        description=_text(found.get('description')),
                        source='openlibrary',
                        cover_url=f'{self._covers}/b/id/{covers[0]}-L.jpg' if covers else None)


def _read(answer: urllib3.BaseHTTPResponse, longest: int, end: float) -> bytes:
    """The whole body, or more than ``longest`` bytes of it. Raises TimeoutError after ``end``,
    for a server that sends a byte from time to time is never late for the next."""
    content = bytearray()
    try:
        for piece in answer.stream(_PIECE, decode_content=True):
            content += piece
            if len(content) > longest:
                break
            if time.monotonic() > end:
                raise TimeoutError()
    finally:
        answer.close()
    return bytes(content)


def _names(found: Mapping[str, Any]) -> tuple[str, ...]:
    names = (_text(author.get('name')) for author in found.get('authors', ()))
    return tuple(name for name in names if name)


def _text(value: Any) -> str | None:
    """A text, or a description of one: `{"type": …, "value": …}`."""
    if isinstance(value, dict):
        value = value.get('value')
    # PostgreSQL's text has no U+0000.
    return str(value).replace('\0', '').strip() or None if value is not None else None

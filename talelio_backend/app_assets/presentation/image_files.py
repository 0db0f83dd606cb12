from collections.abc import Iterable

from flask import request
from werkzeug.http import parse_date

from talelio_backend.app_assets.domain.errors import ImageNotFound
from talelio_backend.app_assets.services.queries import StoredFile
from talelio_backend.app_assets.services.serving import CACHE_CONTROL, ServingService
from talelio_backend.shared.domain.access import Level
from talelio_backend.shared.domain.errors import StorageUnavailable
from talelio_backend.shared.presentation import conditional
from talelio_backend.shared.presentation.answers import Answer
from talelio_backend.shared.presentation.api import Resource
from talelio_backend.shared.presentation.endpoint import endpoint
from talelio_backend.shared.presentation.problems import RangeNotSatisfiable
from talelio_backend.shared.presentation.ranges import ByteRange, wanted_range

# The bytes come from strangers: no browser may take them for a page, a script or anything else
# that they do not say they are; any page may show them.
_HEADERS = {
    'Accept-Ranges': 'bytes',
    'Cache-Control': CACHE_CONTROL,
    'Content-Disposition': 'inline',
    'Content-Security-Policy': "default-src 'none'; sandbox",
    'Cross-Origin-Resource-Policy': 'cross-origin',
    'X-Content-Type-Options': 'nosniff',
}


class ImageFileResource(Resource):

    def __init__(self, *, serving: ServingService) -> None:
        self._serving = serving

    @endpoint(access=Level.EVERYONE,
              summary='The bytes of an image',
              errors=(ImageNotFound, RangeNotSatisfiable, StorageUnavailable),
              other_statuses={206: 'The range that was asked for.'},
              produces='image/*')
    def get(self, username: str, file: str) -> Answer:
        found = self._serving.find(username=username, file_name=file)
        # A name never belongs to other bytes, so it tells them as well as a digest would.
        etag = conditional.etag(f'{found.key} {found.size}')
        if _is_known(etag, found):
            return Answer(status=304, etag=etag, headers=_HEADERS)
        part = wanted_range(size=found.size, etag=etag, last_modified=found.last_modified)
        headers = {**_HEADERS, 'Content-Length': str(part.length if part else found.size)}
        if part is not None:
            headers['Content-Range'] = part.content_range
        return Answer(body=self._bytes(found, part),
                      status=206 if part else 200,
                      media_type=found.content_type,
                      last_modified=found.last_modified,
                      headers=headers,
                      etag=etag)

    def _bytes(self, found: StoredFile, part: ByteRange | None) -> bytes | Iterable[bytes]:
        if request.method == 'HEAD':
            return b''
        if part is None:
            return self._serving.open(found)
        return self._serving.open(found, first=part.first, last=part.last)


def _is_known(etag: str, found: StoredFile) -> bool:
    """Whether the caller has it already; a tag counts before a date (RFC 9110, 13.2.2)."""
    if 'If-None-Match' in request.headers:
        return conditional.has(etag)
    since = parse_date(request.headers.get('If-Modified-Since'))
    return since is not None and found.last_modified.replace(microsecond=0) <= since

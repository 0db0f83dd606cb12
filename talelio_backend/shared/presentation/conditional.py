"""Conditional requests (RFC 9110, section 13) with strong validators.

An ETag is ``"v<version>.<digest>"`` where the thing has a version, else ``"<digest>"``. If-Match
compares the version alone, so that a new comment or loan does not spoil an edit, and takes
``"v<version>"`` too; If-None-Match compares the whole.
"""

import hashlib
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from flask import Response, request
from flask.globals import request_ctx
from werkzeug.http import parse_etags

from talelio_backend.shared.domain.errors import VersionMismatch
from talelio_backend.shared.presentation.declaration import Declaration
from talelio_backend.shared.presentation.problems import IfMatchRequired
from talelio_backend.shared.services.listing import Document

NOT_A_VERSION = -1
_VERSION = re.compile('v([0-9]{1,18})')


def digest(content: str | bytes) -> str:
    raw = content.encode() if isinstance(content, str) else content
    return hashlib.blake2b(raw, digest_size=12).hexdigest()


def etag(validator: str, version: int | None = None) -> str:
    """The header's value. ``validator`` is any text that changes with the representation."""
    short = digest(validator)
    return f'"{short}"' if version is None else f'"v{version}.{short}"'


def if_match(declaration: Declaration, change: Callable[[int | None], Response]) -> Response:
    """Carries ``change`` out with the version that If-Match names, None for none or ``*``; of
    several versions with the one that is there. A tag that names no version of ours matches none.

    Raises IfMatchRequired where the required header is missing: in place of VersionMismatch, so
    that late because who may not know of a thing, or not change it, is told so first.
    """
    header = request.headers.get('If-Match')
    if header is None and declaration.if_match == 'required':
        try:
            return change(NOT_A_VERSION)
        except VersionMismatch as error:
            raise IfMatchRequired() from error
    if header is None or header.strip() == '*':
        return change(None)
    versions = _versions(header)
    try:
        return change(versions[0])
    except VersionMismatch as error:
        # Refused, it has changed nothing, and may be tried on what it was refused for.
        present = error.data.get('version')
        if present == versions[0] or present not in versions:
            raise
        return change(present)


def _versions(header: str) -> list[int]:
    """The versions of strong tags; one that nothing has where there are none."""
    named = (tag.partition('.')[0] for tag in parse_etags(header).as_set() if tag)
    found = filter(None, map(_VERSION.fullmatch, named))
    return [int(version[1]) for version in found] or [NOT_A_VERSION]


def not_modified(response: Response) -> Response:
    """Turns a 200 into a 304 when If-None-Match names its ETag."""
    if response.status_code != 200 or request.method not in ('GET', 'HEAD'):
        return response
    if has(response.headers['ETag']):
        response.status_code = 304
        response.set_data(b'')
        del response.headers['Content-Type']
    return response


def has(present: str) -> bool:
    """Whether If-None-Match names the ETag ``present`` (the header's value, quotes included)."""
    sent = request_ctx.request.environ.get('HTTP_IF_NONE_MATCH')
    if sent is None:
        return False
    return sent == present or parse_etags(sent).contains_weak(present.strip('"'))


def check_version(present: int, expected: int | None) -> None:
    """Raises VersionMismatch with the present version."""
    if expected is not None and expected != present:
        raise VersionMismatch(version=present)


@contextmanager
def naming_the_present(look_up: Callable[[], Document | None]) -> Iterator[None]:
    """Gives a VersionMismatch the ETag of what is there now, which ``look_up`` finds."""
    try:
        yield
    except VersionMismatch as error:
        present = look_up()
        if present is None:
            raise
        tag = etag(present.validator, present.version)
        raise VersionMismatch(**error.data | {'version': present.version, 'etag': tag}) from error

"""Conditional requests (RFC 9110, section 13) with strong validators.

An ETag is ``"<version>-<digest>"`` where the thing has a version, else ``"<digest>"``. If-Match
compares the version alone, so that a new comment or loan does not spoil an edit; If-None-Match
compares the whole.
"""

import hashlib
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from flask import Response, request
from werkzeug.http import parse_etags

from talelio_backend.shared.domain.errors import VersionMismatch
from talelio_backend.shared.presentation.declaration import Declaration
from talelio_backend.shared.presentation.problems import IfMatchRequired
from talelio_backend.shared.services.listing import Document

NOT_A_VERSION = -1
_VERSION = re.compile('[0-9]{1,18}')


def digest(content: str | bytes) -> str:
    raw = content.encode() if isinstance(content, str) else content
    return hashlib.blake2b(raw, digest_size=12).hexdigest()


def etag(validator: str, version: int | None = None) -> str:
    """The header's value. ``validator`` is any text that changes with the representation."""
    short = digest(validator)
    return f'"{short}"' if version is None else f'"{version}-{short}"'


def expected_version(declaration: Declaration) -> int | None:
    """The version that If-Match names; None for none or ``*``.

    A tag that names no version of ours matches none. Neither does a missing header where one is
    required, see ``asking_for_if_match``.
    """
    header = request.headers.get('If-Match')
    if declaration.if_match == 'no':
        return None
    if header is None:
        return NOT_A_VERSION if declaration.if_match == 'required' else None
    if header.strip() == '*':
        return None
    # Several tags of one version are one; of several versions at most one is the present one,
    # and which cannot be told here: refused, which costs the caller a read and nobody an edit.
    versions = {(tag or '').partition('-')[0] for tag in parse_etags(header).as_set()}
    version = versions.pop() if len(versions) == 1 else ''
    return int(version) if _VERSION.fullmatch(version) else NOT_A_VERSION


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
    sent = request.headers.get('If-None-Match')
    return sent is not None and parse_etags(sent).contains_weak(present.strip('"'))


def check_version(present: int, expected: int | None) -> None:
    """Raises VersionMismatch with the present version."""
    if expected is not None and expected != present:
        raise VersionMismatch(version=present)


@contextmanager
def asking_for_if_match(declaration: Declaration) -> Iterator[None]:
    """Raises IfMatchRequired in place of VersionMismatch where the required header is missing.
    That late, because who may not know of a thing, or not change it, is told so first."""
    try:
        yield
    except VersionMismatch as error:
        if declaration.if_match == 'required' and 'If-Match' not in request.headers:
            raise IfMatchRequired() from error
        raise


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

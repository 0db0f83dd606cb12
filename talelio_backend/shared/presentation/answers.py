from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask import Response, request
from pydantic import BaseModel

from talelio_backend.shared.domain.access import Level
from talelio_backend.shared.presentation import conditional
from talelio_backend.shared.presentation.declaration import Declaration
from talelio_backend.shared.presentation.edge import caller
from talelio_backend.shared.services.listing import Document

JSON = 'application/json'


@dataclass(frozen=True, kw_only=True)
class Cookie:
    """A cookie to set, or with ``value`` empty to clear. ``max_age`` in seconds."""

    name: str
    value: str
    path: str
    max_age: int
    secure: bool
    domain: str | None


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a resource method answers. ``body`` may be JSON text that the database made, a schema,
    bytes of another ``media_type``, or an iterable of them that is streamed."""

    body: BaseModel | str | bytes | Iterable[bytes] | None = None
    status: int | None = None
    location: str | None = None
    etag: str | None = None
    media_type: str = JSON
    last_modified: datetime | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    cookies: tuple[Cookie, ...] = ()


def document(found: Document, *, status: int | None = None, location: str | None = None) -> Answer:
    """A representation made by the database, with its ETag."""
    return Answer(body=found.body,
                  status=status,
                  location=location,
                  etag=conditional.etag(found.validator, found.version))


def unless_known(validator: Callable[[], Document | None], load: Callable[[], Document]) -> Answer:
    """Answers a conditional read. Where If-None-Match is sent, ``validator`` is asked first (a
    document without body, or None where there is no such thing); the body is only loaded when the
    caller does not have it."""
    if 'If-None-Match' in request.headers:
        present = validator()
        if present is not None:
            tag = conditional.etag(present.validator, present.version)
            if conditional.has(tag):
                return Answer(status=304, headers={'ETag': tag})
    return document(load())


def no_content(**options: Any) -> Answer:
    return Answer(status=204, **options)


def moved(location: str) -> Answer:
    """A permanent redirect of a read."""
    return Answer(status=301, location=location)


def finish(answer: Answer, declaration: Declaration) -> Response:
    """The response of an answer: its ETag, its caching, 304 where the caller has it already."""
    body: Any = answer.body
    if isinstance(body, BaseModel):
        body = body.model_dump_json()
    response = Response(body, status=answer.status or declaration.status)
    response.content_type = answer.media_type
    if answer.status == 204 or answer.body is None:
        response.headers.pop('Content-Type')
    response.headers.update(answer.headers)
    if answer.location is not None:
        response.headers['Location'] = answer.location
        response.autocorrect_location_header = False
    if answer.last_modified is not None:
        response.last_modified = answer.last_modified
    _set_cookies(response, answer.cookies)
    if 'Cache-Control' not in response.headers:
        response.headers['Cache-Control'] = _caching(response, declaration)
    if answer.etag is not None:
        response.headers['ETag'] = answer.etag
        return conditional.not_modified(response)
    return response


def _set_cookies(response: Response, cookies: tuple[Cookie, ...]) -> None:
    for cookie in cookies:
        response.set_cookie(cookie.name,
                            cookie.value,
                            max_age=cookie.max_age if cookie.value else 0,
                            path=cookie.path,
                            domain=cookie.domain,
                            secure=cookie.secure,
                            httponly=True,
                            samesite='Lax')
        response.headers['Cache-Control'] = 'private, no-store'


def _caching(response: Response, declaration: Declaration) -> str:
    personal = declaration.access >= Level.MEMBER or declaration.credentials
    read = request.method in ('GET', 'HEAD') and response.status_code < 400
    if personal or not read:
        return 'private, no-store'
    return 'private, no-cache' if caller().account_id else 'no-cache'

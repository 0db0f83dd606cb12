from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask import Request, Response
from flask.globals import request_ctx
from pydantic import BaseModel
from werkzeug.http import http_date

from talelio_backend.shared.domain.access import Level
from talelio_backend.shared.presentation import conditional
from talelio_backend.shared.presentation.declaration import Declaration
from talelio_backend.shared.presentation.reply import Reply
from talelio_backend.shared.services.authentication import Caller
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
    if 'HTTP_IF_NONE_MATCH' in request_ctx.request.environ:
        present = validator()
        if present is not None:
            tag = conditional.etag(present.validator, present.version)
            if conditional.has(tag):
                return Answer(status=304, etag=tag)
    return document(load())


def no_content(**options: Any) -> Answer:
    return Answer(status=204, **options)


def moved(location: str) -> Answer:
    """A permanent redirect of a read."""
    return Answer(status=301, location=location)


def finish(answer: Answer, declaration: Declaration, request: Request, caller: Caller) -> Response:
    """The response of an answer: its ETag, its caching, 304 where the caller has it already."""
    body: Any = answer.body
    if isinstance(body, BaseModel):
        body = body.model_dump_json()
    status = answer.status or declaration.status
    reading = status < 400 and request.method in ('GET', 'HEAD')
    if answer.etag is not None and status == 200 and reading and conditional.has(answer.etag):
        status, body = 304, None
    caching = _caching(declaration, reading, caller)
    response = Reply(body, status=status, headers=_headers(answer, caching))
    if body is None or status == 204:
        response.headers.pop('Content-Type')
    if answer.headers:
        response.headers.update(answer.headers)
    for cookie in answer.cookies:
        _set_cookie(response, cookie)
    response.whole = _is_whole(answer, body, status)
    return response


def _is_whole(answer: Answer, body: Any, status: int) -> bool:
    if status == 200:
        return isinstance(body, (str, bytes)) and answer.location is None
    return status in (204, 304) and not answer.headers


def _headers(answer: Answer, caching: str) -> list[tuple[str, str]]:
    headers = [('Content-Type', answer.media_type), ('Cache-Control', caching)]
    if answer.etag is not None:
        headers.append(('ETag', answer.etag))
    if answer.location is not None:
        headers.append(('Location', answer.location))
    if answer.last_modified is not None:
        headers.append(('Last-Modified', http_date(answer.last_modified)))
    return headers


def _caching(declaration: Declaration, reading: bool, caller: Caller) -> str:
    personal = declaration.access >= Level.MEMBER or declaration.credentials
    if personal or not reading:
        return 'private, no-store'
    return 'private, no-cache' if caller.account_id else 'no-cache'


def _set_cookie(response: Response, cookie: Cookie) -> None:
    response.set_cookie(cookie.name,
                        cookie.value,
                        max_age=cookie.max_age if cookie.value else 0,
                        path=cookie.path,
                        domain=cookie.domain,
                        secure=cookie.secure,
                        httponly=True,
                        samesite='Lax')
    response.headers['Cache-Control'] = 'private, no-store'

"""RFC 9457 problem details: one table from kinds of refusal to statuses, one shape for all."""

import json
import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import structlog
from flask import Response, g, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.http import HTTP_STATUS_CODES

from talelio_backend.shared.domain.errors import (Conflict, DomainError, Fault, Invalid, NotFound,
                                                  NotPermitted, NotSupported, RuleBroken, Stale,
                                                  TooLarge, TooManyRequests, Unauthenticated,
                                                  Unavailable)
from talelio_backend.shared.presentation.reply import Reply
from talelio_backend.shared.services.authentication import TokenExpired, TokenInvalid
from talelio_backend.shared.services.listing import BadQuery

MEDIA_TYPE = 'application/problem+json'
log = structlog.get_logger('talelio.api')
_encode = json.JSONEncoder(default=str, ensure_ascii=False).encode


class BadRequest(DomainError):
    code = 'bad_request'
    title = 'The request cannot be read.'

    def __init__(self, *faults: Fault) -> None:
        super().__init__()
        self.faults = faults


class IdempotencyKeyRequired(BadRequest):
    code = 'idempotency_key_required'
    title = 'Send an Idempotency-Key, so that a repeated request moves no money twice.'


class PathNotFound(NotFound):
    code = 'not_found'
    title = 'There is nothing under this address.'


class VerbNotAllowed(DomainError):
    code = 'method_not_allowed'
    title = 'This address does not know this method.'


class IfMatchRequired(DomainError):
    code = 'if_match_required'
    title = 'Send If-Match with the ETag that you read, so that no other edit gets lost.'


class BodyTooLarge(TooLarge):
    code = 'body_too_large'
    title = 'The request body is larger than is accepted here.'


class MediaTypeNotSupported(NotSupported):
    code = 'media_type_not_supported'
    title = 'This content type is not accepted here.'


class RangeNotSatisfiable(DomainError):
    """A range of bytes beyond the end; ``size`` is that of the whole."""

    code = 'range_not_satisfiable'
    title = 'The range begins after the last of {size} bytes.'


class OriginNotAllowed(NotPermitted):
    code = 'origin_not_allowed'
    title = 'Requests from this origin are not accepted here.'


class RequestTooSlow(DomainError):
    code = 'request_too_slow'
    title = 'The rest of the request did not come in time.'


class AddressTooLong(DomainError):
    code = 'address_too_long'
    title = 'The address is longer than is accepted here.'


class ExpectationFailed(DomainError):
    code = 'expectation_failed'
    title = 'What the header Expect asks for is not done here.'


class HeadersTooLarge(DomainError):
    code = 'headers_too_large'
    title = 'There are more headers, or longer ones, than are accepted here.'


class TransferCodingNotSupported(DomainError):
    code = 'transfer_coding_not_supported'
    title = 'The body comes in a transfer coding that is not understood here.'


class InternalError(DomainError):
    code = 'internal_error'
    title = 'Something went wrong here. The request id helps to find out what.'


# The first kind that an error is an instance of decides.
STATUSES: tuple[tuple[type[DomainError], int], ...] = (
    (BadQuery, 400),
    (BadRequest, 400),
    (Conflict, 409),  # before 403: what a caller may not do with a blocked account is both
    (Unauthenticated, 401),
    (NotPermitted, 403),
    (NotFound, 404),
    (VerbNotAllowed, 405),
    (RequestTooSlow, 408),
    (Stale, 412),
    (TooLarge, 413),
    (AddressTooLong, 414),
    (NotSupported, 415),
    (RangeNotSatisfiable, 416),
    (ExpectationFailed, 417),
    (Invalid, 422),
    (RuleBroken, 422),
    (IfMatchRequired, 428),
    (TooManyRequests, 429),
    (HeadersTooLarge, 431),
    (InternalError, 500),
    (TransferCodingNotSupported, 501),
    (Unavailable, 503),
)

_HTTP_ERRORS: Mapping[int, type[DomainError]] = {
    404: PathNotFound,
    405: VerbNotAllowed,
    413: BodyTooLarge,
    415: MediaTypeNotSupported,
}


def status_of(error: type[DomainError]) -> int:
    return next(status for kind, status in STATUSES if issubclass(error, kind))


def codes() -> dict[str, type[DomainError]]:
    """Every code that is declared anywhere, with its class, by name."""

    def walk(kind: type[DomainError]) -> Iterable[type[DomainError]]:
        for subclass in kind.__subclasses__():
            yield subclass
            yield from walk(subclass)

    # BadQuery is BadRequest in a service's words, told of one parameter.
    found = {
        error.code: error
        for error in walk(DomainError) if 'code' in vars(error) and error is not BadQuery
    }
    return dict(sorted(found.items()))


def document(error: DomainError) -> dict[str, Any]:
    """The problem document of an error."""
    status = status_of(type(error))
    content: dict[str, Any] = {
        'type': f'/problems/{error.code}',
        'title': HTTP_STATUS_CODES[status],
        'status': status,
        'detail': error.detail,
        'code': error.code,
        'request_id': g.get('request_id'),
    }
    faults = list(getattr(error, 'faults', ()))
    if isinstance(error, BadQuery):
        faults.append(Fault(f"/{error.data['parameter']}", 'bad_request', error.detail))
    if faults:
        content['errors'] = [{
            'pointer': fault.pointer,
            'code': fault.code,
            'detail': fault.detail
        } for fault in faults]
    return error.data | content


def respond(error: DomainError) -> Response:
    content = document(error)
    headers = [('Content-Type', MEDIA_TYPE), ('Cache-Control', 'no-store'), *_headers(error)]
    reply = Reply(_encode(content), status=content['status'], headers=headers)
    reply.whole = True
    return reply


def _headers(error: DomainError) -> Iterator[tuple[str, str]]:
    if isinstance(error, (TokenExpired, TokenInvalid)):
        yield 'WWW-Authenticate', 'Bearer error="invalid_token"'
    elif isinstance(error, Unauthenticated):
        yield 'WWW-Authenticate', 'Bearer'
    elif isinstance(error, Stale) and 'etag' in error.data:
        yield 'ETag', error.data['etag']
    elif isinstance(error, RangeNotSatisfiable):
        yield 'Content-Range', f'bytes */{error.data["size"]}'
    elif isinstance(error, TooManyRequests):
        yield 'Retry-After', str(max(1, math.ceil(error.retry_after)))
    elif isinstance(error, Unavailable):
        yield 'Retry-After', str(error.retry_after)


def on_http_error(error: HTTPException) -> Response:
    kind = _HTTP_ERRORS.get(error.code or 500)
    if kind is None:
        kind = BadRequest if 400 <= (error.code or 500) < 500 else InternalError
    response = respond(kind())
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        response.headers['Allow'] = ', '.join(sorted(error.valid_methods))
    return response


def on_crash(_error: Exception) -> Response:
    log.exception('crash', method=request.method, route=str(request.url_rule))
    return respond(InternalError())

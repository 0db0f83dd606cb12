"""What the server answers when a request never becomes one: as problems, not as pages."""

import json
import uuid
from http import HTTPStatus

import structlog
from gunicorn.http import errors  # type: ignore[import-untyped]

from talelio_backend.shared.presentation import problems
from talelio_backend.shared.presentation.clients import ClientTooSlow

# What is not listed and is the client's fault is 400.
_STATUSES: tuple[tuple[type[Exception], HTTPStatus], ...] = (
    (ClientTooSlow, HTTPStatus.REQUEST_TIMEOUT),
    (errors.LimitRequestLine, HTTPStatus.REQUEST_URI_TOO_LONG),
    (errors.LimitRequestHeaders, HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE),
    (errors.ExpectationFailed, HTTPStatus.EXPECTATION_FAILED),
    (errors.UnsupportedTransferCoding, HTTPStatus.NOT_IMPLEMENTED),
    # Headers that the application wanted to send are no fault of the client.
    (errors.InvalidResponseHeader, HTTPStatus.INTERNAL_SERVER_ERROR),
    (errors.InvalidResponseHeaderName, HTTPStatus.INTERNAL_SERVER_ERROR),
    (errors.ConfigurationProblem, HTTPStatus.INTERNAL_SERVER_ERROR),
    (errors.ParseException, HTTPStatus.BAD_REQUEST),
)
_PROBLEMS = {
    problems.status_of(error): error
    for error in (problems.BadRequest, problems.RequestTooSlow, problems.BodyTooLarge,
                  problems.AddressTooLong, problems.ExpectationFailed, problems.HeadersTooLarge,
                  problems.InternalError, problems.TransferCodingNotSupported)
}
log = structlog.get_logger('talelio.server')
_HEADERS = ('Cache-Control: no-store', 'Connection: close', 'X-Content-Type-Options: nosniff',
            'Referrer-Policy: no-referrer',
            "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'")


def status_of(error: BaseException) -> HTTPStatus:
    found = (status for kind, status in _STATUSES if isinstance(error, kind))
    return next(found, HTTPStatus.INTERNAL_SERVER_ERROR)


def render(status: HTTPStatus) -> tuple[str, bytes]:
    """The id of the refused request, and the whole response."""
    request_id, error = uuid.uuid4().hex, _PROBLEMS[status]
    body = json.dumps({
        'type': f'/problems/{error.code}',
        'title': status.phrase,
        'status': status.value,
        'detail': error.title,
        'code': error.code,
        'request_id': request_id,
    }).encode()
    head = (f'HTTP/1.1 {status.value} {status.phrase}', f'Content-Type: {problems.MEDIA_TYPE}',
            f'Content-Length: {len(body)}', f'X-Request-Id: {request_id}', *_HEADERS)
    return request_id, '\r\n'.join(head).encode('latin-1') + b'\r\n\r\n' + body

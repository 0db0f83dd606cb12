"""What is sent, and the headers that every answer has, whoever made it."""

from collections.abc import Iterable, Sequence
from typing import Any

from flask import Request, Response

from talelio_backend.shared.presentation.edge import Edge
from talelio_backend.shared.services.rate_limit import Allowance

_ALLOWED_METHODS = 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS'
_ALLOWED_HEADERS = ('Authorization, Content-Type, If-Match, If-None-Match, Idempotency-Key, '
                    'Last-Event-ID, X-Request-Id, X-Guest-Token, Claim-Token, Range, If-Range')
_EXPOSED_HEADERS = ('Link, X-Total-Count, ETag, Location, Content-Language, Content-Range, '
                    'Retry-After, X-Request-Id, Idempotency-Replayed, Demo-Next-Reset, RateLimit, '
                    'RateLimit-Policy')
# An answer may bring its own.
_USUAL = (
    ('X-Content-Type-Options', 'nosniff'),
    ('Referrer-Policy', 'no-referrer'),
    ('Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'"),
    ('Vary', 'Origin, Authorization'),
)
_USUAL_NAMES = frozenset(name.lower() for name, _ in _USUAL)
_HSTS = ('Strict-Transport-Security', 'max-age=63072000; includeSubDomains')


class Reply(Response):
    """A response of this product. The headers that surround its own are put behind them when it
    is sent. ``whole``: its body, its length and its headers need no second look."""

    surrounding: Sequence[tuple[str, str]] = ()
    whole = False

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if not self.whole:
            return super().__call__(environ, start_response)
        start_response(self.status, [*self.headers, *self.surrounding])
        body: Any = self.response
        return () if environ['REQUEST_METHOD'] == 'HEAD' else body

    def get_wsgi_response(
            self, environ: dict[str, Any]) -> tuple[Iterable[bytes], str, list[tuple[str, str]]]:
        body, status, headers = super().get_wsgi_response(environ)
        return body, status, [*headers, *self.surrounding]


def complete(response: Response, request: Request, edge: Edge, *, request_id: str,
             allowance: Allowance | None) -> None:
    """Adds what is missing. ``allowance`` is None where no request was counted."""
    added = [('X-Request-Id', request_id), *_missing(response)]
    if edge.hsts:
        added.append(_HSTS)
    if allowance is not None:
        limit = allowance.limit
        added.append(('RateLimit-Policy', f'"default";q={limit.count};w={limit.seconds}'))
        added.append(('RateLimit', f'"default";r={allowance.remaining};t={allowance.reset}'))
    origin = request.environ.get('HTTP_ORIGIN')
    if origin is not None and origin in edge.cors_origins:
        added += _cors(origin, preflight=request.method == 'OPTIONS')
    assert isinstance(response, Reply)  # the application's class of responses
    response.surrounding = added


def _missing(response: Response) -> tuple[tuple[str, str], ...]:
    present = {name.lower() for name, _ in response.headers}
    if present.isdisjoint(_USUAL_NAMES):
        return _USUAL
    if 'vary' in present:
        response.vary.update(('Origin', 'Authorization'))
    return tuple(header for header in _USUAL if header[0].lower() not in present)


def _cors(origin: str, *, preflight: bool) -> list[tuple[str, str]]:
    added = [
        ('Access-Control-Allow-Origin', origin),
        ('Access-Control-Allow-Credentials', 'true'),
        ('Access-Control-Expose-Headers', _EXPOSED_HEADERS),
    ]
    if preflight:
        added += [
            ('Access-Control-Allow-Methods', _ALLOWED_METHODS),
            ('Access-Control-Allow-Headers', _ALLOWED_HEADERS),
            ('Access-Control-Max-Age', '7200'),
        ]
    return added

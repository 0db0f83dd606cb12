"""The headers that every answer has, whoever made it."""

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
    response.headers.extend(added)


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

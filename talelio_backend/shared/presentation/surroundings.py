"""What surrounds every request: its id, its caller, its limits, and the headers of its answer."""

import re
import uuid
from collections.abc import Iterator
from contextlib import ExitStack

import structlog
from flask import Flask, Response, current_app, g, request

from talelio_backend.shared.domain.errors import NotPermitted, SessionStoreUnavailable
from talelio_backend.shared.presentation import problems
from talelio_backend.shared.presentation.declaration import Declaration
from talelio_backend.shared.presentation.edge import edge
from talelio_backend.shared.presentation.endpoint import declaration_of
from talelio_backend.shared.services.authentication import Caller, Claims, TokenInvalid
from talelio_backend.shared.services.provenance import Provenance, acting_as
from talelio_backend.shared.services.rate_limit import Allowance, RateLimited

_SANE_ID = re.compile(r'[A-Za-z0-9._-]{1,64}')
_ALLOWED_METHODS = 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS'
_ALLOWED_HEADERS = ('Authorization, Content-Type, If-Match, If-None-Match, Idempotency-Key, '
                    'Last-Event-ID, X-Request-Id, X-Guest-Token, Claim-Token, Range, If-Range')
_EXPOSED_HEADERS = ('Link, X-Total-Count, ETag, Location, Content-Language, Content-Range, '
                    'Retry-After, X-Request-Id, Idempotency-Replayed, Demo-Next-Reset, RateLimit, '
                    'RateLimit-Policy')
COOKIE_ROUTES = '/v1/accounts/'
log = structlog.get_logger('talelio.api')


def surround(app: Flask) -> None:
    """Puts the hooks around every request of the application, in their order."""
    app.before_request(_identify)
    app.before_request(_check_origin)
    app.before_request(_answer_options)
    app.before_request(_limit_and_authenticate)
    app.after_request(_finish)
    app.teardown_request(_leave)


def _identify() -> None:
    # Within an application context that somebody else opened, ``g`` outlives a request.
    for name in ('caller', 'allowance', 'raw_body', 'uploaded_form'):
        g.pop(name, None)
    sent = request.headers.get('X-Request-Id', '')
    g.request_id = sent if _SANE_ID.fullmatch(sent) else uuid.uuid4().hex
    _act(Provenance(request_id=g.request_id))


def _act(provenance: Provenance) -> None:
    _leave(None)
    g.acting = ExitStack()
    g.acting.enter_context(acting_as(provenance))


def _leave(_error: BaseException | None) -> None:
    acting = g.pop('acting', None)
    if acting is not None:
        acting.close()


def _declaration() -> Declaration | None:
    """What the endpoint of this request declares; None for an unknown path or a plain page."""
    view = current_app.view_functions.get(request.endpoint or '')
    resource = getattr(view, 'view_class', None)
    return declaration_of(getattr(resource, request.method.lower(), None))


def _check_origin() -> Response | None:
    origin = request.headers.get('Origin')
    if origin is None or not request.path.startswith(COOKIE_ROUTES):
        return None
    declared = _declaration()
    if declared is not None and declared.any_origin:
        return None
    if origin in edge().cors_origins or origin == edge().public_url:
        return None
    return problems.respond(problems.OriginNotAllowed())


def _answer_options() -> Response | None:
    if request.method != 'OPTIONS' or request.routing_exception is not None:
        return None
    response = current_app.make_default_options_response()
    response.status_code = 204
    response.headers.pop('Content-Type', None)
    return response


def _limit_and_authenticate() -> None:
    if not request.path.startswith('/v1/'):
        return
    claims, failure = _read_token()
    _count(claims.subject if claims else f'address:{request.remote_addr}')
    try:
        caller = _resolve(claims, failure)
    except NotPermitted:
        declared = _declaration()
        if declared is None or not declared.lenient_token:
            raise
        return
    if caller is None:
        return
    g.caller = caller
    _act(
        Provenance(actor_id=caller.account_id,
                   impersonator_id=caller.impersonator_id,
                   request_id=g.request_id))


def _resolve(claims: Claims | None, failure: NotPermitted | None) -> Caller | None:
    if failure is not None:
        raise failure
    authenticator = edge().authenticator
    return authenticator.resolve(claims) if claims and authenticator else None


def _read_token() -> tuple[Claims | None, NotPermitted | None]:
    header = request.headers.get('Authorization')
    authenticator = edge().authenticator
    if header is None or authenticator is None:
        return None, None
    scheme, _, token = header.partition(' ')
    try:
        if scheme.lower() != 'bearer' or not token.strip():
            raise TokenInvalid()
        return authenticator.read(token.strip()), None
    except NotPermitted as error:
        # Counted first, by address: guessing tokens is not free.
        return None, error


def _count(bucket: str) -> None:
    try:
        allowance = edge().limiter.hit(bucket, edge().limits)
    except SessionStoreUnavailable:
        # The general limit fails open: reading must go on without Redis.
        log.warning('limiter_unavailable')
        return
    g.allowance = allowance
    if allowance.retry_after:
        raise RateLimited(retry_after=allowance.retry_after)


def _finish(response: Response) -> Response:
    # In one go: each look into the headers walks through all of them.
    present = {name.lower() for name, _ in response.headers}
    added = [(name, value) for name, value in _usual_headers() if name.lower() not in present]
    response.headers.extend(added)
    if 'vary' in present:
        response.vary.update(('Origin', 'Authorization'))
    _add_cors(response)
    return response


def _usual_headers() -> Iterator[tuple[str, str]]:
    yield 'X-Request-Id', g.get('request_id', '')
    yield 'X-Content-Type-Options', 'nosniff'
    yield 'Referrer-Policy', 'no-referrer'
    yield 'Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'"
    yield 'Vary', 'Origin, Authorization'
    if edge().hsts:
        yield 'Strict-Transport-Security', 'max-age=63072000; includeSubDomains'
    allowance: Allowance | None = g.get('allowance')
    if allowance is not None:
        limit = allowance.limit
        yield 'RateLimit-Policy', f'"default";q={limit.count};w={limit.seconds}'
        yield 'RateLimit', f'"default";r={allowance.remaining};t={allowance.reset}'


def _add_cors(response: Response) -> None:
    origin = request.headers.get('Origin')
    if origin is None or origin not in edge().cors_origins:
        return
    headers = response.headers
    headers['Access-Control-Allow-Origin'] = origin
    headers['Access-Control-Allow-Credentials'] = 'true'
    headers['Access-Control-Expose-Headers'] = _EXPOSED_HEADERS
    if request.method == 'OPTIONS':
        headers['Access-Control-Allow-Methods'] = _ALLOWED_METHODS
        headers['Access-Control-Allow-Headers'] = _ALLOWED_HEADERS
        headers['Access-Control-Max-Age'] = '7200'

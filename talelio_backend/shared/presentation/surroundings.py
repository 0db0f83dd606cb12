"""What surrounds every request: its id, its limits, its caller before; the headers of its answer,
its line in the log and its place in the counts after."""

import re
import secrets
from time import perf_counter

import structlog
from flask import Flask, Request, Response
from flask.globals import app_ctx, request_ctx

from talelio_backend.shared.domain.errors import NotPermitted, SessionStoreUnavailable
from talelio_backend.shared.presentation import request_log, response_headers
from talelio_backend.shared.presentation.declaration import Declaration
from talelio_backend.shared.presentation.edge import KEY, Edge
from talelio_backend.shared.presentation.endpoint import declaration_of
from talelio_backend.shared.presentation.problems import OriginNotAllowed
from talelio_backend.shared.services import provenance
from talelio_backend.shared.services.authentication import STRANGER, Caller, Claims, TokenInvalid
from talelio_backend.shared.services.provenance import Provenance
from talelio_backend.shared.services.rate_limit import RateLimited

# Asked often, by machines that ask for nothing else. They are answered before any check, and by a
# process whose Redis is down as fast as by any other; all other requests are counted.
PROBES = frozenset({'/livez', '/readyz', '/v1/health'})
COOKIE_ROUTES = '/v1/accounts/'
NO_ROUTE = 'none'
OTHER_METHOD = 'other'
_METHODS = frozenset({'GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'})
_SANE_ID = re.compile(r'[A-Za-z0-9._-]{1,64}')
log = structlog.get_logger('talelio.api')


def surround(app: Flask) -> None:
    """Puts one hook before every request of the application, one after it, one at its end."""
    around = _Surroundings(app)
    app.before_request(around.enter)
    app.after_request(around.complete)
    app.teardown_request(around.leave)


class _Surroundings:
    """What is known of the present request stands in ``g``: ``started``, ``request_id``,
    ``caller``, ``allowance``, and ``acting``, by which it ends to act."""

    def __init__(self, app: Flask) -> None:
        self._app = app

    @property
    def _edge(self) -> Edge:
        edge: Edge = self._app.extensions[KEY]
        return edge

    def enter(self) -> Response | None:
        """Identifies and counts the request, finds its caller; answers OPTIONS itself."""
        # The objects behind Flask's proxies: each look through one of those costs a microsecond.
        request, here, edge = request_ctx.request, app_ctx.g, self._edge
        here.started = perf_counter()
        edge.meter.began()
        sent = request.environ.get('HTTP_X_REQUEST_ID', '')
        here.request_id = sent if _SANE_ID.fullmatch(sent) else secrets.token_hex(16)
        here.acting = provenance.begin(Provenance(request_id=here.request_id))
        here.caller, here.allowance = STRANGER, None
        # Within an application context that somebody else opened, ``g`` outlives a request.
        for name in ('raw_body', 'uploaded_form'):
            here.pop(name, None)
        if request.path in PROBES:
            return None
        claims, failure = _read_token(request, edge)
        _count(claims, request, edge)
        self._check_origin(request, edge)
        if request.method == 'OPTIONS' and request.routing_exception is None:
            return self._options()
        caller = self._resolve(claims, failure, request)
        if caller is not None:
            here.caller = caller
            provenance.begin(
                Provenance(actor_id=caller.account_id,
                           impersonator_id=caller.impersonator_id,
                           request_id=here.request_id))
        return None

    def complete(self, response: Response) -> Response:
        request, here, edge = request_ctx.request, app_ctx.g, self._edge
        response_headers.complete(response,
                                  request,
                                  edge,
                                  request_id=here.request_id,
                                  allowance=here.allowance)
        request_log.tell(edge.log_request,
                         request,
                         response,
                         request_id=here.request_id,
                         caller=here.caller,
                         started=here.started)
        # A path never becomes a label, nor does a made-up method.
        edge.meter.answered(method=request.method if request.method in _METHODS else OTHER_METHOD,
                            route=NO_ROUTE if request.url_rule is None else request.url_rule.rule,
                            status=response.status_code,
                            seconds=perf_counter() - here.started)
        return response

    def leave(self, _error: BaseException | None) -> None:
        acting = app_ctx.g.pop('acting', None)
        if acting is not None:
            provenance.end(acting)
            self._edge.meter.ended()

    def _declaration(self, request: Request) -> Declaration | None:
        """What the endpoint of a request declares; None for an unknown path or a plain page."""
        view = self._app.view_functions.get(request.endpoint or '')
        resource = getattr(view, 'view_class', None)
        return declaration_of(getattr(resource, request.method.lower(), None))

    def _check_origin(self, request: Request, edge: Edge) -> None:
        """Raises OriginNotAllowed on a cookie route, for a page that is not ours."""
        origin = request.environ.get('HTTP_ORIGIN')
        if origin is None or not request.path.startswith(COOKIE_ROUTES):
            return
        if origin in edge.cors_origins or origin == edge.public_url:
            return
        declared = self._declaration(request)
        if declared is None or not declared.any_origin:
            raise OriginNotAllowed()

    def _options(self) -> Response:
        response = self._app.make_default_options_response()
        response.status_code = 204
        response.headers.pop('Content-Type', None)
        return response

    def _resolve(self, claims: Claims | None, failure: NotPermitted | None,
                 request: Request) -> Caller | None:
        """Whom a token names; None for a stranger. Raises TokenInvalid, TokenExpired."""
        authenticator = self._edge.authenticator
        try:
            if failure is not None:
                raise failure
            return authenticator.resolve(claims) if claims and authenticator else None
        except NotPermitted:
            declared = self._declaration(request)
            if declared is None or not declared.lenient_token:
                raise
            return None


def _read_token(request: Request, edge: Edge) -> tuple[Claims | None, NotPermitted | None]:
    header: str | None = request.environ.get('HTTP_AUTHORIZATION')
    if header is None or edge.authenticator is None:
        return None, None
    scheme, _, token = header.partition(' ')
    try:
        if scheme.lower() != 'bearer' or not token.strip():
            raise TokenInvalid()
        return edge.authenticator.read(token.strip()), None
    except NotPermitted as error:
        # Counted first, by address: guessing tokens is not free.
        return None, error


def _count(claims: Claims | None, request: Request, edge: Edge) -> None:
    """Notes what the caller's bucket says. Raises RateLimited."""
    bucket = claims.subject if claims else f'address:{request.remote_addr}'
    try:
        allowance = edge.limiter.hit(bucket, edge.limits)
    except SessionStoreUnavailable:
        # The general limit fails open: reading must go on without Redis.
        log.warning('limiter_unavailable')
        return
    app_ctx.g.allowance = allowance
    if allowance.retry_after:
        raise RateLimited(retry_after=allowance.retry_after)

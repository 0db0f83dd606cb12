"""What surrounds every request: its id, its limits, its caller before; the headers of its answer,
its line in the log and its place in the counts after."""

import re
import secrets
from collections.abc import Callable
from time import perf_counter
from typing import Any

import structlog
from flask import Flask, Request, Response
from flask.globals import app_ctx, request_ctx
from werkzeug.routing import MapAdapter

from talelio_backend.shared.domain.errors import NotPermitted, SessionStoreUnavailable
from talelio_backend.shared.presentation import request_log
from talelio_backend.shared.presentation.declaration import Declaration
from talelio_backend.shared.presentation.edge import KEY, Edge
from talelio_backend.shared.presentation.endpoint import declaration_of
from talelio_backend.shared.presentation.problems import OriginNotAllowed
from talelio_backend.shared.presentation.reply import Reply, complete
from talelio_backend.shared.services import provenance
from talelio_backend.shared.services.authentication import STRANGER, Caller, Claims, TokenInvalid
from talelio_backend.shared.services.provenance import Provenance
from talelio_backend.shared.services.rate_limit import Allowance, RateLimited

# Asked often, by machines that ask for nothing else. They are answered before any check, and by a
# process whose Redis is down as fast as by any other; all other requests are counted.
PROBES = frozenset({'/livez', '/readyz', '/v1/health'})
COOKIE_ROUTES = '/v1/accounts/'
NO_ROUTE = 'none'
OTHER_METHOD = 'other'
_METHODS = frozenset({'GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'})
_SANE_ID = re.compile(r'[A-Za-z0-9._-]{1,64}')
log = structlog.get_logger('talelio.api')


class AnyHost(Flask):
    """A rule is the same under every host, so that none is looked at: probes come with any."""

    def create_url_adapter(self, request: Request | None) -> MapAdapter | None:
        if request is None:
            return super().create_url_adapter(None)
        path = request.environ.get('PATH_INFO', '').encode('latin-1').decode(errors='replace')
        return MapAdapter(self.url_map, 'localhost', '/', '', 'http', path, request.method)


class Application(AnyHost):
    """Flask with one hook before every request, one after it, one at its end. What is known of
    the present request stands in ``g``: ``started``, ``request_id``, ``caller``, ``allowance``,
    and ``acting``, by which it ends to act."""

    response_class = Reply

    def __init__(self, name: str, edge: Edge) -> None:
        super().__init__(name, static_folder=None)
        self.url_map.merge_slashes = False
        self.extensions[KEY] = edge
        self.before_request(self._enter)
        self.after_request(self._complete)
        self.teardown_request(self._leave)

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Nothing here is a coroutine; Flask asks so of each function at each call."""
        return func

    @property
    def _edge(self) -> Edge:
        edge: Edge = self.extensions[KEY]
        return edge

    def _enter(self) -> Response | None:
        """Begins the request; see ``_admit``."""
        # The objects behind Flask's proxies: each look through one of those costs a microsecond.
        request, here = request_ctx.request, app_ctx.g
        here.started = perf_counter()
        self._edge.meter.began()
        sent = request.environ.get('HTTP_X_REQUEST_ID', '')
        here.request_id = sent if _SANE_ID.fullmatch(sent) else secrets.token_hex(16)
        here.acting = provenance.begin(Provenance(request_id=here.request_id))
        here.caller, here.allowance = STRANGER, None
        # Within an application context that somebody else opened, ``g`` outlives a request.
        for name in ('raw_body', 'uploaded_form'):
            here.pop(name, None)
        return None if request.path in PROBES else self._admit(request, here)

    def _admit(self, request: Request, here: Any) -> Response | None:
        """Counts the request and finds its caller; answers OPTIONS itself. Raises RateLimited,
        OriginNotAllowed, TokenInvalid, TokenExpired, DatabaseUnavailable."""
        claims, failure = self._read_token(request)
        here.allowance = allowance = self._count(claims, request)
        if allowance is not None and allowance.retry_after:
            raise RateLimited(retry_after=allowance.retry_after)
        self._check_origin(request)
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

    def _complete(self, response: Response) -> Response:
        request, here, edge = request_ctx.request, app_ctx.g, self._edge
        complete(response, request, edge, request_id=here.request_id, allowance=here.allowance)
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

    def _leave(self, _error: BaseException | None) -> None:
        acting = app_ctx.g.pop('acting', None)
        if acting is not None:
            provenance.end(acting)
            self._edge.meter.ended()

    def _read_token(self, request: Request) -> tuple[Claims | None, NotPermitted | None]:
        header: str | None = request.environ.get('HTTP_AUTHORIZATION')
        authenticator = self._edge.authenticator
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

    def _count(self, claims: Claims | None, request: Request) -> Allowance | None:
        """What the bucket of the account, or of a stranger's address, says after one more hit."""
        bucket = claims.subject if claims else f'address:{request.remote_addr}'
        try:
            return self._edge.limiter.hit(bucket, self._edge.limits)
        except SessionStoreUnavailable:
            # The general limit fails open: reading must go on without Redis.
            log.warning('limiter_unavailable')
            return None

    def _check_origin(self, request: Request) -> None:
        """Raises OriginNotAllowed on a cookie route, for a page that is not ours."""
        origin = request.environ.get('HTTP_ORIGIN')
        if origin is None or not request.path.startswith(COOKIE_ROUTES):
            return
        if origin in self._edge.cors_origins or origin == self._edge.public_url:
            return
        declared = self._declaration(request)
        if declared is None or not declared.any_origin:
            raise OriginNotAllowed()

    def _options(self) -> Response:
        response = self.make_default_options_response()
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

    def _declaration(self, request: Request) -> Declaration | None:
        """What the endpoint of a request declares; None for an unknown path or a plain page."""
        view = self.view_functions.get(request.endpoint or '')
        resource = getattr(view, 'view_class', None)
        return declaration_of(getattr(resource, request.method.lower(), None))

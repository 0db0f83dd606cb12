"""What every request needs before a resource sees it, bound once by ``bootstrap``."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import structlog
from flask import current_app, g

from talelio_backend.shared.services.authentication import STRANGER, Authenticator, Caller
from talelio_backend.shared.services.clock import Clock
from talelio_backend.shared.services.idempotency import IdempotencyStore
from talelio_backend.shared.services.metrics import RequestMeter, Unmeasured
from talelio_backend.shared.services.rate_limit import Limit, RateLimiter

KEY = 'talelio'
LogRequest = Callable[[Mapping[str, Any]], None]
log = structlog.get_logger('talelio.api')


def log_request(facts: Mapping[str, Any]) -> None:
    """Logs one request as any other event is logged."""
    log.info('request', **facts)


@dataclass(frozen=True, kw_only=True)
class Edge:
    """``log_request`` gets the facts of ``request_log`` once for each request."""

    authenticator: Authenticator | None
    limiter: RateLimiter
    limits: Sequence[Limit]
    idempotency: IdempotencyStore
    clock: Clock
    public_url: str
    cors_origins: frozenset[str]
    verified_email_required: bool
    hsts: bool
    meter: RequestMeter = Unmeasured()
    log_request: LogRequest = log_request


def edge() -> Edge:
    return cast(Edge, current_app.extensions[KEY])


def caller() -> Caller:
    return cast(Caller, g.get('caller', STRANGER))

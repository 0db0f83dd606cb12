"""What every request needs before a resource sees it, bound once by ``bootstrap``."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from flask import current_app, g

from talelio_backend.shared.services.authentication import STRANGER, Authenticator, Caller
from talelio_backend.shared.services.clock import Clock
from talelio_backend.shared.services.idempotency import IdempotencyStore
from talelio_backend.shared.services.rate_limit import Limit, RateLimiter

KEY = 'talelio'


@dataclass(frozen=True, kw_only=True)
class Edge:
    authenticator: Authenticator | None
    limiter: RateLimiter
    limits: Sequence[Limit]
    idempotency: IdempotencyStore
    clock: Clock
    public_url: str
    cors_origins: frozenset[str]
    verified_email_required: bool
    hsts: bool


def edge() -> Edge:
    return cast(Edge, current_app.extensions[KEY])


def caller() -> Caller:
    return cast(Caller, g.get('caller', STRANGER))

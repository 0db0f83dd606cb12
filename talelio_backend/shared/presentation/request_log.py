"""One event for each request: who, what, how it ended, how long it took. No path, no query and
no body, which may hold tokens and names."""

from collections.abc import Iterator
from time import perf_counter
from typing import Any

from flask import Request, Response

from talelio_backend.shared.presentation.edge import LogRequest
from talelio_backend.shared.services.authentication import Caller


def tell(log: LogRequest, request: Request, response: Response, *, request_id: str, caller: Caller,
         started: float) -> None:
    """Hands the facts of a request to ``log``; those of a stream when it is over, since it has
    its length and its duration only then. ``started`` as ``perf_counter`` had it."""
    rule, account_id, status = request.url_rule, caller.account_id, response.status_code
    facts: dict[str, Any] = {
        'request_id': request_id,
        'actor_id': None if account_id is None else str(account_id),
        'method': request.method,
        'route': None if rule is None else rule.rule,
        'status': status,
        'client_ip': request.remote_addr,
        'bytes': 0,
    }
    if response.is_streamed:
        _tell_at_the_end(log, response, facts, started)
        return
    if request.method != 'HEAD' and status not in (204, 304):
        facts['bytes'] = response.calculate_content_length()
    facts['duration_ms'] = _milliseconds_since(started)
    log(facts)


def _tell_at_the_end(log: LogRequest, response: Response, facts: dict[str, Any],
                     started: float) -> None:
    """It may be cut off before, by a client that goes away."""
    chunks: Any = response.response

    def count() -> Iterator[bytes]:
        for chunk in chunks:
            facts['bytes'] += len(chunk)
            yield chunk

    def finish() -> None:
        facts['duration_ms'] = _milliseconds_since(started)
        log(facts)

    close = getattr(chunks, 'close', None)
    if close is not None:
        response.call_on_close(close)
    response.response = count()
    response.call_on_close(finish)


def _milliseconds_since(started: float) -> float:
    return round((perf_counter() - started) * 1000, 2)

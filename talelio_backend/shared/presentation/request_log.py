import time
from collections.abc import Iterator
from typing import Any

import structlog
from flask import Flask, Response, g, request

from talelio_backend.shared.presentation.edge import caller

log = structlog.get_logger('talelio.api')


def log_requests(app: Flask) -> None:
    """One event for each request: who, what, how it ended, how long it took. No path, no query
    and no body, which may hold tokens and names."""
    # Around everything else: first before a request, last after it.
    app.before_request_funcs.setdefault(None, []).insert(0, _begin)
    app.after_request_funcs.setdefault(None, []).insert(0, _finish)


def _begin() -> None:
    g.logged_from = time.perf_counter()


def _finish(response: Response) -> Response:
    event = _describe(response)
    if response.is_streamed:
        _log_at_the_end(response, event, g.logged_from)
    else:
        sent = request.method != 'HEAD' and response.status_code not in (204, 304)
        event['bytes'] = response.calculate_content_length() if sent else 0
        event['duration_ms'] = _milliseconds_since(g.logged_from)
        log.info('request', **event)
    return response


def _describe(response: Response) -> dict[str, Any]:
    rule, account_id = request.url_rule, caller().account_id
    return {
        'request_id': g.get('request_id'),
        'actor_id': None if account_id is None else str(account_id),
        'method': request.method,
        'route': None if rule is None else rule.rule,
        'status': response.status_code,
        'client_ip': request.remote_addr,
    }


def _log_at_the_end(response: Response, event: dict[str, Any], started: float) -> None:
    """A stream has its length and its duration when it is over; it may be cut off before."""
    event['bytes'] = 0
    chunks: Any = response.response

    def count() -> Iterator[bytes]:
        for chunk in chunks:
            event['bytes'] += len(chunk)
            yield chunk

    def finish() -> None:
        log.info('request', **event, duration_ms=_milliseconds_since(started))

    close = getattr(chunks, 'close', None)
    if close is not None:
        response.call_on_close(close)
    response.response = count()
    response.call_on_close(finish)


def _milliseconds_since(started: float) -> float:
    return round((time.perf_counter() - started) * 1000, 2)

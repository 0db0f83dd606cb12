"""Whether the process lives, whether it can serve, and what it is."""

import json
from collections.abc import Mapping
from typing import Any

from flask import Flask, Response

from talelio_backend.shared.presentation.readiness import OK, Check, Readiness
from talelio_backend.shared.presentation.shutdown import ShutdownFlag


def add_health(app: Flask, checks: Mapping[str, Check], *, version: Mapping[str, str | None],
               shutdown: ShutdownFlag) -> None:
    """Adds ``/livez``, ``/readyz``, ``/v1/health`` and ``/version``."""
    readiness = Readiness(checks)

    def lives() -> Response:
        return _answer({'status': OK})

    def ready() -> Response:
        if shutdown.begun:
            return _answer({'status': 'shutting_down', 'checks': readiness.remembered()}, 503)
        outcomes = readiness.outcomes()
        good = all(outcome['status'] == OK for outcome in outcomes.values())
        return _answer({
            'status': 'ready' if good else 'not_ready',
            'checks': outcomes
        }, 200 if good else 503)

    def present_version() -> Response:
        return _answer(version)

    app.add_url_rule('/livez', 'livez', lives)
    app.add_url_rule('/readyz', 'readyz', ready)
    app.add_url_rule('/v1/health', 'health', lives)
    app.add_url_rule('/version', 'version', present_version)


def _answer(content: Mapping[str, Any], status: int = 200) -> Response:
    response = Response(json.dumps(content), status=status, content_type='application/json')
    response.headers['Cache-Control'] = 'no-store'
    if status != 200:
        response.headers['Retry-After'] = '5'
    return response

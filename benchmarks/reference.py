"""The unit of all figures: a bare WSGI function that answers 1 kB of JSON."""

import json
from collections.abc import Callable, Iterable
from typing import Any

_BODY = json.dumps({'text': 'x' * 1011}).encode()
_HEADERS = [('Content-Type', 'application/json'), ('Content-Length', str(len(_BODY)))]


def application(_environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    start_response('200 OK', _HEADERS)
    return [_BODY]

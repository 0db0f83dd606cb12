"""smoke_test.py URL REVISION: whether an installation serves this commit, and serves it well.

Waits until `/version` tells REVISION, then signs the probe account in and out again
(PROBE_EMAIL and PROBE_PASSWORD in the environment), which needs the proxy, the API, its database
and its Redis. Exit 1 with one line where something is amiss. Standard library only.
"""
import json
import os
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any

_PATIENCE = 10.0  # seconds for one answer
_PAUSE = 2.0
_UNTIL_THERE = 300.0


class Amiss(Exception):
    """One line; never a password or a token."""


class Site:

    def __init__(self, url: str) -> None:
        self._url = url.rstrip('/')

    def get(self, path: str) -> Any:
        return self._ask(urllib.request.Request(f'{self._url}{path}'))

    def post(self, path: str, content: Any = None, **headers: str) -> Any:
        data = b'' if content is None else json.dumps(content).encode()
        headers['Content-Type'] = 'application/json'
        return self._ask(urllib.request.Request(f'{self._url}{path}', data=data, headers=headers))

    def _ask(self, request: urllib.request.Request) -> Any:
        try:
            with urllib.request.urlopen(request, timeout=_PATIENCE) as answer:
                text = answer.read()
                return json.loads(text) if text else None
        except urllib.error.HTTPError as error:
            raise Amiss(f'{request.selector}: {error.code}') from error
        except (OSError, ValueError) as error:
            raise Amiss(f'{request.selector}: {error}') from error


def await_revision(site: Site,
                   revision: str,
                   *,
                   seconds: float = _UNTIL_THERE,
                   now: Callable[[], float] = time.monotonic,
                   pause: Callable[[float], object] = time.sleep) -> dict[str, Any]:
    """What `/version` tells at last. Raises Amiss when that is not the revision in time: while
    tasks are exchanged, the old ones answer too."""
    until = now() + seconds
    while True:
        try:
            told: dict[str, Any] = site.get('/version')
            if told.get('revision') == revision:
                return told
            seen = f'revision {told.get("revision")}'
        except Amiss as error:
            seen = str(error)
        if now() > until:
            raise Amiss(f'/version does not tell {revision}: {seen}')
        pause(_PAUSE)


def sign_in_and_out(site: Site, *, email: str, password: str) -> None:
    """Raises Amiss."""
    session = site.post('/v1/accounts/login', {'email': email, 'password': password})
    token = session.get('access_token')
    if not token:
        raise Amiss('/v1/accounts/login: no access token')
    site.post('/v1/accounts/logout', Authorization=f'Bearer {token}')


def main(arguments: list[str]) -> None:
    email, password = (os.environ.get(f'PROBE_{name}', '') for name in ('EMAIL', 'PASSWORD'))
    if len(arguments) != 2 or not email or not password:
        sys.exit('usage: PROBE_EMAIL= PROBE_PASSWORD= smoke_test.py URL REVISION')
    site = Site(arguments[0])
    try:
        told = await_revision(site, arguments[1])
        sign_in_and_out(site, email=email, password=password)
    except Amiss as error:
        sys.exit(f'smoke_test.py: {error}')
    print(json.dumps(told))


if __name__ == '__main__':
    main(sys.argv[1:])

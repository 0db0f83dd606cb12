"""What is measured, and from which figure on it counts as fast enough."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from benchmarks.answers import body_of
from benchmarks.rows import LARGE
from benchmarks.stack import EMAIL, PASSWORD, USERNAME, Stack
from benchmarks.traffic import Request

Check = Callable[[bytes], bool]
REFERENCE, PER_SECOND = 'reference', 'per second'
ARTICLE, LIST = 'GET article', 'GET list, 20 rows'
_JSON_TYPE = ('Content-Type', 'application/json')


@dataclass(frozen=True, kw_only=True)
class Bar:
    """At least so much ``of`` the reference, answers per second, or what the case of that name
    reached in the same run."""

    least: float
    of: str = REFERENCE


@dataclass(frozen=True, kw_only=True)
class Case:
    """``make`` is called just before the measurement, for tokens that do not live long; ``bar``
    is None where only the figure is published; ``cookies`` gives that many of them, for
    connections that need one each; ``prepare`` gets the number from which on requests are
    counted, before each measurement."""

    name: str
    make: Callable[[], Request]
    check: Check
    bar: Bar | None = None
    cookies: Callable[[int], tuple[str, ...]] | None = None
    prepare: Callable[[int], None] | None = None


def has_status(code: int) -> Check:
    return lambda answer: answer[:7] == b'HTTP/1.' and answer[9:12] == b'%d' % code


def has_member(member: str, value: Any = None) -> Check:
    """``value``: None for any."""

    def check(answer: bytes) -> bool:
        document = json_of(answer)
        found = isinstance(document, dict) and member in document
        return found and (value is None or document[member] == value)

    return check


def json_of(answer: bytes) -> Any:
    """None for what is no JSON."""
    try:
        return json.loads(body_of(answer))
    except ValueError:
        return None


def product_cases(stack: Stack, slug: str) -> Iterator[Case]:
    """What nobody but the product is asked. The last one ends all other sessions of the account:
    it keeps fifty."""
    yield Case(name='GET article, signed in',
               make=lambda: Request(path=f'/v1/articles/{slug}', headers=(bearer(stack), )),
               bar=Bar(least=0.7, of=ARTICLE),
               check=has_member('article'))
    yield Case(name='GET me',
               make=lambda: Request(path='/v1/me', headers=(bearer(stack), )),
               check=has_member('username', USERNAME))
    yield Case(name='POST article, 3 kB of Markdown',
               make=lambda: post('/v1/articles', {
                   'title': 'Walk {number}',
                   'body': LARGE
               }, bearer(stack)),
               bar=Bar(least=0.12),
               check=has_status(201))
    # Every rotation needs the newest cookie: each connection follows a session of its own.
    yield Case(name='POST token',
               make=lambda: Request(method='POST', path='/v1/accounts/token', follow_cookie=True),
               cookies=lambda count: tuple(stack.sign_in()[1] for _ in range(count)),
               bar=Bar(least=0.25),
               check=has_member('access_token'))
    yield Case(name='POST login',
               make=lambda: post('/v1/accounts/login', {
                   'email': EMAIL,
                   'password': PASSWORD
               }),
               bar=Bar(least=75, of=PER_SECOND),
               check=has_member('access_token'))


def bearer(stack: Stack) -> tuple[str, str]:
    return 'Authorization', f'Bearer {stack.sign_in()[0]}'


def post(path: str, body: dict[str, str], *headers: tuple[str, str]) -> Request:
    return Request(method='POST', path=path, headers=(_JSON_TYPE, *headers), body=json.dumps(body))

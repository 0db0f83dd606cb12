"""What is measured, and from which ratio on it counts as fast enough."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from benchmarks.data import LARGE, author_list
from benchmarks.load import Request
from benchmarks.stack import EMAIL, PASSWORD, USERNAME, Stack

Check = Callable[[bytes], bool]
JSON_TYPE = ('Content-Type', 'application/json')
PAGES_DEEP = 1000


@dataclass(frozen=True, kw_only=True)
class Case:
    """``bar`` in units of the reference; None where only the figure is published."""

    name: str
    request: Request
    bar: float | None
    check: Check


def _json(answer: bytes) -> dict[str, object]:
    content: dict[str, object] = json.loads(answer.partition(b'\r\n\r\n')[2])
    return content


def _has(member: str) -> Check:
    return lambda answer: member in _json(answer)


def _lists(count: int) -> Check:

    def check(answer: bytes) -> bool:
        rows = _json(answer)['articles']
        return isinstance(rows, list) and len(rows) == count

    return check


def _status(code: int) -> Check:
    return lambda answer: answer.startswith(b'HTTP/1.1 %d ' % code)


def read_cases(stack: Stack, slug: str, rows: int) -> Iterator[Case]:
    """Public reads; these also run against other servers of the same shape."""
    article, listed = f'/v1/articles/{slug}', author_list()
    yield Case(name='GET article', request=Request(path=article), bar=0.40, check=_has('article'))
    yield Case(name='GET list, 20 rows', request=Request(path=listed), bar=0.36, check=_lists(20))
    if rows > PAGES_DEEP * 20:
        deep = f'{listed}&cursor={_cursor_after(stack, PAGES_DEEP)}'
        yield Case(name=f'GET list, page {PAGES_DEEP} by cursor',
                   request=Request(path=deep),
                   bar=0.9 * 0.36,
                   check=_lists(20))
    for name, path in (('article', article), ('list', listed)):
        headers, _body = stack.call('GET', path)
        known = Request(path=path, headers=(('If-None-Match', headers['ETag']), ))
        yield Case(name=f'GET {name}, 304', request=known, bar=0.48, check=_status(304))


def _cursor_after(stack: Stack, pages: int) -> str:
    """The cursor behind so many pages, in steps of five pages at a time."""
    cursor = ''
    for _ in range(pages // 5):
        path = author_list(100) + (f'&cursor={cursor}' if cursor else '')
        cursor = json.loads(stack.call('GET', path)[1])['next']
    return cursor


def write_cases(stack: Stack, slug: str) -> Iterator[Case]:
    token, _cookie = stack.sign_in()
    bearer = ('Authorization', f'Bearer {token}')
    yield Case(name='GET article, signed in',
               request=Request(path=f'/v1/articles/{slug}', headers=(bearer, )),
               bar=0.7 * 0.40,
               check=_has('article'))
    yield Case(name='POST article, 3 kB of Markdown',
               request=Request(method='POST',
                               path='/v1/articles',
                               headers=(bearer, JSON_TYPE),
                               body=json.dumps({
                                   'title': 'Walk {number}',
                                   'body': LARGE
                               })),
               bar=0.12,
               check=_status(201))
    yield Case(name='GET me',
               request=Request(path='/v1/me', headers=(bearer, )),
               bar=None,
               check=lambda answer: _json(answer).get('username') == USERNAME)
    # Every rotation needs the newest cookie: one connection after the other cannot show it, so
    # each connection of the generator follows its own session.
    yield Case(name='POST token',
               request=Request(method='POST', path='/v1/accounts/token', follow_cookie=True),
               bar=0.25,
               check=_has('access_token'))
    # Last: an account keeps fifty sessions, and this ends all others.
    yield Case(name='POST login',
               request=Request(method='POST',
                               path='/v1/accounts/login',
                               headers=(JSON_TYPE, ),
                               body=json.dumps({
                                   'email': EMAIL,
                                   'password': PASSWORD
                               })),
               bar=None,
               check=_has('access_token'))

"""The public reads, which any server can be asked: an article, a list, the same list far behind,
and each again by somebody who has it already. What a server has not is left out."""

import http.client
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from benchmarks.cases import ARTICLE, LIST, Bar, Case, Check, has_status, json_of
from benchmarks.servers import Server
from benchmarks.traffic import Request

PAGES_DEEP = 1000
PER_PAGE = 20
DEEP = f'GET list, page {PAGES_DEEP} by cursor'
BARS = {
    ARTICLE: Bar(least=0.40),
    LIST: Bar(least=0.36),
    DEEP: Bar(least=0.9, of=LIST),
    'GET article, 304': Bar(least=0.48),
    'GET list, 304': Bar(least=0.48),
}


class Unusable(Exception):
    """A server does not answer as the cases need it."""


@dataclass(frozen=True, kw_only=True)
class Paths:
    """``expected`` is a text that the article's answer holds."""

    article: str
    list: str
    expected: str = ''
    per_page: int = PER_PAGE


def read_cases(server: Server, paths: Paths, *, deep: bool) -> Iterator[Case]:
    """``deep``: there are rows enough for a page far behind. Raises Unusable."""
    article = has_text(paths.expected)
    rows = _lists(paths.per_page)
    yield _read(ARTICLE, paths.article, article)
    yield _read(LIST, paths.list, rows)
    far = _path_after(server, paths.list, PAGES_DEEP - 1) if deep else None
    if far:
        yield _read(DEEP, far, rows)
    for name, path in (('article', paths.article), ('list', paths.list)):
        condition = _condition(server, path)
        if condition:
            yield _read(f'GET {name}, 304', path, has_status(304), condition)


def _read(name: str, path: str, check: Check, *headers: tuple[str, str]) -> Case:
    return Case(name=name,
                make=lambda: Request(path=path, headers=headers),
                check=check,
                bar=BARS[name])


def has_text(text: str) -> Check:
    return lambda answer: has_status(200)(answer) and bool(json_of(answer)) and text.encode(
    ) in answer


def _lists(count: int) -> Check:
    """Whether the document, or a member of it, is a list of so many."""

    def check(answer: bytes) -> bool:
        document = json_of(answer)
        parts = [document, *document.values()] if isinstance(document, dict) else [document]
        return any(isinstance(part, list) and len(part) == count for part in parts)

    return check


def _condition(server: Server, path: str) -> tuple[str, str] | None:
    """The header of one who has the answer, where the server has a validator and keeps to it."""
    etag = ask(server, path)[0].get('etag')
    if not etag:
        return None
    header = ('If-None-Match', etag)
    return header if ask(server, path, header)[0]['status'] == '304' else None


def _path_after(server: Server, path: str, pages: int) -> str | None:
    """Of the page so many behind the one at ``path``; None where the list does not go on."""
    here: str | None = path
    for _ in range(pages):
        if here is None:
            break
        headers, body = ask(server, here)
        here = _next(path, headers, json.loads(body))
    return here


def _next(first: str, headers: dict[str, str], document: Any) -> str | None:
    """By the member ``next``, a URL or a cursor, or by the header Link."""
    named = document.get('next') if isinstance(document, dict) else None
    linked = re.search('<([^>]*)>; *rel="?next"?', headers.get('link', ''))
    found = named or (linked and linked[1])
    if not isinstance(found, str):
        return None
    if '/' in found:
        parts = urlsplit(found)
        return f'{parts.path}?{parts.query}'
    return f'{first}{"&" if "?" in first else "?"}cursor={quote(found)}'


def ask(server: Server, path: str, *headers: tuple[str, str]) -> tuple[dict[str, str], bytes]:
    """The headers, in small letters and with a ``status`` among them, and the body. Raises
    Unusable for an answer that is neither 200 nor 304."""
    connection = http.client.HTTPConnection(urlsplit(server.base).netloc, timeout=60)
    try:
        connection.request('GET', path, headers=dict(headers))
        answer = connection.getresponse()
        body = answer.read()
    except (OSError, http.client.HTTPException) as error:
        raise Unusable(f'{server.name}: {path}: {error!r}') from error
    finally:
        connection.close()
    if answer.status not in (200, 304):
        raise Unusable(f'{server.name} answers {answer.status} to {path}')
    named = {name.lower(): value for name, value in answer.getheaders()}
    return named | {'status': str(answer.status)}, body

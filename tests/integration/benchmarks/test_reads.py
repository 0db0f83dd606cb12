import json
from typing import Any

import pytest

from benchmarks.cases import ARTICLE, LIST
from benchmarks.reads import DEEP, PAGES_DEEP, Paths, Unusable, read_cases
from benchmarks.servers import Server
from talelio_backend.development.ports import HOST, free_port
from tests.integration.benchmarks.conftest import Answers

PATHS = Paths(article='/a', list='/l?limit=2', expected='"river"', per_page=2)


def document(status: int, content: Any, **headers: str) -> tuple[int, dict[str, str], bytes]:
    return status, headers, json.dumps(content).encode()


def answer_of(body: bytes) -> bytes:
    return b'HTTP/1.1 200 OK\r\n\r\n' + body


def test_what_a_server_has_not_is_left_out(answers: Answers) -> None:
    names = [case.name for case in read_cases(answers.server, PATHS, deep=True)]
    assert names == [ARTICLE, LIST]


@pytest.mark.parametrize('style', ['cursor', 'url', 'link'])
def test_page_far_behind_is_found_by_following(answers: Answers, style: str) -> None:

    def page(path: str, _body: str, _headers: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        number = int(path.rpartition('cursor=')[2]) if 'cursor=' in path else 1
        url = f'http://elsewhere/l?limit=2&cursor={number + 1}'
        if style == 'link':
            return document(200, [1, 2], Link=f'<{url}>; rel="next"')
        following = {'cursor': str(number + 1), 'url': url}[style]
        return document(200, {'results': [1, 2], 'next': following})

    answers.answer = page
    deep = [case for case in read_cases(answers.server, PATHS, deep=True) if case.name == DEEP]
    assert deep[0].make().path == f'/l?limit=2&cursor={PAGES_DEEP}'
    assert not [
        case for case in read_cases(answers.server, PATHS, deep=False) if case.name == DEEP
    ]


def test_validators_are_used_where_the_server_keeps_to_them(answers: Answers) -> None:

    def conditional(path: str, _body: str,
                    headers: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        known = headers.get('if-none-match') == '"v1"' and path == '/a'
        return (304, {}, b'') if known else document(200, {}, ETag='"v1"')

    answers.answer = conditional
    cases = {case.name: case for case in read_cases(answers.server, PATHS, deep=False)}
    assert list(cases) == [ARTICLE, LIST, 'GET article, 304']
    assert cases['GET article, 304'].make().headers == (('If-None-Match', '"v1"'), )


def test_answers_are_looked_into(answers: Answers) -> None:
    article, listed = read_cases(answers.server, PATHS, deep=False)
    assert article.check(answer_of(b'{"slug": "river"}'))
    assert not article.check(answer_of(b'{"slug": "lake"}'))
    assert not article.check(answer_of(b'<html>"river"'))
    assert not article.check(b'HTTP/1.1 404 Not Found\r\n\r\n{"slug": "river"}')
    assert listed.check(answer_of(b'{"results": [1, 2]}')) and listed.check(answer_of(b'[1, 2]'))
    assert not listed.check(answer_of(b'{"results": [1]}'))


def test_server_that_cannot_be_asked_is_named(answers: Answers) -> None:
    answers.answer = lambda path, body, headers: (404, {}, b'')
    with pytest.raises(Unusable, match='other answers 404 to /a'):
        list(read_cases(answers.server, PATHS, deep=False))
    nowhere = Server(name='nowhere', base=f'http://{HOST}:{free_port()}')
    with pytest.raises(Unusable, match='nowhere: /a'):
        list(read_cases(nowhere, PATHS, deep=False))

import re
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from tests.sample_api import Sample
from tests.unit.shared.presentation.conftest import Ask, assert_problem


@pytest.fixture(autouse=True)
def boats(ask: Ask) -> None:
    for number in range(5):
        ask('POST /v1/things', as_='member', json={'name': f'boat {number}'})


def links(answer: Any) -> dict[str, dict[str, str]]:
    found = {}
    for address, relation in re.findall('<([^>]*)>; rel="([a-z]+)"', answer.headers['Link']):
        parts = urlsplit(address)
        assert (parts.scheme, parts.netloc, parts.path) == ('https', 'api.example', '/v1/things')
        found[relation] = dict(parse_qsl(parts.query, strict_parsing=True))
    return found


def test_list_document_has_its_members(ask: Ask) -> None:
    document = ask('GET /v1/things').get_json()
    assert list(document) == ['things', 'sort', 'sort_options', 'next']
    assert [thing['name'] for thing in document['things']] == [f'boat {n}' for n in range(5)]
    assert document['sort_options'] == [{'id': 'name', 'label': 'Name'}]
    assert document['next'] is None


def test_whole_list_has_no_links(ask: Ask) -> None:
    answer = ask('GET /v1/things')
    assert 'Link' not in answer.headers and 'X-Total-Count' not in answer.headers


def test_next_link_keeps_the_query(ask: Ask) -> None:
    answer = ask('GET /v1/things?limit=2&q=a+%26+%C3%A4&tag=x&cursor=old')
    assert links(answer) == {
        'next': {
            'limit': '2',
            'q': 'a & ä',
            'tag': 'x',
            'cursor': answer.get_json()['next']
        }
    }


def test_repeated_parameters_stay_in_links(ask: Ask) -> None:
    assert 'tag=a&tag=b' in ask('GET /v1/things?limit=2&tag=a&tag=b').headers['Link']


@pytest.mark.parametrize(('page', 'expected'), [
    (1, {
        'first': '1',
        'next': '2',
        'last': '3'
    }),
    (2, {
        'first': '1',
        'prev': '1',
        'next': '3',
        'last': '3'
    }),
    (3, {
        'first': '1',
        'prev': '2',
        'last': '3'
    }),
    (9, {
        'first': '1',
        'prev': '3',
        'last': '3'
    }),
])
def test_pages_are_linked(ask: Ask, page: int, expected: dict[str, str]) -> None:
    answer = ask(f'GET /v1/things?limit=2&page={page}')
    assert answer.headers['X-Total-Count'] == '5'
    found = links(answer)
    assert {relation: query['page'] for relation, query in found.items()} == expected
    assert all(query['limit'] == '2' for query in found.values())


def test_cursor_beside_a_page_is_refused(ask: Ask) -> None:
    answer = ask('GET /v1/things?cursor=x&page=1')
    (fault, ) = assert_problem(answer, 400, 'bad_request')['errors']
    assert (fault['pointer'], fault['code']) == ('/cursor', 'not_with_page')


def test_sort_options_alone_touch_no_rows(ask: Ask, sample: Sample) -> None:
    sample.things.calls.clear()
    answer = ask('GET /v1/things?sort_options=only')
    assert answer.get_json() == {
        'sort_options': [{
            'id': 'name',
            'label': 'Name'
        }],
        'sort': 'name_asc'
    }
    assert 'Link' not in answer.headers


def test_page_beyond_all_is_refused(ask: Ask) -> None:
    assert_problem(ask('GET /v1/things?page=1000001'), 400, 'bad_request')

import re
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from tests.sample_api import ORIGIN, PUBLIC_URL, Sample
from tests.unit.shared.presentation.conftest import Ask


@pytest.fixture(name='document')
def read_document(ask: Ask) -> Any:
    answer = ask('GET /v1/openapi.json')
    assert answer.content_type == 'application/json'
    return answer.get_json()


def operation(document: Any, what: str) -> Any:
    verb, _, path = what.partition(' ')
    return document['paths'][path][verb.lower()]


def test_document_is_valid_openapi(document: Any) -> None:
    assert document['openapi'].startswith('3.1')
    OpenAPIV31SpecValidator(document).validate()
    assert document['servers'] == [{'url': PUBLIC_URL}]


def test_every_route_is_described(document: Any) -> None:
    assert {(path, verb)
            for path, verbs in document['paths'].items()
            for verb in verbs} == {('/v1/things', 'get'), ('/v1/things', 'post'),
                                   ('/v1/things/{name}', 'get'), ('/v1/things/{name}', 'patch'),
                                   ('/v1/things/{name}', 'delete'), ('/v1/coins', 'post'),
                                   ('/v1/purses/{owner}', 'patch'), ('/v1/own', 'get'),
                                   ('/v1/own', 'post'), ('/v1/accounts/sign-off', 'get'),
                                   ('/v1/accounts/sign-off', 'post'), ('/v1/odd/{kind}', 'get')}


def test_every_operation_has_a_name_of_its_own(document: Any) -> None:
    names = [one['operationId'] for verbs in document['paths'].values() for one in verbs.values()]
    assert len(set(names)) == len(names)


def problems(described: Any, status: str) -> set[str]:
    content = described['responses'][status]['content']['application/problem+json']
    assert content['schema'] == {'$ref': '#/components/schemas/Problem'}
    return set(content['examples'])


def test_every_problem_of_an_operation_is_named(document: Any) -> None:
    made = operation(document, 'POST /v1/things')
    assert set(made['responses']) == {
        '201', '400', '401', '403', '409', '413', '415', '422', '429', '503'
    }
    assert problems(
        made, '409') == {'thing_taken', 'idempotency_in_progress', 'idempotency_answer_lost'}
    assert problems(made, '403') == {
        'token_expired', 'token_invalid', 'account_blocked', 'not_permitted', 'email_not_verified'
    }
    assert problems(made, '422') == {'validation_failed', 'idempotency_key_reused'}
    changed = operation(document, 'PATCH /v1/things/{name}')
    assert problems(changed, '404') == {'thing_not_found', 'not_found'}
    assert problems(changed, '412') == {'version_mismatch'}
    assert problems(changed, '428') == {'if_match_required'}
    read = operation(document, 'GET /v1/things')
    assert set(read['responses']) == {'200', '304', '400', '403', '429', '503'}


def test_cookie_routes_name_the_refused_origin(document: Any) -> None:
    assert 'origin_not_allowed' in problems(operation(document, 'POST /v1/accounts/sign-off'),
                                            '403')


@pytest.mark.parametrize(('what', 'level', 'needs_token'), [
    ('GET /v1/things', 'everyone', False),
    ('POST /v1/things', 'member', True),
    ('DELETE /v1/things/{name}', 'admin', True),
])
def test_access_level_is_named(document: Any, what: str, level: str, needs_token: bool) -> None:
    described = operation(document, what)
    assert described['x-access-level'] == level
    assert ({} in described['security']) is not needs_token


def test_parameters_are_those_that_are_read(document: Any) -> None:
    parameters = operation(document, 'GET /v1/things')['parameters']
    assert {one['name']
            for one in parameters} == {'sort', 'limit', 'cursor', 'page', 'sort_options'}
    limit = next(one for one in parameters if one['name'] == 'limit')
    assert limit['schema']['maximum'] == 100 and not limit['required']
    changed = operation(document, 'PATCH /v1/things/{name}')['parameters']
    assert {(one['name'], one['in'], one['required'])
            for one in changed} == {('name', 'path', True), ('If-Match', 'header', True)}
    made = operation(document, 'POST /v1/things')['parameters']
    assert {(one['name'], one['in'], one['required'])
            for one in made} == {('Idempotency-Key', 'header', False)}


def test_body_schema_is_the_one_that_validates(document: Any) -> None:
    described = operation(document, 'POST /v1/things')['requestBody']
    assert described['required']
    assert described['content']['application/json']['schema'] == {
        '$ref': '#/components/schemas/ThingBody'
    }
    schema = document['components']['schemas']['ThingBody']
    assert schema['additionalProperties'] is False
    assert schema['properties']['name']['maxLength'] == 20
    assert not operation(document, 'POST /v1/own')['requestBody']['required']


def test_no_default_of_a_query_is_null(document: Any) -> None:
    for verbs in document['paths'].values():
        for described in verbs.values():
            for parameter in described['parameters']:
                assert 'null' not in str(parameter['schema']), parameter


class Page(HTMLParser):

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.ids: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        self.ids |= {value or '' for name, value in attrs if name == 'id'}


def test_documentation_page_loads_nothing_and_runs_nothing(ask: Ask) -> None:
    answer = ask('GET /v1/docs')
    assert answer.content_type == 'text/html; charset=utf-8'
    page = Page(answer.text)
    assert not {'script', 'link', 'img', 'iframe', 'object', 'embed', 'form'} & set(page.tags)
    assert not [name for name, _ in page.attributes if name.startswith('on') or name == 'style']
    addresses = [value or '' for name, value in page.attributes if name in ('href', 'src')]
    assert addresses
    outside = [one for one in addresses if urlsplit(one).scheme or urlsplit(one).netloc]
    assert not [one for one in outside if not one.startswith(PUBLIC_URL)]
    assert not re.search(r'url\(|@import', answer.text)


def test_documentation_page_shows_every_operation(ask: Ask, document: Any) -> None:
    text = ask('GET /v1/docs').text
    for path, verbs in document['paths'].items():
        assert path in text
        for described in verbs.values():
            assert described['summary'] in text
    assert 'thing_taken' in text


def test_links_within_the_page_lead_somewhere(ask: Ask) -> None:
    page = Page(ask('GET /v1/docs').text)
    wanted = {
        value[1:]
        for name, value in page.attributes if name == 'href' and value and value.startswith('#')
    }
    assert wanted and wanted <= page.ids


def test_only_the_own_style_sheet_is_allowed(ask: Ask) -> None:
    policy = ask('GET /v1/docs').headers['Content-Security-Policy']
    assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
    assert 'unsafe' not in policy and 'script-src' not in policy


@pytest.mark.parametrize('path', ['/v1/docs', '/v1/openapi.json', '/problems/not_found'])
def test_pages_are_conditional_and_read_only(ask: Ask, path: str) -> None:
    tag = ask(f'GET {path}').headers['ETag']
    assert ask(f'GET {path}', headers={'If-None-Match': tag}).status_code == 304
    assert ask(f'HEAD {path}').status_code == 200
    assert ask(f'POST {path}').status_code == 405
    answer = ask(f'GET {path}', headers={'Origin': ORIGIN})
    assert answer.headers['Access-Control-Allow-Origin'] == ORIGIN


def test_document_is_made_once(sample: Sample) -> None:
    first, second = (sample.client.get('/v1/openapi.json').data for _ in range(2))
    assert first == second

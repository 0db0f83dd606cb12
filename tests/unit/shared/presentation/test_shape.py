import json
from io import BytesIO
from typing import Any

import pytest
from werkzeug.test import EnvironBuilder, run_wsgi_app

from tests.sample_api import Sample
from tests.unit.shared.presentation.conftest import Ask, assert_problem


def faults(document: Any) -> set[tuple[str, str]]:
    return {(fault['pointer'], fault['code']) for fault in document['errors']}


def refused(ask: Ask, body: Any) -> set[tuple[str, str]]:
    response = ask('POST /v1/things', as_='member', json=body)
    return faults(assert_problem(response, 422, 'validation_failed'))


def test_unknown_key_is_refused(ask: Ask) -> None:
    assert refused(ask, {'name': 'boat', 'colour': 'red'}) == {('/colour', 'unknown_key')}


def test_every_fault_is_named_with_its_pointer(ask: Ask) -> None:
    body = {
        'note': 5,
        'count': 100,
        'parts': [{
            'label': 'fine'
        }, {
            'label': '  '
        }, {
            'tag/x~y': 1
        }],
        'seen_at': 'noon'
    }
    assert refused(ask, body) == {
        ('/name', 'required'),
        ('/note', 'wrong_type'),
        ('/count', 'too_large'),
        ('/parts/1/label', 'too_short'),
        ('/parts/2/label', 'required'),
        ('/parts/2/tag~1x~0y', 'unknown_key'),
        ('/seen_at', 'wrong_form'),
    }


def test_length_is_measured_after_trimming(ask: Ask) -> None:
    assert refused(ask, {'name': 'x' * 21}) == {('/name', 'too_long')}
    assert ask('POST /v1/things', as_='member', json={
        'name': f'  {"x" * 20}  '
    }).status_code == 201


def test_too_many_entries_are_told_apart_from_too_long_text(ask: Ask) -> None:
    parts = [{'label': 'a'}] * 4
    assert refused(ask, {'name': 'boat', 'parts': parts}) == {('/parts', 'too_many')}


@pytest.mark.parametrize(('key', 'value'), [('count', '5'), ('count', 5.0), ('count', True),
                                            ('count', None), ('name', 5), ('parts', {}),
                                            ('seen_at', 0), ('seen_at', '2026-03-14T12:00:00')])
def test_types_are_not_bent_into_one_another(ask: Ask, key: str, value: Any) -> None:
    assert {pointer for pointer, _ in refused(ask, {'name': 'boat', key: value})} == {f'/{key}'}


@pytest.mark.parametrize('body', ['null', '[]', '"text"', '5', 'true'])
def test_body_that_is_no_object_is_refused(ask: Ask, body: str) -> None:
    response = ask('POST /v1/things', as_='member', data=body, content_type='application/json')
    assert faults(assert_problem(response, 422, 'validation_failed')) == {('', 'wrong_type')}


@pytest.mark.parametrize('body', [
    b'{', b'{"name": "boat"', b"{'name': 'boat'}", b'{"name": "boat",}', b'', b'\xff\xfe',
    b'{"name": "\xff"}', b'\xef\xbb\xbf{"name": "boat"}', b'{"name": "a\nb"}',
    b'{"name": "a\x00b"}', b'{"name": "\\ud800"}', b'{"name": "\\udc00\\ud800"}',
    b'{"name": "\xed\xa0\x80"}', b'{"name": "\\u0000"', '{"name": "boat"}'.encode('utf-16')
])
def test_malformed_json_is_a_bad_request(ask: Ask, body: bytes) -> None:
    response = ask('POST /v1/things', as_='member', data=body, content_type='application/json')
    assert faults(assert_problem(response, 400, 'bad_request')) == {('', 'malformed_json')}


def test_deep_nesting_is_a_bad_request(ask: Ask) -> None:
    for body in ('[' * 100_000, '{"name":' * 100_000, '[' * 5_000 + ']' * 5_000):
        response = ask('POST /v1/things', as_='member', data=body, content_type='application/json')
        assert_problem(response, 400, 'bad_request')


def test_nul_is_refused_wherever_it_hides(ask: Ask) -> None:
    assert refused(ask, {'name': 'a\0b'}) == {('/name', 'control_character')}
    body = {'name': 'boat', 'parts': [{'label': 'x'}, {'label': 'a\0'}], 'note': '\0'}
    assert refused(ask, body) == {('/parts/1/label', 'control_character'),
                                  ('/note', 'control_character')}
    assert ('/a\0b', 'control_character') in refused(ask, {'name': 'boat', 'a\0b': 1})


def test_written_out_escape_is_no_nul(ask: Ask) -> None:
    response = ask('POST /v1/things', as_='member', json={'name': '\\u0000'})
    assert response.get_json()['name'] == '\\u0000'


@pytest.mark.parametrize('character', ['\x07', '\x1b', '\x7f', '\x85', '\n', '\t'])
def test_control_characters_are_refused_in_a_line(ask: Ask, character: str) -> None:
    assert refused(ask, {'name': f'a{character}b'}) == {('/name', 'control_character')}


def test_long_text_keeps_its_lines(ask: Ask) -> None:
    body = {'name': 'boat', 'note': ' a\r\n\tb\n '}
    assert ask('POST /v1/things', as_='member', json=body).get_json()['note'] == ' a\r\n\tb\n '


def test_line_is_normalised(ask: Ask) -> None:
    response = ask('POST /v1/things', as_='member', json={'name': ' Cafe\u0301 '})
    assert response.get_json()['name'] == 'Caf\u00e9'


@pytest.mark.parametrize('content_type', [
    'text/plain', 'application/x-www-form-urlencoded', 'application/jsonp', 'multipart/form-data',
    ''
])
def test_other_content_type_is_refused(ask: Ask, content_type: str) -> None:
    response = ask('POST /v1/things',
                   as_='member',
                   data=b'{"name": "boat"}',
                   content_type=content_type)
    assert_problem(response, 415, 'media_type_not_supported')


def test_charset_of_json_is_accepted(ask: Ask) -> None:
    response = ask('POST /v1/things',
                   as_='member',
                   data=b'{"name": "boat"}',
                   content_type='Application/JSON; charset=utf-8')
    assert response.status_code == 201


def test_optional_body_may_be_absent(ask: Ask) -> None:
    assert ask('POST /v1/own', as_='member').get_json()['note'] == 'fine'
    response = ask('POST /v1/own', as_='member', content_type='application/json')
    assert response.get_json()['note'] == 'fine'
    response = ask('POST /v1/own', as_='member', data='x', content_type='text/plain')
    assert_problem(response, 415, 'media_type_not_supported')


def test_patch_without_a_change_is_refused(ask: Ask) -> None:
    empty = ask('PATCH /v1/things/boat', as_='member', json={})
    assert faults(assert_problem(empty, 422, 'validation_failed')) == {('', 'empty')}
    absent = ask('PATCH /v1/things/boat', as_='member')
    assert_problem(absent, 422, 'validation_failed')
    absent = ask('PATCH /v1/things/boat', as_='member', content_type='application/json')
    assert_problem(absent, 422, 'validation_failed')


def test_patch_tells_absent_from_null(ask: Ask) -> None:
    ask('POST /v1/things', as_='member', json={'name': 'boat', 'note': 'old', 'count': 3})
    anything = {'If-Match': '*'}
    path = 'PATCH /v1/things/boat'
    kept = ask(path, as_='member', json={'count': 4}, headers=anything)
    assert kept.get_json() == {'name': 'boat', 'note': 'old', 'count': 4}
    cleared = ask(path, as_='member', json={'note': None}, headers=anything)
    assert cleared.get_json() == {'name': 'boat', 'note': None, 'count': 4}
    ask(path, as_='member', json={'note': 'new'}, headers=anything)
    blank = ask(path, as_='member', json={'note': ''}, headers=anything)
    assert blank.get_json()['note'] is None


def test_body_over_a_mebibyte_is_refused(ask: Ask) -> None:
    fits = json.dumps({'name': 'boat', 'x': ''})
    fits = fits.replace('""', f'"{"y" * (1024 * 1024 - len(fits))}"')
    response = ask('POST /v1/things', as_='member', data=fits, content_type='application/json')
    assert_problem(response, 422, 'validation_failed')
    response = ask('POST /v1/things',
                   as_='member',
                   data=fits + ' ',
                   content_type='application/json')
    assert_problem(response, 413, 'body_too_large')


def test_large_body_is_refused_before_it_is_read(sample: Sample) -> None:
    status, _, unread = post(sample, BytesIO(b'x' * 100), CONTENT_LENGTH=str(1024 * 1024 + 1))
    assert status == 413
    assert len(unread) == 100


def test_chunked_body_over_a_mebibyte_is_refused(sample: Sample) -> None:
    status, document, _ = post(sample,
                               BytesIO(b'"' + b'x' * 3 * 1024 * 1024),
                               HTTP_TRANSFER_ENCODING='chunked',
                               **{'wsgi.input_terminated': True})
    assert (status, document['code']) == (413, 'body_too_large')


def test_chunked_body_is_read(sample: Sample) -> None:
    status, document, _ = post(sample,
                               BytesIO(b'{"name": "boat"}'),
                               HTTP_TRANSFER_ENCODING='chunked',
                               **{'wsgi.input_terminated': True})
    assert (status, document['name']) == (201, 'boat')


@pytest.mark.parametrize('body', [b'{"name": "boat"}', b''])
def test_body_shorter_than_its_length_is_refused_though_it_is_json(sample: Sample,
                                                                   body: bytes) -> None:
    status, document, _ = post(sample,
                               BytesIO(body),
                               CONTENT_LENGTH=str(len(body) + 1),
                               **{'wsgi.input_terminated': True})
    assert (status, document['code'], faults(document)) == (400, 'bad_request',
                                                            {('', 'incomplete_body')})
    assert not sample.things.calls


def post(sample: Sample, body: BytesIO, **environ: Any) -> tuple[int, Any, bytes]:
    """Hands the application a body as a server would; gives the rest that was not read too."""
    builder = EnvironBuilder('/v1/things',
                             method='POST',
                             content_type='application/json',
                             headers=[('Authorization', 'Bearer member')])
    prepared: dict[str, Any] = dict(builder.get_environ())
    prepared.pop('CONTENT_LENGTH', None)
    prepared |= {'wsgi.input': body, **environ}
    content, status, _ = run_wsgi_app(sample.app, prepared, buffered=True)
    return int(status.split()[0]), json.loads(b''.join(content)), body.read()


@pytest.mark.parametrize(('query', 'parameters'), [('limit=0', {'/limit'}),
                                                   ('limit=101', {'/limit'}),
                                                   ('limit=ten', {'/limit'}),
                                                   ('page=0', {'/page'}),
                                                   ('limit=x&page=-1', {'/limit', '/page'}),
                                                   ('limit=', {'/limit'}),
                                                   ('sort_options=all', {'/sort_options'}),
                                                   ('sort=%00', {'/sort'}),
                                                   ('limit=' + '9' * 5000, {'/limit'})])
def test_malformed_parameters_are_named(ask: Ask, query: str, parameters: set[str]) -> None:
    document = assert_problem(ask(f'GET /v1/things?{query}'), 400, 'bad_request')
    assert {fault['pointer'] for fault in document['errors']} == parameters


def test_repeated_parameter_is_a_list(ask: Ask) -> None:
    assert_problem(ask('GET /v1/things/x?tag=a&tag=b'), 404, 'thing_not_found')
    document = assert_problem(ask(f'GET /v1/things/x?tag=a&tag={"b" * 11}&since=2026-03-14'), 400,
                              'bad_request')
    assert {fault['pointer'] for fault in document['errors']} == {'/tag/1', '/since'}


@pytest.mark.parametrize('value', ['yes', '1', 'on', 'True', 'TRUE', 't', '', ' true', 'true%0A'])
def test_truth_is_written_in_one_way(ask: Ask, value: str) -> None:
    document = assert_problem(ask(f'GET /v1/things/x?old={value}'), 400, 'bad_request')
    assert faults(document) == {('/old', 'wrong_type')}
    for plain in ('true', 'false'):
        assert_problem(ask(f'GET /v1/things/x?old={plain}'), 404, 'thing_not_found')


@pytest.mark.parametrize('value', ['1.0', '1_0', '%2B1', '%201', '1%20', '1e1', '0x1', '%D9%A1'])
def test_whole_number_is_written_in_digits_alone(ask: Ask, value: str) -> None:
    document = assert_problem(ask(f'GET /v1/things?limit={value}'), 400, 'bad_request')
    assert faults(document) == {('/limit', 'wrong_type')}
    document = assert_problem(ask(f'GET /v1/things/x?count=12&count={value}'), 400, 'bad_request')
    assert faults(document) == {('/count/1', 'wrong_type')}
    assert_problem(ask('GET /v1/things/x?count=12&count=007'), 404, 'thing_not_found')


def test_unknown_parameter_is_ignored(ask: Ask) -> None:
    assert ask('GET /v1/things?utm_source=x').status_code == 200


@pytest.mark.parametrize('path', ['/v1/things/%00', '/v1/things/a%00b'])
def test_nul_in_an_address_finds_nothing(ask: Ask, sample: Sample, path: str) -> None:
    assert_problem(ask(f'GET {path}'), 404, 'not_found')
    assert not sample.things.calls


def test_address_that_is_no_utf_8_finds_nothing(ask: Ask) -> None:
    assert_problem(ask('GET /v1/things/%ff'), 404, 'thing_not_found')
    assert_problem(ask('GET /v1/things/%ed%a0%80'), 404, 'thing_not_found')

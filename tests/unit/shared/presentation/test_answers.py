import pytest

from tests.unit.shared.presentation.conftest import Ask


@pytest.mark.parametrize(('what', 'as_', 'caching'), [
    ('GET /v1/things', None, 'no-cache'),
    ('HEAD /v1/things', None, 'no-cache'),
    ('GET /v1/things', 'member', 'private, no-cache'),
    ('GET /v1/own', 'member', 'private, no-store'),
    ('POST /v1/own', 'member', 'private, no-store'),
    ('GET /v1/accounts/sign-off', None, 'private, no-store'),
    ('POST /v1/accounts/sign-off', None, 'private, no-store'),
])
def test_caching_is_said(ask: Ask, what: str, as_: str | None, caching: str) -> None:
    answer = ask(what, as_=as_)
    assert answer.status_code < 300
    assert answer.headers['Cache-Control'] == caching


@pytest.mark.parametrize('what',
                         ['GET /v1/own', 'GET /nowhere', 'GET /v1/odd/crash', 'PUT /v1/things'])
def test_problems_are_never_stored(ask: Ask, what: str) -> None:
    assert 'no-store' in ask(what).headers['Cache-Control']


def test_created_thing_is_named_and_shown(ask: Ask) -> None:
    answer = ask('POST /v1/things', as_='member', json={'name': 'boat', 'count': 2})
    assert answer.status_code == 201
    assert answer.headers['Location'] == '/v1/things/boat'
    assert answer.content_type == 'application/json'
    assert answer.get_json() == {'name': 'boat', 'note': None, 'count': 2}


def test_no_content_has_no_body_nor_type(ask: Ask) -> None:
    answer = ask('POST /v1/accounts/sign-off')
    assert answer.status_code == 204
    assert not answer.data
    assert 'Content-Type' not in answer.headers


def test_cookies_are_for_the_server_alone(ask: Ask) -> None:
    given = ask('GET /v1/accounts/sign-off').headers['Set-Cookie']
    assert given.startswith('c=v;')
    assert {'HttpOnly', 'Secure', 'SameSite=Lax', 'Max-Age=5', 'Path=/'} <= set(given.split('; '))
    cleared = ask('POST /v1/accounts/sign-off').headers['Set-Cookie']
    assert 'Max-Age=0' in cleared


def test_move_is_permanent_and_empty(ask: Ask) -> None:
    answer = ask('GET /v1/odd/moved')
    assert (answer.status_code, answer.headers['Location']) == (301, '/v1/things')
    assert not answer.data and 'Content-Type' not in answer.headers
    assert answer.headers['Cache-Control'] == 'no-cache'


def test_stream_is_sent_piece_by_piece(ask: Ask) -> None:
    answer = ask('GET /v1/odd/stream', buffered=False)
    assert answer.data == b'one two'
    assert answer.content_type.startswith('text/plain')


def test_stream_is_not_begun_for_head(ask: Ask) -> None:
    assert ask('HEAD /v1/odd/stream').data == b''

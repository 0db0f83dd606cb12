from typing import Any
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from talelio_backend.app_account.use_cases import UseCases
from talelio_backend.bootstrap import make_flask
from talelio_backend.shared.domain.errors import Busy
from tests.conftest import MakeHouse
from tests.fakes import FakeClock
from tests.integration.app_account.conftest import PASSWORD, AddAccount
from tests.integration.app_account.presentation.conftest import As, Headers


def _login(client: FlaskClient, **changed: Any) -> TestResponse:
    values = {'username': 'ann', 'password': PASSWORD} | changed
    return client.post('/v1/accounts/login', json=values)


def _code(response: TestResponse) -> str:
    assert response.json is not None
    return str(response.json['code'])


def _cookie(client: FlaskClient) -> str | None:
    cookie = client.get_cookie('refresh_token', path='/v1/accounts')
    return cookie.value if cookie else None


@pytest.fixture(name='member')
def _member(add_account: AddAccount) -> None:
    add_account('ann')


@pytest.mark.usefixtures('member')
def test_access_token_comes_in_the_body_and_refresh_token_in_the_cookie(
        client: FlaskClient) -> None:
    response = _login(client)
    assert response.status_code == 200
    assert response.json is not None
    assert set(response.json) == {'access_token', 'token_type', 'expires_in'}
    assert (response.json['token_type'], response.json['expires_in']) == ('Bearer', 600)
    header = response.headers['Set-Cookie']
    for part in ('HttpOnly', 'SameSite=Lax', 'Path=/v1/accounts', 'Max-Age=604800'):
        assert part in header.split('; ')
    assert 'Secure' not in header and 'Domain' not in header
    assert 'no-store' in response.headers['Cache-Control']


@pytest.mark.usefixtures('member')
def test_cookie_goes_with_its_session(client: FlaskClient, clock: FakeClock) -> None:
    _login(client)
    for _ in range(5):
        clock.advance(days=6, hours=-1)
        renewed = client.post('/v1/accounts/token')
    left = 30 * 86400 - 5 * (6 * 86400 - 3600)
    assert f'Max-Age={left}' in renewed.headers['Set-Cookie'].split('; ')


def test_cookie_is_secure_and_for_a_domain_where_the_settings_say_so(make_house: MakeHouse,
                                                                     clock: FakeClock,
                                                                     services: UseCases) -> None:
    del services
    house = make_house(clock=clock,
                       settings={
                           'env': 'production',
                           'cookie_domain': 'site.example'
                       })
    client = make_flask(house).test_client()
    header = client.post('/v1/accounts/logout').headers['Set-Cookie']
    assert 'Secure' in header and 'Domain=site.example' in header


@pytest.mark.usefixtures('member')
def test_flow_of_tokens_from_login_to_logout(client: FlaskClient, clock: FakeClock) -> None:
    first = _login(client).json
    assert first is not None
    old = {'Authorization': f"Bearer {first['access_token']}"}
    assert client.get('/v1/me', headers=old).status_code == 200
    clock.advance(seconds=605)
    expired = client.get('/v1/me', headers=old)
    assert (expired.status_code, _code(expired)) == (403, 'token_expired')
    assert expired.headers['WWW-Authenticate'] == 'Bearer error="invalid_token"'
    before = _cookie(client)
    renewed = client.post('/v1/accounts/token')
    assert renewed.status_code == 200 and renewed.json is not None
    assert _cookie(client) != before
    new = {'Authorization': f"Bearer {renewed.json['access_token']}"}
    assert client.get('/v1/me', headers=new).status_code == 200
    assert client.post('/v1/accounts/logout').status_code == 204
    assert _cookie(client) is None
    ended = client.get('/v1/me', headers=new)
    assert (ended.status_code, _code(ended)) == (403, 'token_invalid')
    client.set_cookie('refresh_token', before or '', path='/v1/accounts')
    assert _code(client.post('/v1/accounts/token')) == 'refresh_token_invalid'


@pytest.mark.usefixtures('member')
def test_wrong_password_and_unknown_account_are_answered_alike(client: FlaskClient) -> None:
    wrong, unknown = _login(client, password='wrong'), _login(client, username='nobody')
    assert wrong.status_code == unknown.status_code == 401
    differing = ('X-Request-Id', 'RateLimit', 'Date')
    assert [(k, v) for k, v in wrong.headers
            if k not in differing] == [(k, v) for k, v in unknown.headers if k not in differing]
    assert wrong.json is not None and unknown.json is not None
    assert wrong.json | {'request_id': ''} == unknown.json | {'request_id': ''}
    assert wrong.headers['WWW-Authenticate'] == 'Bearer'


@pytest.mark.parametrize('body', [{'password': 'x'},
                                  {'email': 'a@b.org', 'username': 'a', 'password': 'x'},
                                  {'username': 'a'}])  # yapf: disable
def test_exactly_one_name_is_wanted(client: FlaskClient, body: dict[str, str]) -> None:
    assert client.post('/v1/accounts/login', json=body).status_code == 422


@pytest.mark.usefixtures('member')
def test_sixth_failure_makes_wait_alike_for_unknown_accounts(client: FlaskClient) -> None:
    for name in ('ann', 'nobody'):
        for _ in range(6):
            last = _login(client, username=name, password='wrong')
        assert last.status_code in (401, 429)
        refused = _login(client, username=name)
        assert (refused.status_code, _code(refused)) == (429, 'too_many_attempts')
        assert int(refused.headers['Retry-After']) >= 1


@pytest.mark.usefixtures('member')
def test_blocked_account_is_told_after_the_right_password_alone(client: FlaskClient,
                                                                services: UseCases) -> None:
    services.administration.block(username='ann')
    assert _code(_login(client, password='wrong')) == 'invalid_credentials'
    refused = _login(client)
    assert (refused.status_code, _code(refused)) == (403, 'account_blocked')


@pytest.mark.usefixtures('member')
def test_hash_that_waits_too_long_is_busy(client: FlaskClient,
                                          monkeypatch: pytest.MonkeyPatch) -> None:

    def busy(*_arguments: object) -> bool:
        raise Busy()

    monkeypatch.setattr('talelio_backend.app_account.data.argon2_hasher.Argon2Hasher.verify', busy)
    refused = _login(client)
    assert (refused.status_code, _code(refused)) == (503, 'busy')


def test_nobody_signs_in_without_the_store(make_house: MakeHouse) -> None:
    house = make_house(settings={'redis_url': 'redis://127.0.0.1:1/0'})
    refused = _login(make_flask(house).test_client())
    assert (refused.status_code, _code(refused)) == (503, 'session_store_unavailable')
    assert refused.headers['Retry-After'] == '5'


def test_missing_and_unknown_cookies_are_told_apart_and_cleared(client: FlaskClient) -> None:
    missing = client.post('/v1/accounts/token')
    client.set_cookie('refresh_token', f'rt_{uuid4().hex}.{"x" * 43}', path='/v1/accounts')
    unknown = client.post('/v1/accounts/token')
    assert (_code(missing), _code(unknown)) == ('refresh_token_missing', 'refresh_token_invalid')
    for refused in (missing, unknown):
        assert refused.status_code == 401
        assert 'Max-Age=0' in refused.headers['Set-Cookie']
        assert 'Path=/v1/accounts' in refused.headers['Set-Cookie']
        assert refused.headers['Cache-Control'] == 'private, no-store'


@pytest.mark.usefixtures('member')
def test_stolen_token_clears_the_cookie_and_ends_the_session(client: FlaskClient) -> None:
    login = _login(client).json
    stolen = _cookie(client)
    for _ in range(2):
        client.post('/v1/accounts/token')
    thief = client.application.test_client()
    thief.set_cookie('refresh_token', stolen or '', path='/v1/accounts')
    refused = thief.post('/v1/accounts/token')
    assert (refused.status_code, _code(refused)) == (401, 'refresh_token_invalid')
    assert 'Max-Age=0' in refused.headers['Set-Cookie']
    assert client.post('/v1/accounts/token').status_code == 401
    assert login is not None
    dead = client.get('/v1/me', headers={'Authorization': f"Bearer {login['access_token']}"})
    assert _code(dead) == 'token_invalid'


@pytest.mark.usefixtures('member')
def test_cookie_that_came_along_to_a_login_is_ended(client: FlaskClient) -> None:
    first = _login(client).json
    _login(client)
    assert first is not None
    dead = client.get('/v1/me', headers={'Authorization': f"Bearer {first['access_token']}"})
    assert _code(dead) == 'token_invalid'


def test_bearer_alone_is_enough_to_log_out(client: FlaskClient, ann: Headers) -> None:
    assert client.post('/v1/accounts/logout', headers=ann).status_code == 204
    assert _code(client.get('/v1/me', headers=ann)) == 'token_invalid'


@pytest.mark.usefixtures('member')
@pytest.mark.parametrize('path', ['/v1/accounts/logout', '/v1/accounts/token'])
def test_live_cookie_is_enough_beside_a_bad_bearer(client: FlaskClient, path: str) -> None:
    _login(client)
    answer = client.post(path, headers={'Authorization': 'Bearer nonsense'})
    assert answer.status_code in (200, 204)


def test_logging_out_again_or_as_nobody_is_204(client: FlaskClient) -> None:
    for cookie in ('', 'rubbish', f'rt_{uuid4().hex}.{"x" * 43}'):
        client.set_cookie('refresh_token', cookie, path='/v1/accounts')
        assert client.post('/v1/accounts/logout').status_code == 204


@pytest.mark.parametrize(('method', 'path'), [('GET', '/v1/me/sessions'),
                                              ('DELETE', '/v1/me/sessions'),
                                              ('DELETE', f'/v1/me/sessions/{UUID(int=1)}')])
def test_stranger_has_no_sessions(client: FlaskClient, method: str, path: str) -> None:
    refused = client.open(path, method=method)
    assert (refused.status_code, _code(refused)) == (401, 'credentials_required')


def test_sessions_are_listed_and_ended(client: FlaskClient, ann: Headers, bearer: As) -> None:
    other = bearer('ann')
    listed = client.get('/v1/me/sessions', headers=ann).json
    assert listed is not None
    assert [session['current'] for session in listed['sessions']] == [False, True]
    assert set(listed['sessions'][0]) == {
        'id', 'device', 'ip', 'created_at', 'last_used_at', 'expires_at', 'current', 'kind'
    }
    ended = listed['sessions'][0]['id']
    for status in (204, 404):
        path = f'/v1/me/sessions/{ended}'
        assert client.delete(path, headers=ann).status_code == status
    assert client.get('/v1/me', headers=other).status_code == 403
    assert client.get('/v1/me', headers=ann).status_code == 200
    assert client.get('/v1/me/sessions?sort=ip_asc', headers=ann).status_code == 400


def test_session_of_another_is_not_found(client: FlaskClient, ann: Headers, boss: Headers) -> None:
    me = client.get('/v1/me', headers=ann).json
    assert me is not None
    refused = client.delete(f"/v1/me/sessions/{me['session_id']}", headers=boss)
    assert (refused.status_code, _code(refused)) == (404, 'session_not_found')


def test_all_sessions_end_but_the_present_one_if_wanted(client: FlaskClient, ann: Headers,
                                                        bearer: As) -> None:
    other = bearer('ann')
    path = '/v1/me/sessions'
    assert client.delete(f'{path}?keep_current=true', headers=ann).status_code == 204
    assert client.get('/v1/me', headers=other).status_code == 403
    assert client.delete(path, headers=ann).status_code == 204
    assert client.get('/v1/me', headers=ann).status_code == 403


def test_password_stands_in_no_problem(client: FlaskClient) -> None:
    for body in ({'username': 'ann', 'password': 'hunter2hunter2'},
                 {'username': 1, 'password': 'hunter2hunter2'},
                 {'password': 'hunter2hunter2'}):  # yapf: disable
        assert b'hunter2' not in client.post('/v1/accounts/login', json=body).data

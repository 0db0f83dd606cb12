from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.test import TestResponse

from talelio_backend.bootstrap import House
from tests.integration.app_account.presentation.conftest import As, Headers

SESSIONS = '/v1/users/ann/sessions'
PLACES = [('GET', SESSIONS), ('DELETE', SESSIONS), ('DELETE', f'{SESSIONS}/{UUID(int=1)}')]


def _code(response: TestResponse) -> tuple[int, str]:
    assert response.json is not None
    return response.status_code, str(response.json['code'])


@pytest.mark.parametrize(('method', 'path'), PLACES)
def test_stranger_is_refused(client: FlaskClient, method: str, path: str) -> None:
    assert _code(client.open(path, method=method)) == (401, 'credentials_required')


def test_member_is_refused(client: FlaskClient, ann: Headers) -> None:
    for method, path in PLACES:
        refused = client.open(path, method=method, headers=ann)
        assert _code(refused) == (403, 'not_permitted')


def test_administrator_sees_what_the_member_sees(client: FlaskClient, boss: Headers, ann: Headers,
                                                 bearer: As) -> None:
    bearer('ann')
    listed = client.get(f'{SESSIONS}?sort=created_at_asc', headers=boss)
    own = client.get('/v1/me/sessions?sort=created_at_asc', headers=ann)
    assert listed.json is not None and own.json is not None
    assert listed.headers['Cache-Control'] == 'private, no-store'
    assert {s['id'] for s in listed.json['sessions']} == {s['id'] for s in own.json['sessions']}
    assert [s['current'] for s in listed.json['sessions']] == [False, False]
    mine = client.get('/v1/users/boss/sessions', headers=boss).json
    assert mine is not None and [s['current'] for s in mine['sessions']] == [True]
    assert _code(client.get(f'{SESSIONS}?sort=ip_asc', headers=boss)) == (400, 'bad_request')


def test_administrator_ends_one_session(client: FlaskClient, house: House, boss: Headers,
                                        ann: Headers, bearer: As) -> None:
    other = bearer('ann')
    me = client.get('/v1/me', headers=ann).json
    assert me is not None
    path = f"{SESSIONS}/{me['session_id']}"
    foreign = client.delete(f"/v1/users/boss/sessions/{me['session_id']}", headers=boss)
    assert _code(foreign) == (404, 'session_not_found')
    assert client.delete(path, headers=boss).status_code == 204
    assert _code(client.delete(path, headers=boss)) == (404, 'session_not_found')
    assert _code(client.get('/v1/me', headers=ann)) == (403, 'token_invalid')
    assert client.get('/v1/me', headers=other).status_code == 200
    admin = client.get('/v1/me', headers=boss).json
    with house.kernel.engine.begin() as connection:
        row = connection.execute(
            text('SELECT actor_id, target_id FROM activity '
                 "WHERE action = 'session_ended'")).one()
    assert admin is not None
    assert (str(row.actor_id), row.target_id) == (admin['id'], me['session_id'])


def test_administrator_ends_all_sessions(client: FlaskClient, boss: Headers, ann: Headers,
                                         bearer: As) -> None:
    other = bearer('ann')
    assert client.delete(SESSIONS, headers=boss).status_code == 204
    for token in (ann, other):
        assert _code(client.get('/v1/me', headers=token)) == (403, 'token_invalid')
    second = bearer('boss')
    own = '/v1/users/boss/sessions'
    assert client.delete(f'{own}?keep_current=true', headers=boss).status_code == 204
    assert client.get('/v1/me', headers=second).status_code == 403
    assert client.get('/v1/me', headers=boss).status_code == 200


def test_sessions_of_nobody_are_not_found(client: FlaskClient, boss: Headers) -> None:
    path = '/v1/users/nobody/sessions'
    for refused in (client.get(path, headers=boss), client.delete(path, headers=boss),
                    client.delete(f'{path}/{uuid4()}', headers=boss)):
        assert _code(refused) == (404, 'user_not_found')

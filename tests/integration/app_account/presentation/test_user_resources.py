from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.test import TestResponse

from talelio_backend.app_account.use_cases import UseCases
from talelio_backend.bootstrap import House
from talelio_backend.shared.domain.access import Level
from tests.integration.app_account.conftest import AddAccount
from tests.integration.app_account.presentation.conftest import As, Headers

ME = {
    'id', 'email', 'verified', 'verified_at', 'level', 'blocked', 'language', 'has_password',
    'totp_enabled', 'created_at', 'updated_at', 'username', 'display_name', 'location', 'bio',
    'avatar_url', 'first_name', 'last_name', 'birth_date', 'country', 'city', 'session_id',
    'assumed_by'
}
ROW = ME - {'session_id', 'assumed_by'} | {'last_seen_at'}


def _code(response: TestResponse) -> str:
    assert response.json is not None
    return str(response.json['code'])


@pytest.mark.parametrize(('method', 'path', 'body'), [
    ('GET', '/v1/me', None),
    ('PATCH', '/v1/me', {'bio': 'x'}),
    ('GET', '/v1/users', None),
    ('PUT', '/v1/users/ann/level', {'level': 'admin'}),
    ('PUT', '/v1/users/ann/block', {}),
    ('DELETE', '/v1/users/ann/block', None),
])  # yapf: disable
def test_stranger_is_refused(client: FlaskClient, method: str, path: str, body: Any) -> None:
    refused = client.open(path, method=method, json=body)
    assert (refused.status_code, _code(refused)) == (401, 'credentials_required')


@pytest.mark.parametrize(('method', 'path', 'body'), [
    ('GET', '/v1/users', None),
    ('GET', '/v1/users?sort_options=only', None),
    ('PUT', '/v1/users/ann/level', {'level': 'admin'}),
    ('PUT', '/v1/users/ann/block', {}),
    ('DELETE', '/v1/users/ann/block', None),
])  # yapf: disable
def test_member_does_not_administer(client: FlaskClient, ann: Headers, method: str, path: str,
                                    body: Any) -> None:
    refused = client.open(path, method=method, json=body, headers=ann)
    assert (refused.status_code, _code(refused)) == (403, 'not_permitted')


def test_me_is_account_and_user_in_one(client: FlaskClient, ann: Headers) -> None:
    response = client.get('/v1/me', headers=ann)
    assert response.json is not None
    assert set(response.json) == ME
    assert (response.json['username'], response.json['assumed_by']) == ('ann', None)
    assert response.headers['Cache-Control'] == 'private, no-store'


def test_unverified_member_edits_the_profile(client: FlaskClient, add_account: AddAccount,
                                             bearer: As) -> None:
    add_account('bob', verified=False)
    response = client.patch('/v1/me',
                            headers=bearer('bob'),
                            json={
                                'bio': ' one\r\ntwo ',
                                'birth_date': '2000-02-29',
                                'country': 'FIN'
                            })
    assert response.status_code == 200 and response.json is not None
    assert response.json['bio'] == 'one\ntwo'
    assert (response.json['birth_date'], response.json['country']) == ('2000-02-29', 'FIN')


def test_edit_is_recorded_with_what_changed(client: FlaskClient, house: House,
                                            ann: Headers) -> None:
    for _ in range(2):
        client.patch('/v1/me', headers=ann, json={'location': 'Oulu', 'birth_date': '2000-02-29'})
    with house.kernel.engine.begin() as connection:
        (changes, ) = connection.scalars(
            text("SELECT changes FROM activity WHERE action = 'profile_updated'")).all()
    assert changes == {
        'location': {
            'before': '',
            'after': 'Oulu'
        },
        'birth_date': {
            'before': None,
            'after': '2000-02-29'
        }
    }


REFUSED_EDITS: list[dict[str, Any]] = [
    {}, {'email': 'x@example.org'}, {'username': 'x'}, {'level': 'admin'}, {'password': 'x'},
    {'country': 'XX'}, {'display_name': 'x' * 81}, {'avatar_url': 'javascript:1'},
    {'language': None}, {'birth_date': '2999-01-01'}
]  # yapf: disable


@pytest.mark.parametrize('body', REFUSED_EDITS)
def test_other_edits_are_422(client: FlaskClient, ann: Headers, body: dict[str, Any]) -> None:
    assert client.patch('/v1/me', headers=ann, json=body).status_code == 422


def test_blocked_account_sees_itself_and_edits_nothing(client: FlaskClient, ann: Headers,
                                                       services: UseCases) -> None:
    services.administration.block(username='ann')
    me = client.get('/v1/me', headers=ann)
    assert me.json is not None and me.json['blocked']
    refused = client.patch('/v1/me', headers=ann, json={'bio': 'x'})
    assert (refused.status_code, _code(refused)) == (403, 'account_blocked')


def test_user_is_public_and_cached_by_its_tag(client: FlaskClient, ann: Headers) -> None:
    response = client.get('/v1/users/ANN')
    assert response.json is not None
    assert set(response.json) == {
        'id', 'username', 'display_name', 'location', 'bio', 'avatar_url', 'created_at'
    }
    tag = {'If-None-Match': response.headers['ETag']}
    assert client.get('/v1/users/ann', headers=tag).status_code == 304
    client.patch('/v1/me', headers=ann, json={'bio': 'x'})
    assert client.get('/v1/users/ann', headers=tag).status_code == 200
    missing = client.get('/v1/users/nobody')
    assert (missing.status_code, _code(missing)) == (404, 'user_not_found')


def test_admin_sees_the_whole_account(client: FlaskClient, ann: Headers, boss: Headers) -> None:
    seen = client.get('/v1/users/ann', headers=boss)
    assert seen.json is not None and set(seen.json) == ROW
    assert seen.headers['Cache-Control'] == 'private, no-store'
    public = client.get('/v1/users/ann', headers=ann)
    assert public.json is not None and 'email' not in public.json


@pytest.mark.usefixtures('ann')
def test_users_are_listed_both_ways(client: FlaskClient, boss: Headers) -> None:
    first = client.get('/v1/users?limit=1', headers=boss)
    assert first.json is not None
    assert set(first.json) == {'users', 'sort', 'sort_options', 'next'}
    assert set(first.json['users'][0]) == ROW
    after = client.get(f"/v1/users?limit=1&cursor={first.json['next']}", headers=boss)
    assert after.json is not None and after.json['next'] is None
    paged = client.get('/v1/users?page=1&limit=1&level=member', headers=boss)
    assert paged.headers['X-Total-Count'] == '1'
    assert paged.headers['Cache-Control'] == 'private, no-store'


@pytest.mark.parametrize('query', [
    'sort=email', 'level=king', 'verified=perhaps', 'since=today', 'since=2026-01-01T00:00:00',
    'q=%00', 'cursor=x', 'limit=101'
])
def test_query_that_cannot_be_read_is_400(client: FlaskClient, boss: Headers, query: str) -> None:
    refused = client.get(f'/v1/users?{query}', headers=boss)
    assert (refused.status_code, _code(refused)) == (400, 'bad_request')


def test_changed_level_holds_from_the_next_request(client: FlaskClient, ann: Headers,
                                                   boss: Headers) -> None:
    raised = client.put('/v1/users/ANN/level', headers=boss, json={'level': 'admin'})
    assert raised.status_code == 200 and raised.json is not None
    assert set(raised.json) == ROW and raised.json['level'] == 'admin'
    assert client.get('/v1/users', headers=ann).status_code == 200
    client.put('/v1/users/boss/level', headers=ann, json={'level': 'member'})
    assert client.get('/v1/users', headers=boss).status_code == 403
    last = client.put('/v1/users/ann/level', headers=ann, json={'level': 'member'})
    assert (last.status_code, _code(last)) == (409, 'last_admin')


def test_blocked_account_is_everyone_until_it_is_unblocked(client: FlaskClient, ann: Headers,
                                                           boss: Headers) -> None:
    for _ in range(2):
        blocked = client.put('/v1/users/ann/block', headers=boss, json={'reason': 'spam'})
        assert blocked.status_code == 200 and blocked.json is not None and blocked.json['blocked']
    assert _code(client.get('/v1/me/sessions', headers=ann)) == 'account_blocked'
    freed = client.delete('/v1/users/ann/block', headers=boss)
    assert freed.json is not None and not freed.json['blocked']
    listed = client.get('/v1/me/sessions', headers=ann)
    assert listed.json is not None and listed.json['sessions'] == []


def test_nobody_blocks_themselves_or_nobody(client: FlaskClient, boss: Headers) -> None:
    own = client.put('/v1/users/boss/block', headers=boss)
    assert (own.status_code, _code(own)) == (409, 'own_account')
    missing = client.put('/v1/users/nobody/block', headers=boss)
    assert (missing.status_code, _code(missing)) == (404, 'user_not_found')
    assert client.delete('/v1/users/nobody/block', headers=boss).status_code == 404
    long = client.put('/v1/users/boss/block', headers=boss, json={'reason': 'x' * 501})
    assert long.status_code == 422
    assert client.put('/v1/users/nobody/level', headers=boss, json={
        'level': 'admin'
    }).status_code == 404


def test_level_is_member_or_admin(client: FlaskClient, boss: Headers) -> None:
    for level in ('everyone', 'logged_out', 2, None):
        refused = client.put('/v1/users/boss/level', headers=boss, json={'level': level})
        assert refused.status_code == 422


def test_unverified_admin_changes_nothing(client: FlaskClient, add_account: AddAccount,
                                          bearer: As) -> None:
    add_account('king', verified=False, level=Level.ADMIN)
    king = bearer('king')
    assert client.get('/v1/users', headers=king).status_code == 200
    refused = client.put('/v1/users/king/level', headers=king, json={'level': 'admin'})
    assert (refused.status_code, _code(refused)) == (403, 'email_not_verified')

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.test import TestResponse

from talelio_backend.app_account.adapters import Adapters
from talelio_backend.app_account.use_cases import UseCases
from talelio_backend.bootstrap import House
from talelio_backend.shared.domain.access import Level
from tests.fakes import FakeClock
from tests.integration.app_account.conftest import HOME, AddAccount, SignIn
from tests.integration.app_account.presentation.conftest import Headers
from tests.statements import recorded

_ROWS = text('SELECT action, actor_id, impersonator_id FROM activity WHERE action = :action')


def _code(response: TestResponse) -> tuple[int, str]:
    assert response.json is not None
    return response.status_code, str(response.json['code'])


def _id(client: FlaskClient, who: Headers) -> str:
    me = client.get('/v1/me', headers=who).json
    assert me is not None
    return str(me['id'])


Assume = Callable[[], Headers]


@pytest.fixture(name='assume')
def _assume(client: FlaskClient, boss: Headers) -> Assume:
    """The headers with which ``boss`` acts as ``ann``."""

    def headers() -> Headers:
        given = client.post('/v1/users/ann/assume', headers=boss).json
        assert given is not None
        return {'Authorization': f"Bearer {given['access_token']}"}

    return headers


@pytest.mark.parametrize('path', ['/v1/users/ann/assume', '/v1/accounts/return'])
def test_stranger_is_refused(client: FlaskClient, path: str) -> None:
    assert _code(client.post(path)) == (401, 'credentials_required')


@pytest.mark.usefixtures('boss')
def test_member_assumes_nobody(client: FlaskClient, ann: Headers, add_account: AddAccount) -> None:
    add_account('bob')
    for name in ('ann', 'bob', 'boss', 'nobody'):
        refused = client.post(f'/v1/users/{name}/assume', headers=ann)
        assert _code(refused) == (403, 'not_permitted')


@pytest.mark.usefixtures('ann')
def test_assumed_token_comes_alone(client: FlaskClient, boss: Headers) -> None:
    given = client.post('/v1/users/ANN/assume', headers=boss)
    assert given.status_code == 200 and given.json is not None
    assert set(given.json) == {'access_token', 'token_type', 'expires_in', 'user'}
    assert (given.json['token_type'], given.json['expires_in']) == ('Bearer', 900)
    assert given.json['user'] == client.get('/v1/users/ann').json
    assert 'Set-Cookie' not in given.headers
    assert 'no-store' in given.headers['Cache-Control']


def test_administrator_acts_as_the_member_and_stays_signed_in(client: FlaskClient, boss: Headers,
                                                              ann: Headers,
                                                              assume: Assume) -> None:
    assumed = assume()
    me = client.get('/v1/me', headers=assumed).json
    assert me is not None
    assert (me['username'], me['level']) == ('ann', 'member')
    assert me['assumed_by'] == {'id': _id(client, boss), 'username': 'boss'}
    assert _code(client.get('/v1/users', headers=assumed)) == (403, 'not_permitted')
    assert client.get('/v1/users', headers=boss).status_code == 200
    for own in (ann, boss):
        mine = client.get('/v1/me', headers=own).json
        assert mine is not None and mine['assumed_by'] is None


@pytest.mark.usefixtures('ann')
def test_nobody_assumes_from_an_assumed_session(client: FlaskClient, assume: Assume,
                                                add_account: AddAccount) -> None:
    add_account('bob')
    refused = client.post('/v1/users/bob/assume', headers=assume())
    assert _code(refused) == (403, 'not_permitted')


@pytest.mark.usefixtures('ann')
def test_what_cannot_be_assumed(client: FlaskClient, boss: Headers, add_account: AddAccount,
                                services: UseCases) -> None:
    add_account('king', level=Level.ADMIN)
    for name in ('king', 'boss'):
        refused = client.post(f'/v1/users/{name}/assume', headers=boss)
        assert _code(refused) == (403, 'not_permitted')
    services.administration.block(username='ann')
    assert _code(client.post('/v1/users/ann/assume', headers=boss)) == (409, 'account_blocked')
    missing = client.post('/v1/users/nobody/assume', headers=boss)
    assert _code(missing) == (404, 'user_not_found')


def test_activity_names_both(client: FlaskClient, house: House, boss: Headers, ann: Headers,
                             assume: Assume) -> None:
    member, admin = _id(client, ann), _id(client, boss)
    assumed = assume()
    client.patch('/v1/me', headers=assumed, json={'bio': 'x'})
    client.post('/v1/accounts/return', headers=assumed)
    with house.kernel.engine.begin() as connection:
        seen = {
            action: [(str(row.actor_id), str(row.impersonator_id))
                     for row in connection.execute(_ROWS, {'action': action})]
            for action in ('user_assumed', 'profile_updated', 'user_left')
        }
    assert seen == {
        'user_assumed': [(admin, 'None')],
        'profile_updated': [(member, admin)],
        'user_left': [(member, admin)]
    }


def test_return_ends_the_assumed_session_at_once(client: FlaskClient, boss: Headers, ann: Headers,
                                                 assume: Assume) -> None:
    assumed = assume()
    assert client.post('/v1/accounts/return', headers=assumed).status_code == 204
    assert _code(client.get('/v1/me', headers=assumed)) == (403, 'token_invalid')
    assert _code(client.post('/v1/accounts/return', headers=assumed)) == (403, 'token_invalid')
    for own in (ann, boss):
        assert client.get('/v1/me', headers=own).status_code == 200
        assert _code(client.post('/v1/accounts/return', headers=own)) == (409, 'not_assumed')


@pytest.mark.usefixtures('boss')
def test_unverified_member_is_left(client: FlaskClient, add_account: AddAccount,
                                   assume: Assume) -> None:
    add_account('ann', verified=False)
    assert client.post('/v1/accounts/return', headers=assume()).status_code == 204


@pytest.mark.usefixtures('ann')
def test_assumed_session_lives_900_seconds_and_the_own_one_goes_on(client: FlaskClient,
                                                                   assume: Assume,
                                                                   clock: FakeClock) -> None:
    assumed = assume()
    clock.advance(seconds=899)
    assert client.get('/v1/me', headers=assumed).status_code == 200
    clock.advance(seconds=7)
    assert _code(client.get('/v1/me', headers=assumed)) == (403, 'token_expired')


FATES: dict[str, Callable[[UseCases], Any]] = {
    'the administrator loses the level':
    lambda services: services.administration.set_level(username='boss', level=Level.MEMBER),
    'the administrator is blocked':
    lambda services: services.administration.block(username='boss'),
    'the member is blocked':
    lambda services: services.administration.block(username='ann'),
    'the member becomes an administrator':
    lambda services: services.administration.set_level(username='ann', level=Level.ADMIN),
    'the sessions of the administrator end':
    lambda services: services.administration.end_sessions(username='boss'),
    'the sessions of the member end':
    lambda services: services.administration.end_sessions(username='ann'),
    'every session ends':
    lambda services: services.administration.end_all_sessions(),
}  # yapf: disable


@pytest.mark.usefixtures('ann')
@pytest.mark.parametrize('fate', FATES)
def test_assumed_session_dies_with_what_it_stands_on(client: FlaskClient, services: UseCases,
                                                     add_account: AddAccount, assume: Assume,
                                                     fate: str) -> None:
    add_account('king', level=Level.ADMIN)
    assumed = assume()
    assert client.get('/v1/me', headers=assumed).status_code == 200
    FATES[fate](services)
    assert _code(client.get('/v1/me', headers=assumed)) == (403, 'token_invalid')


@pytest.mark.usefixtures('ann')
@pytest.mark.parametrize('name', ['boss', 'ann'])
def test_nothing_brings_a_dead_assumed_session_back(client: FlaskClient, services: UseCases,
                                                    add_account: AddAccount, assume: Assume,
                                                    name: str) -> None:
    add_account('king', level=Level.ADMIN)
    first = assume()
    services.administration.block(username=name)
    services.administration.unblock(username=name)
    assert _code(client.get('/v1/me', headers=first)) == (403, 'token_invalid')


@pytest.mark.usefixtures('ann')
def test_level_that_comes_back_brings_no_assumed_session_back(client: FlaskClient,
                                                              services: UseCases,
                                                              add_account: AddAccount,
                                                              assume: Assume) -> None:
    add_account('king', level=Level.ADMIN)
    assumed = assume()
    for level in (Level.MEMBER, Level.ADMIN):
        services.administration.set_level(username='boss', level=level)
    assert _code(client.get('/v1/me', headers=assumed)) == (403, 'token_invalid')


@pytest.mark.usefixtures('ann')
def test_signing_out_ends_what_was_assumed(client: FlaskClient, boss: Headers,
                                           assume: Assume) -> None:
    assumed = assume()
    assert client.post('/v1/accounts/logout', headers=boss).status_code == 204
    assert _code(client.get('/v1/me', headers=assumed)) == (403, 'token_invalid')


def test_member_sees_and_ends_the_assumed_session(client: FlaskClient, boss: Headers, ann: Headers,
                                                  assume: Assume) -> None:

    def kinds() -> list[str]:
        listed = client.get('/v1/me/sessions?sort=created_at_asc', headers=ann).json
        assert listed is not None
        return sorted(session['kind'] for session in listed['sessions'])

    first = assume()
    assert kinds() == ['assumed', 'login']
    client.delete('/v1/me/sessions?keep_current=true', headers=ann)
    assert _code(client.get('/v1/me', headers=first)) == (403, 'token_invalid')
    assume()
    client.post('/v1/accounts/logout', headers=boss)
    assert kinds() == ['login']


@pytest.mark.usefixtures('ann')
def test_request_of_an_assumed_session_asks_no_more(client: FlaskClient, house: House,
                                                    boss: Headers, assume: Assume) -> None:
    assumed = assume()
    counts = []
    for headers in (boss, assumed):
        client.get('/v1/me', headers=headers)  # plans what is asked, once on a connection
        with recorded(house) as sent:
            client.get('/v1/me', headers=headers)
        counts.append(len(sent))
    assert counts[0] == counts[1]


def test_address_of_the_administrator_is_none_of_the_members(adapters: Adapters,
                                                             services: UseCases,
                                                             add_account: AddAccount,
                                                             sign_in: SignIn,
                                                             clock: FakeClock) -> None:
    boss, _ = add_account('boss', level=Level.ADMIN), add_account('ann')
    own = adapters.authenticator.read(sign_in('boss').access_token.text).content['session_id']
    services.assuming.assume(username='ann', by=boss.id, session_id=own, visitor=HOME)
    found = adapters.credentials.by_username('ann',
                                             ip=HOME.ip,
                                             known_since=clock.now().replace(year=2000))
    assert found is not None and not found.known_address


@pytest.mark.usefixtures('ann')
def test_requests_are_paid_for_by_the_administrator(adapters: Adapters, client: FlaskClient,
                                                    boss: Headers, assume: Assume) -> None:
    token = assume()['Authorization'].removeprefix('Bearer ')
    assert adapters.authenticator.read(token).subject == f'account:{_id(client, boss)}'


def test_token_that_hides_who_acts_opens_nothing(adapters: Adapters, client: FlaskClient,
                                                 clock: FakeClock, ann: Headers,
                                                 assume: Assume) -> None:
    claims = adapters.authenticator.read(assume()['Authorization'].removeprefix('Bearer ')).content
    forged = adapters.access_tokens.issue(account_id=claims['account_id'],
                                          session_id=claims['session_id'],
                                          epoch=claims['epoch'],
                                          now=clock.now(),
                                          until=clock.now().replace(year=2100))
    refused = client.get('/v1/me', headers={'Authorization': f'Bearer {forged.text}'})
    assert _code(refused) == (403, 'token_invalid')
    assert client.get('/v1/me', headers=ann).status_code == 200

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.test import TestResponse

from talelio_backend.app_account.adapters import Adapters
from talelio_backend.bootstrap import House, make_flask
from tests.conftest import MakeHouse
from tests.integration.app_account.conftest import PASSWORD, AddAccount

ANN = {'email': 'ann@example.org', 'username': 'Ann', 'password': PASSWORD}
CLIENT_URL = 'https://site.example/verify?token={token}'


def _register(client: FlaskClient, **changed: Any) -> TestResponse:
    return client.post('/v1/accounts/register', json=ANN | changed)


def _codes(response: TestResponse) -> list[tuple[str, str]]:
    assert response.json is not None
    return [(error['pointer'], error['code']) for error in response.json['errors']]


@pytest.fixture(name='token')
def _token(house: House, adapters: Adapters, add_account: AddAccount) -> str:
    add_account('ann', verified=False)
    with house.kernel.engine.begin() as connection:
        link_id = connection.scalar(text('SELECT id FROM link'))
    with adapters.open_uow() as uow:
        link = uow.links.get(link_id)
        assert link is not None
        token = adapters.link_tokens.token(link)
    assert token is not None
    return token


def test_stranger_registers_and_is_not_signed_in(client: FlaskClient) -> None:
    response = _register(client, language='fi', display_name='Ann')
    assert response.status_code == 201
    assert response.headers['Location'] == '/v1/users/Ann'
    assert 'no-store' in response.headers['Cache-Control']
    assert 'Set-Cookie' not in response.headers
    assert response.json is not None
    account, user = response.json['account'], response.json['user']
    assert set(account) == {
        'id', 'email', 'verified', 'verified_at', 'level', 'blocked', 'language', 'has_password',
        'totp_enabled', 'created_at', 'updated_at'
    }
    assert (account['level'], account['verified'], account['language']) == ('member', False, 'fi')
    assert (user['id'], user['username'], user['bio']) == (account['id'], 'Ann', '')


@pytest.mark.parametrize(('accepted', 'language'), [
    ('fi', 'fi'),
    ('sv, fi-FI;q=0.8, en;q=0.5', 'fi'),
    ('fi;q=0, sv', 'en'),
    ('*', 'en'),
])
def test_stranger_is_written_to_in_a_language_of_the_browser(client: FlaskClient, accepted: str,
                                                             language: str) -> None:
    response = client.post('/v1/accounts/register',
                           json=ANN,
                           headers={'Accept-Language': accepted})
    assert response.json is not None
    assert response.json['account']['language'] == language


def test_registration_leaves_one_activity_and_one_job(client: FlaskClient, house: House) -> None:
    response = _register(client)
    assert response.json is not None
    with house.kernel.engine.begin() as connection:
        rows = connection.execute(text('SELECT action, actor_id FROM activity')).all()
        assert [(row.action, str(row.actor_id))
                for row in rows] == [('account_registered', response.json['account']['id'])]
        jobs = connection.scalars(text('SELECT task_name FROM procrastinate_jobs')).all()
        assert jobs == ['accounts.send_mail']


def test_every_fault_is_named(client: FlaskClient) -> None:
    response = _register(client, email='x', username='me', password='short', language='xx')
    assert response.status_code == 422
    assert _codes(response) == [('/email', 'wrong_form'), ('/username', 'username_reserved'),
                                ('/password', 'too_short'), ('/language', 'not_an_option')]
    assert _codes(client.post('/v1/accounts/register',
                              json={'level': 'admin'})) == [('/email', 'required'),
                                                            ('/password', 'required'),
                                                            ('/username', 'required'),
                                                            ('/level', 'unknown_key')]


@pytest.mark.parametrize(('changed', 'code'), [({
    'username': 'bob'
}, 'email_taken'), ({
    'email': 'b@example.org'
}, 'username_taken')])
def test_taken_names_are_told(client: FlaskClient, changed: dict[str, str], code: str) -> None:
    _register(client)
    response = _register(client, **changed)
    assert response.status_code == 409
    assert response.json is not None and response.json['code'] == code


@pytest.mark.parametrize(('policy', 'code'), [
    ({
        'registration': 'closed'
    }, 'registration_closed'),
    ({
        'registration': 'allowlist',
        'whitelisted_emails': ('@other.org', )
    }, 'email_not_allowed'),
])
def test_policy_is_asked_before_the_database(make_house: MakeHouse, policy: dict[str, Any],
                                             code: str) -> None:
    house = make_house(settings=policy | {'database_url': 'postgresql://127.0.0.1:1/none'})
    response = _register(make_flask(house).test_client())
    assert response.status_code == 403
    assert response.json is not None and response.json['code'] == code


def test_second_mail_within_a_minute_is_too_many(make_house: MakeHouse) -> None:
    client = make_flask(make_house()).test_client()
    _register(client)
    for email in ('ann@example.org', 'nobody@example.org'):
        client.post('/v1/accounts/verify/resend', json={'email': email})
        response = client.post('/v1/accounts/verify/resend', json={'email': email.upper()})
        assert response.status_code == 429
        assert response.json is not None and response.json['code'] == 'too_many_mails'
        assert 0 < int(response.headers['Retry-After']) <= 60
    blocked = _register(client, email='nobody@example.org', username='nobody')
    assert blocked.status_code == 429


def test_strict_registration_answers_alike_for_a_taken_address(make_house: MakeHouse) -> None:
    settings = {'registration_strict': True, 'mail_limit': '10/minute'}
    client = make_flask(make_house(settings=settings)).test_client()
    first, second = _register(client), _register(client, username='bob')
    assert first.status_code == second.status_code == 202
    assert first.data == second.data == b'{"status":"accepted"}'
    assert _register(client, email='bob@example.org').status_code == 409


def test_link_is_redeemed_once(client: FlaskClient, token: str) -> None:
    first, second = (client.post('/v1/accounts/verify', json={'token': token}) for _ in range(2))
    assert first.status_code == 200
    assert first.json is not None and first.json['account']['verified']
    assert 'no-store' in first.headers['Cache-Control']
    assert second.status_code == 404
    assert second.json is not None and second.json['code'] == 'link_invalid'


def test_looking_at_the_page_uses_no_link_up(client: FlaskClient, token: str) -> None:
    pages = [client.get(f'/v1/accounts/verify/{shown}') for shown in (token, token, 'dead')]
    assert {page.status_code for page in pages} == {200}
    assert len({page.data for page in pages}) == 1
    assert b'<form method="post">' in pages[0].data
    assert b'<script' not in pages[0].data
    assert pages[0].content_type == 'text/html; charset=utf-8'
    assert pages[0].headers['Referrer-Policy'] == 'no-referrer'
    assert pages[0].headers['Cache-Control'] == 'no-store'


@pytest.mark.parametrize(
    'garbage', ['%00', 'a%00b', '%ff', '%ed%a0%80', '%0d%0a', '%20', '%2e%2e', 'x' * 5000])
def test_link_that_was_mangled_leads_to_the_page_too(client: FlaskClient, garbage: str) -> None:
    path = f'/v1/accounts/verify/{garbage}'
    shown, head, pressed = client.get(path), client.head(path), client.post(path)
    assert [answer.status_code for answer in (shown, head, pressed)] == [200, 200, 404]
    for answer in (shown, head, pressed):
        assert answer.content_type == 'text/html; charset=utf-8'


def test_button_of_the_page_verifies_once(client: FlaskClient, token: str) -> None:
    form = {'content_type': 'application/x-www-form-urlencoded'}
    answers = [client.post(f'/v1/accounts/verify/{token}', **form) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 404]
    assert all(answer.content_type.startswith('text/html') for answer in answers)


def test_page_without_referrer_may_post_its_form(client: FlaskClient, token: str) -> None:
    answer = client.post(f'/v1/accounts/verify/{token}', headers={'Origin': 'null'})
    assert answer.status_code == 200


def test_page_speaks_the_languages_of_the_browser(client: FlaskClient) -> None:
    finnish = client.get('/v1/accounts/verify/x', headers={'Accept-Language': 'sv, fi;q=0.8'})
    other = client.get('/v1/accounts/verify/x', headers={'Accept-Language': 'de'})
    assert finnish.headers['Content-Language'] == 'fi'
    assert 'sähköpostiosoit' in finnish.text
    assert other.headers['Content-Language'] == 'en'


def test_link_leads_on_to_the_client_where_it_has_a_page(make_house: MakeHouse) -> None:
    client = make_flask(make_house(settings={'client_verify_url': CLIENT_URL})).test_client()
    response = client.get('/v1/accounts/verify/a-b_c%22%26')
    assert response.status_code == 302
    assert response.headers['Location'] == 'https://site.example/verify?token=a-b_c%22%26'


def test_resend_answers_alike_for_every_address(client: FlaskClient, house: House,
                                                add_account: AddAccount) -> None:
    add_account('ann', verified=False)
    add_account('bob')
    with house.kernel.engine.begin() as connection:
        connection.execute(text('TRUNCATE procrastinate_jobs CASCADE'))
    answers = [
        client.post('/v1/accounts/verify/resend', json={'email': f'{name}@example.org'})
        for name in ('ann', 'bob', 'nobody')
    ]
    assert {(answer.status_code, answer.data)
            for answer in answers} == {(202, b'{"status":"accepted"}')}
    with house.kernel.engine.begin() as connection:
        assert connection.scalar(text('SELECT count(*) FROM procrastinate_jobs')) == 1
    assert client.post('/v1/accounts/verify/resend', json={'email': 'x'}).status_code == 422

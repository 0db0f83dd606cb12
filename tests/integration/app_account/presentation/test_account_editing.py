from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.test import TestResponse

from talelio_backend.bootstrap import House
from tests.fakes import FakeClock
from tests.integration.app_account.conftest import AddAccount
from tests.integration.app_account.presentation.conftest import Headers

PATH = '/v1/users/ann'
_JOBS = text("SELECT args FROM procrastinate_jobs WHERE args::text LIKE '%email_changed%'")


def _code(response: TestResponse) -> tuple[int, str]:
    assert response.json is not None
    return response.status_code, str(response.json['code'])


def test_only_administrators_edit_accounts(client: FlaskClient, ann: Headers) -> None:
    assert _code(client.patch(PATH, json={'bio': 'x'})) == (401, 'credentials_required')
    refused = client.patch(PATH, json={'bio': 'x'}, headers=ann)
    assert _code(refused) == (403, 'not_permitted')


@pytest.mark.usefixtures('ann')
def test_account_is_edited_and_found_under_its_new_name(client: FlaskClient, house: House,
                                                        boss: Headers) -> None:
    body = {'username': 'Anna', 'email': 'anna@example.org', 'city': 'Oulu'}
    edited = client.patch(PATH, json=body, headers=boss)
    assert edited.status_code == 200 and edited.json is not None
    assert {name: edited.json[name] for name in body} == body
    assert not edited.json['verified']
    assert client.get('/v1/users/anna').status_code == 200
    with house.kernel.engine.begin() as connection:
        (changes, ) = connection.scalars(
            text("SELECT changes FROM activity WHERE action = 'account_updated'")).all()
        (args, ) = connection.scalars(_JOBS).all()
    assert changes['username'] == {'before': 'ann', 'after': 'Anna'}
    assert set(changes) == {'username', 'email', 'city', 'verified'}
    assert 'ann@example.org' in str(args)


@pytest.mark.usefixtures('ann')
def test_administrator_says_what_is_verified(client: FlaskClient, boss: Headers) -> None:
    for wanted in (False, True):
        seen = client.patch(PATH, json={'verified': wanted}, headers=boss).json
        assert seen is not None and seen['verified'] is wanted
    moved = client.patch(PATH, json={'email': 'a@example.org', 'verified': True}, headers=boss)
    assert moved.json is not None and moved.json['verified']
    cased = client.patch(PATH, json={'email': 'A@example.org'}, headers=boss)
    assert cased.json is not None and cased.json['verified']


@pytest.mark.usefixtures('ann')
def test_what_is_taken_or_unknown_or_wrong_is_refused(client: FlaskClient, boss: Headers,
                                                      add_account: AddAccount) -> None:
    add_account('bob')
    cases: list[tuple[str, dict[str, Any], tuple[int, str]]] = [
        (PATH, {'email': 'BOB@example.org'}, (409, 'email_taken')),
        (PATH, {'username': 'BOB'}, (409, 'username_taken')),
        ('/v1/users/nobody', {'bio': 'x'}, (404, 'user_not_found')),
        (PATH, {}, (422, 'validation_failed')),
        (PATH, {'level': 'admin'}, (422, 'validation_failed')),
        (PATH, {'email': 'x', 'username': '', 'country': 'XX'}, (422, 'validation_failed')),
    ]  # yapf: disable
    for path, body, wanted in cases:
        assert _code(client.patch(path, json=body, headers=boss)) == wanted, body


@pytest.mark.usefixtures('ann')
def test_edit_of_what_changed_meanwhile_is_refused(client: FlaskClient, boss: Headers,
                                                   clock: FakeClock) -> None:
    tag = {'If-Match': client.get(PATH, headers=boss).headers['ETag']}
    clock.advance(seconds=1)
    assert client.patch(PATH, json={'bio': 'x'}, headers=boss | tag).status_code == 200
    late = client.patch(PATH, json={'bio': 'y'}, headers=boss | tag)
    assert _code(late) == (412, 'version_mismatch')

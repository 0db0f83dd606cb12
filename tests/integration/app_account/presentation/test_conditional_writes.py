"""Writes to accounts that name the version they decided on (If-Match)."""

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from talelio_backend.app_account.use_cases import UseCases
from talelio_backend.shared.domain.access import Level
from tests.fakes import FakeClock
from tests.integration.app_account.presentation.conftest import Headers
from tests.parallel import at_once


def _code(response: TestResponse) -> str:
    assert response.json is not None
    return str(response.json['code'])


def test_edit_of_an_account_that_changed_meanwhile_is_refused(client: FlaskClient, ann: Headers,
                                                              clock: FakeClock) -> None:
    read = client.get('/v1/me', headers=ann).headers['ETag']
    clock.advance(seconds=1)
    edited = client.patch('/v1/me', json={'bio': 'one'}, headers=ann | {'If-Match': read})
    assert edited.status_code == 200 and edited.headers['ETag'] != read
    clock.advance(seconds=1)
    late = client.patch('/v1/me', json={'bio': 'two'}, headers=ann | {'If-Match': read})
    assert (late.status_code, _code(late)) == (412, 'version_mismatch')
    assert late.headers['ETag'] == edited.headers['ETag']
    assert b'"one"' in client.get('/v1/me', headers=ann).data


@pytest.mark.usefixtures('ann')
@pytest.mark.parametrize('action', ['PUT level', 'PUT block', 'DELETE block'])
def test_administrator_decides_on_what_was_read(client: FlaskClient, boss: Headers,
                                                clock: FakeClock, services: UseCases,
                                                action: str) -> None:
    read = client.get('/v1/users/ann', headers=boss).headers['ETag']
    clock.advance(seconds=1)
    services.administration.set_level(username='ann', level=Level.ADMIN)
    method, _, what = action.partition(' ')
    body = {'level': 'member'} if what == 'level' else {}

    def decide(tag: str) -> TestResponse:
        return client.open(f'/v1/users/ann/{what}',
                           method=method,
                           json=body,
                           headers=boss | {'If-Match': tag})

    late = decide(read)
    assert (late.status_code, _code(late)) == (412, 'version_mismatch')
    assert late.headers['ETag'] != read
    assert decide(late.headers['ETag']).status_code == 200


def test_of_ten_edits_of_one_version_one_is_made(client: FlaskClient, ann: Headers,
                                                 clock: FakeClock) -> None:
    read = client.get('/v1/me', headers=ann).headers['ETag']
    clock.advance(seconds=1)
    app = client.application

    def edit(number: int) -> int:
        edited = app.test_client().patch('/v1/me',
                                         json={'bio': str(number)},
                                         headers=ann | {'If-Match': read})
        return edited.status_code

    assert sorted(at_once(10, edit)) == [200] + [412] * 9

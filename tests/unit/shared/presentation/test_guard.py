from dataclasses import replace
from uuid import uuid4

import pytest

from talelio_backend.shared.domain.access import Level
from talelio_backend.shared.presentation.declaration import Declaration
from talelio_backend.shared.presentation.guard import check_access
from talelio_backend.shared.services.authentication import AssumedSession, Caller
from tests.unit.shared.presentation.conftest import Ask, assert_problem

SENSITIVE = Declaration(access=Level.MEMBER,
                        summary='Change my password',
                        status=204,
                        response=None,
                        errors=(),
                        unverified=True,
                        sensitive=True)
OWNER = Caller(account_id=uuid4(), level=Level.MEMBER)
IMPERSONATOR = replace(OWNER, impersonator_id=uuid4())


def test_who_acts_as_somebody_else_is_shut_out_of_what_is_sensitive() -> None:
    with pytest.raises(AssumedSession) as refused:
        check_access(SENSITIVE, IMPERSONATOR, 'PUT')
    assert refused.value.code == 'assumed_session'


def test_owner_is_let_in_and_so_is_everybody_elsewhere() -> None:
    check_access(SENSITIVE, OWNER, 'PUT')
    check_access(replace(SENSITIVE, sensitive=False), IMPERSONATOR, 'PUT')


def test_the_path_alone_may_say_no_before_anything_is_read(ask: Ask) -> None:
    for body in ({'count': 1}, {'count': -1}, {}, None):
        assert_problem(ask('PATCH /v1/purses/you', as_='member', json=body), 403, 'not_permitted')
        assert ask('PATCH /v1/purses/you', json=body).status_code == 401
    assert_problem(ask('PATCH /v1/purses/me', as_='member', json={'count': -1}), 422,
                   'validation_failed')
    assert ask('PATCH /v1/purses/you', as_='admin', json={'count': 1}).status_code == 200


def test_a_parameter_is_read_by_its_alias(ask: Ask) -> None:
    filled = ask('PATCH /v1/purses/me?from=bank', as_='member', json={'count': 1})
    assert filled.get_json()['name'] == 'bank'
    refused = ask('PATCH /v1/purses/me?from=a-bank-far-away', as_='member', json={'count': 1})
    assert assert_problem(refused, 400, 'bad_request')['errors'][0]['pointer'] == '/from'

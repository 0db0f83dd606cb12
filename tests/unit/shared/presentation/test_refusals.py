import pytest

from tests.sample_api import Sample
from tests.unit.shared.presentation.conftest import CALLERS, Ask, assert_problem

WRONG = {'name': 5}


def test_stranger_is_asked_to_sign_in_before_anything_is_looked_at(ask: Ask,
                                                                   sample: Sample) -> None:
    response = ask('POST /v1/things?limit=x', data='{', content_type='text/plain')
    assert_problem(response, 401, 'credentials_required')
    assert response.headers['WWW-Authenticate'] == 'Bearer'
    assert_problem(ask('PATCH /v1/things/none', json={}), 401, 'credentials_required')
    assert not sample.things.calls


@pytest.mark.parametrize('what', [
    'GET /v1/things', 'GET /v1/things/none', 'POST /v1/things', 'GET /v1/nowhere', 'PUT /v1/things'
])
def test_bad_token_is_refused_before_all_else(ask: Ask, sample: Sample, what: str) -> None:
    response = ask(what, as_='made-up', data='{')
    assert_problem(response, 403, 'token_invalid')
    assert response.headers['WWW-Authenticate'] == 'Bearer error="invalid_token"'
    assert not sample.things.calls


def test_expired_and_revoked_tokens_are_told_apart(ask: Ask, sample: Sample) -> None:
    sample.authenticator.expired.add('old')
    sample.authenticator.revoked.add('member')
    expired = ask('GET /v1/things', as_='old')
    assert_problem(expired, 403, 'token_expired')
    assert expired.headers['WWW-Authenticate'] == 'Bearer error="invalid_token"'
    assert_problem(ask('GET /v1/things', as_='member'), 403, 'token_invalid')


@pytest.mark.parametrize('header', ['Bearer', 'Bearer  ', 'Basic bWU6bWU=', 'member', ''])
def test_header_that_is_no_bearer_token_is_refused(ask: Ask, header: str) -> None:
    response = ask('GET /v1/things', headers={'Authorization': header})
    assert_problem(response, 403, 'token_invalid')


def test_scheme_is_read_without_regard_to_case(ask: Ask) -> None:
    assert ask('GET /v1/own', headers={'Authorization': 'bEaReR member'}).status_code == 200


def test_access_is_refused_before_the_body_is_read(ask: Ask, sample: Sample) -> None:
    assert_problem(ask('POST /v1/things', as_='blocked', json=WRONG), 403, 'account_blocked')
    assert_problem(ask('DELETE /v1/things/none', as_='member'), 403, 'not_permitted')
    assert_problem(ask('POST /v1/things', as_='unproven', json=WRONG), 403, 'email_not_verified')
    assert not sample.things.calls


def test_unproven_member_reads_and_does_what_needs_no_proof(ask: Ask) -> None:
    assert ask('GET /v1/own', as_='unproven').status_code == 200
    assert ask('POST /v1/own', as_='unproven').status_code == 200


def test_unproven_member_writes_where_no_proof_is_asked_for() -> None:
    sample = Sample(verified_email_required=False)
    sample.authenticator.callers.update(CALLERS)
    response = sample.client.post('/v1/things',
                                  json={'name': 'boat'},
                                  headers={'Authorization': 'Bearer unproven'})
    assert response.status_code == 201


def test_blocked_account_is_a_stranger_to_public_reading(ask: Ask) -> None:
    assert ask('GET /v1/things', as_='blocked').status_code == 200


def test_query_is_refused_before_the_thing_is_looked_up(ask: Ask, sample: Sample) -> None:
    document = assert_problem(ask('GET /v1/things/none?since=yesterday'), 400, 'bad_request')
    assert [fault['pointer'] for fault in document['errors']] == ['/since']
    assert not sample.things.calls


def test_body_is_refused_before_the_thing_is_looked_up(ask: Ask, sample: Sample) -> None:
    response = ask('PATCH /v1/things/none', as_='member', json={'count': -1})
    assert_problem(response, 422, 'validation_failed')
    assert not sample.things.calls


def test_missing_thing_is_found_missing_after_the_shape(ask: Ask) -> None:
    response = ask('PATCH /v1/things/none',
                   as_='member',
                   json={'count': 1},
                   headers={'If-Match': '*'})
    assert_problem(response, 404, 'thing_not_found')


def test_state_refuses_last_with_its_data(ask: Ask) -> None:
    assert ask('POST /v1/things', as_='member', json={'name': 'boat'}).status_code == 201
    response = ask('POST /v1/things', as_='member', json={'name': 'boat'})
    document = assert_problem(response, 409, 'thing_taken')
    assert document['name'] == 'boat'
    assert document['detail'] == 'There is a thing called boat already.'


def test_caller_and_request_are_known_to_the_use_case(ask: Ask, sample: Sample) -> None:
    response = ask('POST /v1/things', as_='member', json={'name': 'boat'})
    present = sample.things.provenance
    assert present is not None
    assert present.actor_id == CALLERS['member'].account_id
    assert present.request_id == response.headers['X-Request-Id']
    ask('GET /v1/things/boat')
    assert sample.things.provenance is not None
    assert sample.things.provenance.actor_id is None


def test_public_address_has_no_callers_where_nobody_can_sign_in() -> None:
    sample = Sample(authenticator=None)
    header = {'Authorization': 'Bearer member'}
    assert sample.client.get('/v1/things', headers=header).status_code == 200
    assert sample.client.get('/v1/own', headers=header).status_code == 401

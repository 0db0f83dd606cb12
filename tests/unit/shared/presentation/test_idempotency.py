from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from talelio_backend.shared.domain.errors import DatabaseUnavailable
from talelio_backend.shared.presentation.edge import KEY as EDGE
from talelio_backend.shared.services.rate_limit import RateLimited
from tests.sample_api import Sample
from tests.unit.shared.presentation.conftest import Ask, assert_problem

KEY = {'Idempotency-Key': 'one'}


def make(ask: Ask, name: str = 'boat', *, as_: str = 'member', **headers: str) -> Any:
    return ask('POST /v1/things', as_=as_, json={'name': name}, headers=KEY | headers)


def test_second_request_gets_the_answer_of_the_first(ask: Ask, sample: Sample) -> None:
    first, second = make(ask), make(ask)
    assert sample.things.calls.count('make') == 1
    assert (second.status_code, second.data) == (201, first.data)
    for name in ('Location', 'ETag', 'Content-Type', 'Cache-Control'):
        assert second.headers[name] == first.headers[name]
    assert 'Idempotency-Replayed' not in first.headers
    assert second.headers['Idempotency-Replayed'] == 'true'
    assert second.headers['X-Request-Id'] != first.headers['X-Request-Id']


def test_refusal_is_an_answer_too(ask: Ask, sample: Sample) -> None:
    assert ask('POST /v1/things', as_='member', json={'name': 'boat'}).status_code == 201
    first, second = make(ask), make(ask)
    assert_problem(first, 409, 'thing_taken')
    assert (second.status_code, second.get_json()['code']) == (409, 'thing_taken')
    assert second.content_type == 'application/problem+json'
    assert sample.things.calls.count('make') == 2


def test_key_is_not_used_up_by_a_malformed_request(ask: Ask) -> None:
    assert_problem(make(ask, name=''), 422, 'validation_failed')
    assert make(ask).status_code == 201


def test_fingerprint_of_a_body_cannot_be_tried_without_its_key(
        ask: Ask, sample: Sample, monkeypatch: pytest.MonkeyPatch) -> None:
    store = sample.app.extensions[EDGE].idempotency
    claim, seen = store.claim, []

    def note(**given: str) -> Any:
        seen.append(given['fingerprint'])
        return claim(**given)

    monkeypatch.setattr(store, 'claim', note)
    make(ask)
    make(ask)
    make(ask, **{'Idempotency-Key': 'two'})
    assert seen[0] == seen[1] != seen[2]


def test_another_body_is_refused(ask: Ask) -> None:
    make(ask)
    assert_problem(make(ask, 'ship'), 422, 'idempotency_key_reused')


@pytest.mark.parametrize('headers', [{'as_': 'other'}, {'as_': 'admin'}])
def test_key_is_the_callers_own(ask: Ask, headers: dict[str, str]) -> None:
    assert make(ask).status_code == 201
    assert_problem(make(ask, **headers), 409, 'thing_taken')


def test_second_request_waits_for_the_first(ask: Ask, sample: Sample) -> None:
    inside: list[Any] = []
    made = sample.things.make

    def meanwhile(body: Any) -> Any:
        sample.things.make = made  # type: ignore[method-assign]
        with ThreadPoolExecutor(1) as pool:
            inside.append(pool.submit(make, ask).result())
        return made(body)

    sample.things.make = meanwhile  # type: ignore[method-assign]
    assert make(ask).status_code == 201
    assert_problem(inside[0], 409, 'idempotency_in_progress')


@pytest.mark.parametrize(('failure', 'status'), [(DatabaseUnavailable(), 503),
                                                 (RuntimeError('boom'), 500),
                                                 (RateLimited(retry_after=3), 429)])
def test_what_changed_nothing_may_be_tried_again(ask: Ask, sample: Sample, failure: Exception,
                                                 status: int) -> None:
    sample.things.failures.append(failure)
    assert make(ask).status_code == status
    again = make(ask)
    assert again.status_code == 201
    assert 'Idempotency-Replayed' not in again.headers


def test_use_case_knows_the_claim(ask: Ask, sample: Sample) -> None:
    make(ask)
    assert sample.things.provenance is not None
    assert sample.things.provenance.idempotency_id is not None
    assert sample.things.provenance.actor_id is not None


@pytest.mark.parametrize('key', ['', 'x' * 256, 'a b', 'ä', 'a\tb'])
def test_malformed_key_is_a_bad_request(ask: Ask, key: str) -> None:
    document = assert_problem(make(ask, **{'Idempotency-Key': key}), 400, 'bad_request')
    assert [fault['pointer'] for fault in document['errors']] == ['/Idempotency-Key']


def test_longest_key_is_accepted(ask: Ask) -> None:
    assert make(ask, **{'Idempotency-Key': '~' * 255}).status_code == 201


def test_key_is_ignored_where_nothing_is_made(ask: Ask) -> None:
    for text in ('fine', 'better'):
        answer = ask('POST /v1/own', as_='member', json={'text': text}, headers=KEY)
        assert answer.get_json()['note'] == text


def throw(ask: Ask, headers: dict[str, str], name: str = 'cent') -> Any:
    return ask('POST /v1/coins', as_='member', json={'name': name}, headers=headers)


def test_money_moves_under_a_key_alone(ask: Ask, sample: Sample) -> None:
    assert_problem(throw(ask, {}), 400, 'idempotency_key_required')
    assert_problem(throw(ask, {'Idempotency-Key': ''}), 400, 'bad_request')
    assert not sample.things.coins
    assert throw(ask, KEY).status_code == 201
    assert throw(ask, KEY).headers['Idempotency-Replayed'] == 'true'
    assert len(sample.things.coins) == 1


def test_no_key_is_asked_of_whom_may_not_call_or_sends_nonsense(ask: Ask) -> None:
    assert ask('POST /v1/coins', json={'name': 'cent'}).status_code == 401
    assert_problem(throw(ask, {}, name=''), 422, 'validation_failed')


def test_resource_is_told_the_key_to_keep(ask: Ask, sample: Sample) -> None:
    throw(ask, KEY)
    throw(ask, KEY | {'Idempotency-Key': 'two'})
    first, second = sample.things.coins
    assert (first.key, first.route) == ('one', 'POST /v1/coins')
    assert len(first.scope) == 32 and first.scope != second.scope
    assert first.fingerprint != second.fingerprint


def test_document_says_that_the_key_is_required(ask: Ask) -> None:
    paths = ask('GET /v1/openapi.json').get_json()['paths']
    for path, required in (('/v1/coins', True), ('/v1/things', False)):
        headers = {one['name']: one for one in paths[path]['post']['parameters']}
        assert headers['Idempotency-Key']['required'] is required

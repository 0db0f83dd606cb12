from typing import Any

import pytest

from tests.sample_api import Sample
from tests.unit.shared.presentation.conftest import CALLERS, Ask


def only(log: list[Any]) -> dict[str, Any]:
    event, = [event for event in log if event['event'] == 'request']
    return dict(event)


def test_request_is_told_by_its_rule(ask: Ask, log: list[Any]) -> None:
    ask('GET /v1/things/secret-slug?tag=secret', as_='member', headers={'X-Request-Id': 'r-1'})

    event = only(log)
    assert event.pop('duration_ms') >= 0
    assert event.pop('bytes') > 0
    assert event == {
        'event': 'request',
        'log_level': 'info',
        'request_id': 'r-1',
        'actor_id': str(CALLERS['member'].account_id),
        'method': 'GET',
        'route': '/v1/things/<name>',
        'status': 404,
        'client_ip': '127.0.0.1',
    }
    assert 'secret' not in str(log)


def test_unknown_path_has_no_route(ask: Ask, log: list[Any]) -> None:
    ask('GET /v1/nowhere/secret')

    event = only(log)
    assert (event['route'], event['status']) == (None, 404)
    assert 'secret' not in str(log)


def test_stranger_has_no_actor(ask: Ask, log: list[Any]) -> None:
    ask('GET /v1/things')

    assert only(log)['actor_id'] is None


def test_bytes_are_those_of_the_body(ask: Ask, log: list[Any]) -> None:
    answer = ask('GET /v1/things')

    assert only(log)['bytes'] == len(answer.data) > 0


@pytest.mark.parametrize('what', ['HEAD /v1/things', 'OPTIONS /v1/things'])
def test_answer_without_body_has_no_bytes(ask: Ask, log: list[Any], what: str) -> None:
    ask(what)

    assert only(log)['bytes'] == 0


def test_stream_is_told_when_it_is_over(ask: Ask, log: list[Any]) -> None:
    response = ask('GET /v1/odd/stream', buffered=False)
    assert [event for event in log if event['event'] == 'request'] == []

    assert response.data == b'one two'
    response.close()

    event = only(log)
    assert (event['bytes'], event['route']) == (7, '/v1/odd/<kind>')
    assert event['duration_ms'] >= 0


@pytest.mark.parametrize(('what', 'status'), [
    ('GET /v1/odd/crash', 500),
    ('GET /v1/own', 401),
    ('PUT /v1/things', 405),
    ('POST /v1/accounts/sign-off', 403),
])
def test_refusal_is_a_request_too(ask: Ask, log: list[Any], what: str, status: int) -> None:
    ask(what, headers={'Origin': 'https://elsewhere.example'})

    assert only(log)['status'] == status


def test_probe_is_a_request_too(sample: Sample, log: list[Any]) -> None:
    sample.client.get('/livez')

    assert only(log)['status'] == 404  # the sample has none

import re

import pytest

from talelio_backend.shared.services.provenance import NOBODY, provenance
from talelio_backend.shared.services.rate_limit import Limit
from tests.sample_api import ORIGIN, PUBLIC_URL, Sample
from tests.unit.shared.presentation.conftest import CALLERS, Ask, assert_problem

SECURITY = {
    'X-Content-Type-Options': 'nosniff',
    'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
}
EVERY_KIND = ('GET /v1/things', 'GET /v1/things/none', 'GET /nowhere', 'PUT /v1/things',
              'OPTIONS /v1/things', 'GET /v1/odd/crash', 'GET /v1/own')


@pytest.mark.parametrize('what', EVERY_KIND)
def test_every_answer_has_the_security_headers(ask: Ask, what: str) -> None:
    headers = ask(what).headers
    assert {name: headers[name] for name in SECURITY} == SECURITY
    assert headers['Referrer-Policy']
    assert 'Strict-Transport-Security' not in headers


def test_https_is_made_permanent_in_production() -> None:
    answer = Sample(hsts=True).client.get('/v1/things')
    assert 'max-age=' in answer.headers['Strict-Transport-Security']


@pytest.mark.parametrize('what', EVERY_KIND)
@pytest.mark.parametrize('request_id', ['a', 'A-z_0.9', 'x' * 64])
def test_sane_request_id_is_taken_over(ask: Ask, what: str, request_id: str) -> None:
    assert ask(what, headers={'X-Request-Id': request_id}).headers['X-Request-Id'] == request_id


@pytest.mark.parametrize('request_id', ['', 'x' * 65, 'a b', 'a/b', 'ä', '<script>', 'a,b'])
def test_other_request_id_is_replaced_by_a_new_one(ask: Ask, request_id: str) -> None:
    sent = {'X-Request-Id': request_id}
    first = ask('GET /v1/things', headers=sent).headers['X-Request-Id']
    second = ask('GET /v1/things', headers=sent).headers['X-Request-Id']
    assert first != second
    assert re.fullmatch('[A-Za-z0-9._-]{1,64}', first)


def test_nobody_acts_after_a_request(ask: Ask) -> None:
    ask('GET /v1/own', as_='member')
    ask('GET /v1/odd/crash', as_='member')
    assert provenance() is NOBODY


def test_one_request_leaves_nothing_to_the_next(ask: Ask, sample: Sample) -> None:
    with sample.app.app_context():
        assert ask('POST /v1/things', as_='member', json={'name': 'boat'}).status_code == 201
        assert ask('POST /v1/things', as_='member', json={'name': 'ship'}).status_code == 201
        assert ask('GET /v1/own').status_code == 401


@pytest.mark.parametrize('what', EVERY_KIND)
def test_known_origin_gets_cors_headers_whatever_the_answer(ask: Ask, what: str) -> None:
    headers = ask(what, headers={'Origin': ORIGIN}).headers
    assert headers['Access-Control-Allow-Origin'] == ORIGIN
    assert headers['Access-Control-Allow-Credentials'] == 'true'
    assert {'ETag', 'Link', 'X-Request-Id',
            'RateLimit'} <= set(headers['Access-Control-Expose-Headers'].split(', '))
    assert 'Origin' in headers['Vary']


@pytest.mark.parametrize('origin', [
    'https://elsewhere.example', 'null', ORIGIN + '.example',
    ORIGIN.replace('https', 'http'), ORIGIN + ':444', '*'
])
@pytest.mark.parametrize('what', EVERY_KIND)
def test_other_origin_gets_none(ask: Ask, what: str, origin: str) -> None:
    answer = ask(what, headers={'Origin': origin})
    assert not [name for name in answer.headers.keys() if name.startswith('Access-Control')]
    assert 'Origin' in answer.headers['Vary']


def test_preflight_is_answered_with_what_is_allowed(ask: Ask) -> None:
    answer = ask('OPTIONS /v1/things/boat',
                 headers={
                     'Origin': ORIGIN,
                     'Access-Control-Request-Method': 'PATCH',
                     'Access-Control-Request-Headers': 'if-match'
                 })
    assert answer.status_code == 204 and not answer.data
    assert int(answer.headers['Access-Control-Max-Age']) > 0
    assert 'PATCH' in answer.headers['Access-Control-Allow-Methods']
    assert {'Authorization', 'If-Match', 'Idempotency-Key',
            'X-Guest-Token'} <= set(answer.headers['Access-Control-Allow-Headers'].split(', '))


def test_cookie_routes_refuse_other_origins(ask: Ask) -> None:
    path = 'POST /v1/accounts/sign-off'
    refused = ask(path, headers={'Origin': 'https://elsewhere.example'})
    assert_problem(refused, 403, 'origin_not_allowed')
    assert 'Set-Cookie' not in refused.headers
    preflight = ask('OPTIONS /v1/accounts/sign-off', headers={'Origin': 'null'})
    assert_problem(preflight, 403, 'origin_not_allowed')
    for origin in (ORIGIN, PUBLIC_URL):
        assert ask(path, headers={'Origin': origin}).status_code == 204
    assert ask(path).status_code == 204


def test_options_name_the_verbs(ask: Ask) -> None:
    answer = ask('OPTIONS /v1/things')
    assert answer.status_code == 204
    assert set(answer.headers['Allow'].split(', ')) == {'GET', 'HEAD', 'OPTIONS', 'POST'}
    assert not answer.data and 'Content-Type' not in answer.headers
    assert_problem(ask('OPTIONS /v1/nowhere'), 404, 'not_found')


def test_options_need_no_token(ask: Ask) -> None:
    assert ask('OPTIONS /v1/own').status_code == 204


@pytest.mark.parametrize('verb', ['PUT', 'DELETE', 'PATCH', 'TRACE', 'BREW'])
def test_wrong_verb_is_answered_with_the_right_ones(ask: Ask, verb: str) -> None:
    answer = ask(f'{verb} /v1/things')
    assert_problem(answer, 405, 'method_not_allowed')
    assert set(answer.headers['Allow'].split(', ')) == {'GET', 'HEAD', 'OPTIONS', 'POST'}


@pytest.mark.parametrize('path', [
    '/', '/v1', '/v1/nowhere', '/v1/things/', '/v1//things', '//v1/things', '/v1/things/boat/',
    '/v1/things.json', '/V1/things', '/metrics', '/v1/things/../things'
])
def test_any_other_address_is_not_found(ask: Ask, path: str) -> None:
    assert_problem(ask(f'GET {path}'), 404, 'not_found')


@pytest.mark.parametrize('host', ['', 'elsewhere.example', 'x' * 300, 'evil"<>', '[::1', 'a b:c'])
def test_address_is_the_same_under_every_host(ask: Ask, host: str) -> None:
    assert ask('GET /v1/things', headers={'Host': host}).status_code == 200


@pytest.mark.parametrize('path', ['/v1/things/%ff', '/v1/things/%00', '/v1/things/%E2%82'])
def test_path_may_hold_any_bytes(ask: Ask, path: str) -> None:
    assert ask(f'GET {path}').status_code == 404


def test_verb_cannot_be_overridden(ask: Ask) -> None:
    assert ask('GET /v1/things?_method=DELETE').status_code == 200
    sent = {'X-HTTP-Method-Override': 'DELETE'}
    assert ask('POST /v1/things', headers=sent).status_code == 401


def test_head_is_a_get_without_its_body(ask: Ask) -> None:
    ask('POST /v1/things', as_='member', json={'name': 'boat'})
    get, head = ask('GET /v1/things/boat'), ask('HEAD /v1/things/boat')
    assert head.status_code == 200 and not head.data
    for name in ('ETag', 'Content-Type', 'Cache-Control', 'Content-Length'):
        assert head.headers[name] == get.headers[name]
    missing = ask('HEAD /v1/things/none')
    assert missing.status_code == 404 and not missing.data
    assert missing.content_type == 'application/problem+json'


def test_crash_says_nothing_of_itself(ask: Ask) -> None:
    document = assert_problem(ask('GET /v1/odd/crash'), 500, 'internal_error')
    assert 'sesame' not in str(document)
    assert set(document) == {'type', 'title', 'status', 'detail', 'code', 'request_id'}


def test_what_is_down_says_when_to_come_back(ask: Ask) -> None:
    answer = ask('GET /v1/odd/down')
    assert_problem(answer, 503, 'database_unavailable')
    assert answer.headers['Retry-After'] == '5'


def test_wait_is_told_in_whole_seconds_and_never_too_short(ask: Ask) -> None:
    answer = ask('GET /v1/odd/limited')
    assert_problem(answer, 429, 'rate_limited')
    assert answer.headers['Retry-After'] == '2'


def limited() -> Sample:
    sample = Sample(limits=(Limit(3, 60), ))
    sample.authenticator.callers.update(CALLERS)
    return sample


def test_rate_limit_is_told_on_every_answer() -> None:
    sample = limited()
    for left in (2, 1, 0):
        answer = sample.client.get('/v1/nowhere')
        assert answer.status_code == 404
        assert answer.headers['RateLimit-Policy'] == '"default";q=3;w=60'
        assert answer.headers['RateLimit'] == f'"default";r={left};t=60'
    sample.clock.advance(seconds=20)
    refused = sample.client.get('/v1/things', headers={'Origin': ORIGIN})
    document = assert_problem(refused, 429, 'rate_limited')
    assert document['retry_after'] == 40
    assert refused.headers['Retry-After'] == '40'
    assert refused.headers['RateLimit'] == '"default";r=0;t=40'
    assert refused.headers['Access-Control-Allow-Origin'] == ORIGIN
    sample.clock.advance(seconds=40)
    assert sample.client.get('/v1/things').status_code == 200


def test_each_account_and_each_address_has_a_bucket_of_its_own() -> None:
    sample = limited()
    for token in ('member', 'other'):
        header = {'Authorization': f'Bearer {token}'}
        statuses = [sample.client.get('/v1/own', headers=header).status_code for _ in range(4)]
        assert statuses == [200, 200, 200, 429]
    for address in ('192.0.2.1', '192.0.2.2'):
        place = {'REMOTE_ADDR': address}
        statuses = [
            sample.client.get('/v1/things', environ_base=place).status_code for _ in range(4)
        ]
        assert statuses == [200, 200, 200, 429]


def test_guessing_tokens_is_counted_by_address() -> None:
    sample = limited()
    codes = [
        sample.client.get('/v1/own', headers={
            'Authorization': f'Bearer guess{number}'
        }).status_code for number in range(4)
    ]
    assert codes == [403, 403, 403, 429]


def test_bad_token_still_tells_the_limit(ask: Ask) -> None:
    assert 'RateLimit' in ask('GET /v1/own', as_='made-up').headers


def test_limiter_that_is_down_stops_nobody(ask: Ask, sample: Sample) -> None:
    sample.limiter.down = True
    answer = ask('GET /v1/own', as_='member')
    assert answer.status_code == 200
    assert 'RateLimit' not in answer.headers


@pytest.mark.parametrize('what', [
    *EVERY_KIND, 'OPTIONS /v1/nowhere', 'HEAD /v1/things', 'GET /problems/not_found', 'GET /',
    'GET /v1/docs', 'GET /version', 'BREW /v1/things'
])
def test_every_answer_tells_the_limit(ask: Ask, sample: Sample, what: str) -> None:
    headers = ask(what).headers
    assert headers['RateLimit-Policy'] == '"default";q=1000;w=60'
    assert headers['RateLimit'] == '"default";r=999;t=60'
    assert sample.limiter.buckets == ['address:127.0.0.1']


def test_other_origin_is_counted_before_it_is_refused(ask: Ask) -> None:
    refused = ask('POST /v1/accounts/sign-off', headers={'Origin': 'https://elsewhere.example'})
    assert (refused.status_code, refused.headers['RateLimit']) == (403, '"default";r=999;t=60')


@pytest.mark.parametrize('path', ['/livez', '/readyz', '/v1/health'])
def test_probes_are_answered_before_any_check(ask: Ask, sample: Sample, path: str) -> None:
    sample.limiter.down = True
    sent = {'Authorization': 'Bearer made-up', 'Origin': 'https://elsewhere.example'}
    answer = ask(f'GET {path}', headers=sent)
    assert answer.status_code == 404  # the sample has none
    assert not sample.limiter.buckets
    assert 'RateLimit' not in answer.headers and answer.headers['X-Request-Id']

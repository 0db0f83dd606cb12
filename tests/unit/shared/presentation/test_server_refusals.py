import json

import pytest
from gunicorn.http import errors  # type: ignore[import-untyped]

from talelio_backend.shared.presentation.clients import ClientTooSlow
from talelio_backend.shared.presentation.problems import codes
from talelio_backend.shared.presentation.problems import status_of as status_of_problem
from talelio_backend.shared.presentation.refusals import render, status_of


@pytest.mark.parametrize(('error', 'status', 'code'), [
    (errors.InvalidRequestLine('GARBAGE'), 400, 'bad_request'),
    (errors.InvalidHeader('x'), 400, 'bad_request'),
    (errors.InvalidChunkSize(b'ZZ'), 400, 'bad_request'),
    (errors.ForbiddenProxyRequest('127.0.0.1'), 400, 'bad_request'),
    (ClientTooSlow(), 408, 'request_too_slow'),
    (errors.LimitRequestLine(9000, 8190), 414, 'address_too_long'),
    (errors.ExpectationFailed('x'), 417, 'expectation_failed'),
    (errors.LimitRequestHeaders('too many'), 431, 'headers_too_large'),
    (errors.ConfigurationProblem('x'), 500, 'internal_error'),
    (errors.InvalidResponseHeader('x'), 500, 'internal_error'),
    (ValueError('x'), 500, 'internal_error'),
    (SystemExit(1), 500, 'internal_error'),
    (errors.UnsupportedTransferCoding('x'), 501, 'transfer_coding_not_supported'),
])
def test_refusal_is_a_problem_with_its_status(error: BaseException, status: int,
                                              code: str) -> None:
    request_id, response = render(status_of(error))

    head, _, body = response.partition(b'\r\n\r\n')
    lines = head.decode().split('\r\n')
    problem = json.loads(body)
    assert lines[0].startswith(f'HTTP/1.1 {status} ')
    assert 'Content-Type: application/problem+json' in lines
    assert f'Content-Length: {len(body)}' in lines
    assert f'X-Request-Id: {request_id}' in lines
    assert 'Connection: close' in lines
    assert problem['status'] == status
    assert (problem['code'], problem['type']) == (code, f'/problems/{code}')
    assert status_of_problem(codes()[code]) == status
    assert problem['request_id'] == request_id


def test_refusal_repeats_nothing_of_the_request() -> None:
    _, response = render(status_of(errors.InvalidRequestLine('<script>')))

    assert b'script' not in response

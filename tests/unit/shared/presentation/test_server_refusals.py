import json

import pytest
from gunicorn.http import errors  # type: ignore[import-untyped]

from talelio_backend.shared.presentation.clients import ClientTooSlow
from talelio_backend.shared.presentation.refusals import render, status_of


@pytest.mark.parametrize(('error', 'status'), [
    (errors.InvalidRequestLine('GARBAGE'), 400),
    (errors.InvalidHeader('x'), 400),
    (errors.InvalidChunkSize(b'ZZ'), 400),
    (errors.ForbiddenProxyRequest('127.0.0.1'), 400),
    (errors.LimitRequestLine(9000, 8190), 414),
    (errors.LimitRequestHeaders('too many'), 431),
    (errors.ExpectationFailed('x'), 417),
    (ClientTooSlow(), 408),
    (errors.UnsupportedTransferCoding('x'), 501),
    (errors.ConfigurationProblem('x'), 500),
    (errors.InvalidResponseHeader('x'), 500),
    (ValueError('x'), 500),
    (SystemExit(1), 500),
])
def test_refusal_is_a_problem_with_its_status(error: BaseException, status: int) -> None:
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
    assert problem['code'] == ('internal_error' if status == 500 else 'bad_request')
    assert problem['request_id'] == request_id


def test_refusal_repeats_nothing_of_the_request() -> None:
    _, response = render(status_of(errors.InvalidRequestLine('<script>')))

    assert b'script' not in response

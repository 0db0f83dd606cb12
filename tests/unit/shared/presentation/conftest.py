from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest
from structlog.testing import capture_logs
from werkzeug.test import TestResponse

from talelio_backend.shared.domain.access import Level
from talelio_backend.shared.domain.ids import new_id
from talelio_backend.shared.services.authentication import Caller
from tests.sample_api import Sample

MEMBER = Caller(account_id=new_id(), session_id=new_id(), level=Level.MEMBER, verified=True)
CALLERS = {
    'member': MEMBER,
    'other': replace(MEMBER, account_id=new_id()),
    'admin': replace(MEMBER, account_id=new_id(), level=Level.ADMIN),
    'unproven': replace(MEMBER, account_id=new_id(), verified=False),
    'blocked': replace(MEMBER, account_id=new_id(), level=Level.EVERYONE, blocked=True),
}

Ask = Callable[..., TestResponse]


@pytest.fixture(autouse=True)
def log() -> Iterator[list[Any]]:
    """What was logged, by event; nothing of it reaches the terminal."""
    with capture_logs() as events:
        yield events


@pytest.fixture(name='sample')
def make_sample() -> Sample:
    sample = Sample()
    sample.authenticator.callers.update(CALLERS)
    return sample


@pytest.fixture(name='ask')
def make_ask(sample: Sample) -> Ask:
    """``ask('POST /v1/things', as_='member', json={…}, headers={…})``"""

    def ask(what: str,
            *,
            as_: str | None = None,
            headers: Mapping[str, str] | None = None,
            **more: Any) -> TestResponse:
        verb, _, path = what.partition(' ')
        sent = dict(headers or {})
        if as_ is not None:
            sent['Authorization'] = f'Bearer {as_}'
        return sample.client.open(path, method=verb, headers=sent, **more)

    return ask


def assert_problem(response: TestResponse, status: int, code: str) -> Any:
    """The document, once status, code and shape are those of RFC 9457."""
    assert response.content_type == 'application/problem+json', response.get_data(as_text=True)
    document = response.get_json()
    assert (response.status_code, document['code']) == (status, code), document
    assert document['status'] == status
    assert document['type'] == f'/problems/{code}'
    assert document['title'] and document['detail']
    assert document['request_id'] == response.headers['X-Request-Id']
    return document

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask, Response, g

from talelio_backend.shared.domain.errors import NotYours
from talelio_backend.shared.domain.ids import new_id
from talelio_backend.shared.presentation.api import answer_errors
from talelio_backend.shared.presentation.request_log import log_requests
from talelio_backend.shared.services.authentication import Caller

ACCOUNT = new_id()


@pytest.fixture(name='app')
def _app() -> Flask:
    app = Flask('sample')

    @app.get('/v1/things/<slug>')
    def show(slug: str) -> Response:
        return Response(slug * 10)

    @app.get('/v1/stream')
    def stream() -> Response:

        def pieces() -> Iterator[bytes]:
            yield b'12345'
            yield b'678'

        return Response(pieces())

    @app.get('/v1/crash')
    def crash() -> Response:
        raise ValueError('unforeseen')

    @app.before_request
    def identify() -> None:
        g.request_id = 'r-1'

    @app.before_request
    def authenticate() -> None:
        g.caller = Caller(account_id=ACCOUNT)

    answer_errors(app)
    log_requests(app)
    return app


def only(log: list[Any]) -> dict[str, Any]:
    event, = [event for event in log if event['event'] == 'request']
    return dict(event)


def test_request_is_told_by_its_rule(app: Flask, log: list[Any]) -> None:
    app.test_client().get('/v1/things/secret-slug?token=secret-token')

    event = only(log)
    assert event.pop('duration_ms') >= 0
    assert event == {
        'event': 'request',
        'log_level': 'info',
        'request_id': 'r-1',
        'actor_id': str(ACCOUNT),
        'method': 'GET',
        'route': '/v1/things/<slug>',
        'status': 200,
        'client_ip': '127.0.0.1',
        'bytes': 110,
    }


def test_unknown_path_has_no_route(app: Flask, log: list[Any]) -> None:
    app.test_client().get('/v1/nowhere/secret')

    event = only(log)
    assert (event['route'], event['status']) == (None, 404)
    assert 'secret' not in str(log)


def test_stranger_has_no_actor(app: Flask, log: list[Any]) -> None:
    app.before_request_funcs[None].pop()
    app.test_client().get('/v1/things/x')

    assert only(log)['actor_id'] is None


def test_answer_without_body_has_no_bytes(app: Flask, log: list[Any]) -> None:
    app.test_client().head('/v1/things/x')

    assert only(log)['bytes'] == 0


def test_stream_is_told_when_it_is_over(app: Flask, log: list[Any]) -> None:
    response = app.test_client().get('/v1/stream', buffered=False)
    assert [event for event in log if event['event'] == 'request'] == []

    assert response.data == b'12345678'
    response.close()

    assert only(log)['bytes'] == 8


def test_crash_is_a_request_too(app: Flask, log: list[Any]) -> None:
    app.test_client().get('/v1/crash')

    assert only(log)['status'] == 500


def test_refusal_before_the_resource_is_a_request_too(app: Flask, log: list[Any]) -> None:

    @app.before_request
    def refuse() -> None:
        raise NotYours()

    app.test_client().get('/v1/things/x')

    assert only(log)['status'] == 403

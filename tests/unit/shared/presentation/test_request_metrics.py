from typing import Any

import pytest
from flask import Flask, Response

from talelio_backend.shared.presentation.request_metrics import measure_requests


class RecordingMeter:

    def __init__(self) -> None:
        self.in_progress = 0
        self.most = 0
        self.answers: list[tuple[str, str, int]] = []

    def began(self) -> None:
        self.in_progress += 1
        self.most = max(self.most, self.in_progress)

    def ended(self) -> None:
        self.in_progress -= 1

    def answered(self, *, method: str, route: str, status: int, seconds: float) -> None:
        assert seconds >= 0
        self.answers.append((method, route, status))


@pytest.mark.parametrize(('method', 'path', 'expected'), [
    ('GET', '/v1/things/secret', ('GET', '/v1/things/<slug>', 200)),
    ('GET', '/v1/crash', ('GET', '/v1/crash', 500)),
    ('GET', '/v1/nowhere', ('GET', 'none', 404)),
    ('POST', '/v1/crash', ('POST', 'none', 405)),
    ('BREW', '/v1/nowhere', ('other', 'none', 404)),
])
def test_label_is_the_rule_and_never_the_path(method: str, path: str, expected: Any) -> None:
    app, meter = Flask('sample'), RecordingMeter()

    @app.get('/v1/things/<slug>')
    def show(slug: str) -> Response:
        return Response(slug)

    @app.get('/v1/crash')
    def crash() -> Response:
        raise ValueError('unforeseen')

    measure_requests(app, meter)

    app.test_client().open(path, method=method)

    assert meter.answers == [expected]
    assert (meter.most, meter.in_progress) == (1, 0)

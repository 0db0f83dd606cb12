import pytest

from tests.sample_api import Sample


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
    ('GET', '/v1/things/secret', ('GET', '/v1/things/<name>', 404)),
    ('GET', '/v1/odd/crash', ('GET', '/v1/odd/<kind>', 500)),
    ('GET', '/v1/odd/stream', ('GET', '/v1/odd/<kind>', 200)),
    ('GET', '/v1/nowhere', ('GET', 'none', 404)),
    ('POST', '/v1/odd/crash', ('POST', 'none', 405)),
    ('BREW', '/v1/nowhere', ('other', 'none', 404)),
])
def test_label_is_the_rule_and_never_the_path(method: str, path: str,
                                              expected: tuple[str, str, int]) -> None:
    meter = RecordingMeter()

    Sample(meter=meter).client.open(path, method=method)

    assert meter.answers == [expected]
    assert (meter.most, meter.in_progress) == (1, 0)

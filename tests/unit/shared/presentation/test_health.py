from collections.abc import Mapping
from threading import Event
from typing import Any

from flask.testing import FlaskClient

from talelio_backend.shared.domain.errors import DatabaseUnavailable
from talelio_backend.shared.presentation.health import add_health
from talelio_backend.shared.presentation.readiness import Readiness
from talelio_backend.shared.presentation.shutdown import ShutdownFlag
from tests.sample_api import Sample


class FakeCheck:
    """Answers what it is told to; counts how often it was asked."""

    def __init__(self, status: str = 'ok', **details: str) -> None:
        self.answer: Mapping[str, Any] = {'status': status, **details}
        self.error: Exception | None = None
        self.asked = 0

    def __call__(self) -> Mapping[str, Any]:
        self.asked += 1
        if self.error is not None:
            raise self.error
        return self.answer


class Hanging:

    def __init__(self) -> None:
        self.release = Event()
        self.asked = 0

    def __call__(self) -> Mapping[str, Any]:
        self.asked += 1
        self.release.wait(30)
        return {'status': 'ok'}


class FakeTime:

    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


def client(shutdown: ShutdownFlag | None = None, **checks: FakeCheck) -> FlaskClient:
    app = Sample().app
    add_health(app,
               checks,
               version={
                   'version': '1.2.3',
                   'revision': 'unknown',
                   'schema': 'abc'
               },
               shutdown=shutdown or ShutdownFlag())
    return app.test_client()


def test_ready_when_every_check_is_good() -> None:
    response = client(database=FakeCheck(revision='abc'), redis=FakeCheck()).get('/readyz')

    assert response.status_code == 200
    assert response.json == {
        'status': 'ready',
        'checks': {
            'database': {
                'status': 'ok',
                'revision': 'abc'
            },
            'redis': {
                'status': 'ok'
            }
        }
    }
    assert response.headers['Cache-Control'] == 'no-store'


def test_not_ready_names_what_is_missing() -> None:
    database, redis = FakeCheck('schema_outdated', revision='old'), FakeCheck()
    database.error = DatabaseUnavailable()

    response = client(database=database, redis=redis).get('/readyz')

    assert response.status_code == 503
    assert response.json == {
        'status': 'not_ready',
        'checks': {
            'database': {
                'status': 'database_unavailable'
            },
            'redis': {
                'status': 'ok'
            }
        }
    }


def test_other_schema_is_not_ready() -> None:
    response = client(database=FakeCheck('schema_ahead', revision='new')).get('/readyz')

    assert response.status_code == 503
    assert response.get_json()['checks']['database']['status'] == 'schema_ahead'


def test_check_that_breaks_is_a_failure_and_no_crash() -> None:
    check = FakeCheck()
    check.error = ValueError('unforeseen')

    assert client(s3=check).get('/readyz').get_json()['checks'] == {'s3': {'status': 'failed'}}


def test_shutdown_is_told_at_once_and_asks_nobody() -> None:
    flag, check = ShutdownFlag(), FakeCheck()
    probe = client(flag, database=check)

    flag.begin()
    response = probe.get('/readyz')

    assert response.status_code == 503
    assert response.get_json()['status'] == 'shutting_down'
    assert check.asked == 0
    assert probe.get('/livez').status_code == 200


def test_process_lives_whatever_the_host_and_the_checks() -> None:
    check = FakeCheck('failed')
    probe = client(database=check)

    for host in ('', 'x' * 300, 'evil"<>', '[::1', 'a b:c'):
        response = probe.get('/livez', headers={'Host': host})
        assert (response.status_code, response.json) == (200, {'status': 'ok'})
    assert check.asked == 0


def test_health_and_version_answer_without_a_check() -> None:
    check = FakeCheck()
    probe = client(database=check)

    assert probe.get('/v1/health').status_code == 200
    assert probe.get('/version').json == {
        'version': '1.2.3',
        'revision': 'unknown',
        'schema': 'abc'
    }
    assert check.asked == 0


def test_answer_is_remembered_for_a_second() -> None:
    check, now = FakeCheck(), FakeTime()
    readiness = Readiness({'database': check}, memory=1, now=now)

    readiness.outcomes()
    now.seconds += 0.9
    readiness.outcomes()
    assert check.asked == 1

    now.seconds += 0.1
    check.answer = {'status': 'schema_outdated'}
    assert readiness.outcomes() == {'database': {'status': 'schema_outdated'}}


def test_hanging_check_holds_up_nobody_and_is_not_started_twice() -> None:
    hanging, check, now = Hanging(), FakeCheck(), FakeTime()
    readiness = Readiness({'s3': hanging, 'redis': check}, limit=0.05, now=now)

    assert readiness.outcomes() == {'s3': {'status': 'timeout'}, 'redis': {'status': 'ok'}}
    now.seconds += 5
    assert readiness.outcomes()['s3'] == {'status': 'timeout'}
    assert (hanging.asked, check.asked) == (1, 2)

    hanging.release.set()


def test_checks_run_side_by_side() -> None:
    first, second = Event(), Event()

    def one() -> Mapping[str, Any]:
        first.set()
        return {'status': 'ok' if second.wait(5) else 'alone'}

    def other() -> Mapping[str, Any]:
        second.set()
        return {'status': 'ok' if first.wait(5) else 'alone'}

    outcomes = Readiness({'one': one, 'other': other}, limit=10).outcomes()

    assert outcomes == {'one': {'status': 'ok'}, 'other': {'status': 'ok'}}

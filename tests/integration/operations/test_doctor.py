import json
from typing import Any

import pytest

from talelio_backend import cli
from talelio_backend.bootstrap import House, doctor
from talelio_backend.operations.domain.diagnosis import NAMES, Health
from talelio_backend.operations.services.diagnosing import DiagnosingService
from tests.conftest import MakeHouse

NOWHERE = 'redis://127.0.0.1:1/0'


def healths(service: DiagnosingService) -> dict[str, Health]:
    return {name: finding.health for name, finding in service.diagnose().findings}


def test_everything_is_examined_in_order(house: House) -> None:
    found = healths(doctor(house))
    assert tuple(found) == NAMES
    assert {found[name]
            for name in ('settings', 'database', 'schema', 'redis', 's3', 'mail')} == {Health.OK}
    assert found['worker'] is Health.FAILED  # none runs here
    assert found['demo'] is found['proxies'] is Health.SKIPPED


def test_a_service_that_is_down_is_named_and_the_others_are_not(make_house: MakeHouse) -> None:
    found = healths(doctor(make_house(settings={'redis_url': NOWHERE})))
    assert found['redis'] is found['redis_policy'] is Health.FAILED
    assert found['database'] is found['s3'] is Health.OK


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    with pytest.raises(SystemExit) as ended:
        cli.main(args=['doctor', *arguments])
    code = ended.value.code
    assert isinstance(code, int)
    return code, capsys.readouterr().out


def test_faulty_settings_are_told_and_nothing_else_is_tried(monkeypatch: pytest.MonkeyPatch,
                                                            capsys: Any) -> None:
    monkeypatch.setattr('os.environ', {'TALELIO_ENV': 'production'})
    code, told = run(capsys, '--json')
    document = json.loads(told)
    first, *others = document['checks']
    assert (code, document['ok'], first['status']) == (1, False, 'failed')
    assert 'SECRET_KEY: missing' in first['detail'] and first['remedy']
    assert {check['status'] for check in others} == {'skipped'}
    assert [check['name'] for check in document['checks']] == list(NAMES)


def test_each_failure_has_its_remedy_on_the_next_line(monkeypatch: pytest.MonkeyPatch,
                                                      capsys: Any) -> None:
    monkeypatch.setattr('os.environ', {'TALELIO_ENV': 'production'})
    code, told = run(capsys)
    assert code == 1
    lines = told.splitlines()
    assert lines[0].startswith('settings') and 'FAILED' in lines[0]
    assert '→' in lines[1]

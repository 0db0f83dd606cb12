from collections.abc import Callable
from threading import Event

import pytest

from talelio_backend.operations.domain.diagnosis import Finding, Health, bad, doubtful, good
from talelio_backend.operations.services.diagnosing import DiagnosingService, Examination
from talelio_backend.shared.domain.errors import StorageUnavailable


def examination(examine: Callable[[], Finding], name: str = 'one') -> Examination:
    return Examination(name=name, examine=examine, remedy='Mend it.')


def found_by(examine: Callable[[], Finding], patience: float = 5) -> Finding:
    service = DiagnosingService([examination(examine)], patience=patience)
    (_name, finding), = service.diagnose().findings
    return finding


def storage_is_down() -> Finding:
    raise StorageUnavailable()


def driver_fails() -> Finding:
    raise RuntimeError('postgresql://talelio:sesame@127.0.0.1/talelio')


def test_findings_stand_in_the_order_of_the_examinations() -> None:
    service = DiagnosingService([examination(lambda: good('well'), name) for name in 'cab'])
    assert [name for name, _finding in service.diagnose().findings] == ['c', 'a', 'b']


def test_what_is_down_is_failed_with_its_remedy() -> None:
    assert found_by(storage_is_down) == bad(StorageUnavailable.title, 'Mend it.')


def test_an_error_that_nobody_foresaw_tells_its_kind_alone() -> None:
    assert found_by(driver_fails) == bad('failed with RuntimeError', 'Mend it.')


def test_what_hangs_costs_its_patience_and_the_others_nothing() -> None:
    gate = Event()

    def hang() -> Finding:
        gate.wait(60)
        return good('late')

    service = DiagnosingService(
        [examination(hang, 'slow'), examination(lambda: good('well'))], patience=0.2)
    findings = dict(service.diagnose().findings)
    gate.set()
    assert findings['slow'] == bad('no answer within 0.2 s', 'Mend it.')
    assert findings['one'] == good('well')


@pytest.mark.parametrize('finding, ok', [(good('well'), True), (doubtful('odd', 'Look.'), True),
                                         (bad('broken', 'Mend it.'), False)])
def test_only_what_failed_spoils_the_diagnosis(finding: Finding, ok: bool) -> None:
    assert DiagnosingService([examination(lambda: finding)]).diagnose().ok is ok


def test_every_health_is_told_by_its_word() -> None:
    assert {health.value for health in Health} == {'ok', 'warning', 'failed', 'skipped'}

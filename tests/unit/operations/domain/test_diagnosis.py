from talelio_backend.operations.domain.diagnosis import NAMES, Health, unsettled


def test_faulty_settings_leave_everything_else_unexamined() -> None:
    diagnosis = unsettled(['SECRET_KEY: missing', 'REDIS_URL: missing'])
    assert not diagnosis.ok
    assert tuple(name for name, _finding in diagnosis.findings) == NAMES
    (_name, first), *others = diagnosis.findings
    assert first.detail == 'SECRET_KEY: missing; REDIS_URL: missing' and first.remedy
    assert {finding.health for _name, finding in others} == {Health.SKIPPED}

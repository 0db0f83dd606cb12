import json
from collections.abc import Callable

import click

from talelio_backend.operations.domain.diagnosis import Diagnosis, Finding, Health

_MARKS = {Health.OK: 'ok', Health.WARNING: 'warning', Health.FAILED: 'FAILED', Health.SKIPPED: '–'}


def doctor_command(diagnose: Callable[[], Diagnosis]) -> click.Command:

    @click.command('doctor')
    @click.option('--json', 'as_json', is_flag=True, help='Print one JSON document.')
    def doctor(as_json: bool) -> None:
        """Examine this installation; exit 1 when something is broken."""
        diagnosis = diagnose()
        click.echo(_as_json(diagnosis) if as_json else _as_text(diagnosis))
        if not diagnosis.ok:
            raise SystemExit(1)

    return doctor


def _as_json(diagnosis: Diagnosis) -> str:
    checks = [{'name': name, **_described(finding)} for name, finding in diagnosis.findings]
    return json.dumps({'ok': diagnosis.ok, 'checks': checks}, ensure_ascii=False)


def _described(finding: Finding) -> dict[str, str | None]:
    return {'status': finding.health.value, 'detail': finding.detail, 'remedy': finding.remedy}


def _as_text(diagnosis: Diagnosis) -> str:
    lines = []
    for name, finding in diagnosis.findings:
        lines.append(f'{name:<16} {_MARKS[finding.health]:<8} {finding.detail}')
        if finding.remedy:
            lines.append(f'{"":<25} → {finding.remedy}')
    return '\n'.join(lines)

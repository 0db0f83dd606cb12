from datetime import datetime, timedelta

import pytest

from talelio_backend.operations.domain.diagnosis import Finding, Health
from talelio_backend.operations.domain.layout import dump_file, name_at
from talelio_backend.operations.domain.manifest import Manifest, Tools
from talelio_backend.operations.domain.proof import Proof
from talelio_backend.operations.services.backup_age import BackupAge
from tests.fakes import NOON, FakeClock


def backup(moment: datetime) -> Manifest:
    name = name_at(moment)
    return Manifest(name=name,
                    note=None,
                    created_at=moment,
                    object=dump_file(name, encrypted=False),
                    size=1,
                    sha256='0' * 64,
                    encrypted=False,
                    recipients=(),
                    alembic_revision='one',
                    tables={},
                    media=None,
                    tools=Tools(talelio=None, pg_dump=None, server=None),
                    database='talelio')


def proof(moment: datetime) -> Proof:
    return Proof(name=name_at(moment), sha256='0' * 64, verified_at=moment, seconds=1)


def examine(*ages: float, proven: float | None = None) -> Finding:
    """``ages`` of backups and of the last proof in hours."""
    backups = [backup(NOON - timedelta(hours=age)) for age in sorted(ages)]
    proofs = [] if proven is None else [proof(NOON - timedelta(hours=proven))]
    return BackupAge(lambda: backups, lambda: {one.name: one for one in proofs}, FakeClock())()


def test_no_backup_fails() -> None:
    assert examine().health is Health.FAILED


@pytest.mark.parametrize('age, proven, health', [(1, 1, Health.OK), (26, 50, Health.OK),
                                                 (27, 1, Health.FAILED), (1, 51, Health.WARNING),
                                                 (1, None, Health.WARNING)])
def test_old_backups_fail_and_unproven_ones_are_doubtful(age: float, proven: float | None,
                                                         health: Health) -> None:
    finding = examine(age, 100, proven=proven)
    assert finding.health is health
    assert (finding.remedy is None) == (health is Health.OK)


def test_ages_are_told_in_hours_and_then_in_days() -> None:
    assert examine(1.5, proven=1).detail == 'the newest is 1.5 h old, the last proof 1.0 h'
    assert examine(72).detail == 'the newest is 3 days old'

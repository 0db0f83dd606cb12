import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from prometheus_client import values

from talelio_backend.shared.data.metrics_files import VARIABLE, forget_process, open_folder
from talelio_backend.shared.data.metrics_server import ProcessesCollector

ROOT = Path(__file__).parents[4]
PROCESS = '''
from talelio_backend.shared.data.metrics import ProcessMetrics
metrics = ProcessMetrics()
metrics.begin_at_zero(tasks=['mail.send'])
metrics.began()
metrics.count('login_failures', reason='wrong_password')
metrics.answered(method='GET', route='/v1/things', status=200, seconds=0.5)
print('counted', flush=True)
input()
'''


@contextmanager
def counting(folder: Path) -> Iterator[int]:
    """A process that has counted and lives on; its pid."""
    environ = os.environ | {VARIABLE: str(folder)}
    with subprocess.Popen([sys.executable, '-c', PROCESS],
                          cwd=ROOT,
                          env=environ,
                          stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stdout.readline() == b'counted\n'
        yield process.pid
        process.kill()


def run_process(folder: Path) -> int:
    """A process that counts and is killed; its pid."""
    with counting(folder) as pid:
        return pid


def totals(folder: Path) -> dict[str, float]:
    found: dict[str, float] = {}
    for family in ProcessesCollector(folder).collect():
        for sample in family.samples:
            found[sample.name] = found.get(sample.name, 0) + sample.value
    return found


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    # What ``open_folder`` decides holds for all metrics that this process makes afterwards.
    monkeypatch.setattr(values, 'ValueClass', values.ValueClass)


def test_counts_of_all_processes_are_told_by_one(tmp_path: Path) -> None:
    with counting(tmp_path), counting(tmp_path):
        found = totals(tmp_path)

    assert found['talelio_login_failures_total'] == 2
    assert found['talelio_http_requests_total'] == 2
    assert found['talelio_http_request_duration_seconds_sum'] == 1
    assert found['talelio_http_requests_in_progress'] == 2
    assert found['talelio_job_runs_total'] == 0


def test_counter_never_falls_when_its_process_dies(tmp_path: Path) -> None:
    for _ in range(3):
        forget_process(tmp_path, run_process(tmp_path))

    found = totals(tmp_path)
    assert found['talelio_login_failures_total'] == 3
    assert found['talelio_http_request_duration_seconds_sum'] == 1.5
    assert found['talelio_http_request_duration_seconds_count'] == 3
    assert 'talelio_http_requests_in_progress' not in found
    assert sorted(file.name
                  for file in tmp_path.iterdir()) == ['counter_gone.db', 'histogram_gone.db']


def test_killed_process_is_forgotten_when_somebody_asks(tmp_path: Path) -> None:
    run_process(tmp_path)
    with counting(tmp_path) as living:
        for _ in range(2):
            found = totals(tmp_path)
            assert found['talelio_login_failures_total'] == 2
            assert found['talelio_http_requests_in_progress'] == 1
        left = {file.name for file in tmp_path.iterdir()}
    assert left == {
        'counter_gone.db', 'histogram_gone.db', f'counter_{living}.db', f'histogram_{living}.db',
        f'gauge_livesum_{living}.db'
    }


def test_process_that_counted_nothing_is_forgotten_too(tmp_path: Path) -> None:
    forget_process(tmp_path, 1)

    assert not list(tmp_path.iterdir())


def test_folder_is_emptied_at_the_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, 'environ', os.environ.copy())
    folder = tmp_path / 'metrics'
    folder.mkdir()
    run_process(folder)

    assert open_folder(folder, empty=True) == folder
    assert not totals(folder)
    assert os.environ[VARIABLE] == str(folder)


def test_metrics_of_a_running_process_go_into_files_once_told(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, 'environ', os.environ.copy())
    before = values.ValueClass

    open_folder(tmp_path, empty=True)

    assert values.ValueClass is not before

import os
import signal
import subprocess
import sys
from pathlib import Path
from threading import Event

import pytest

from benchmarks.lifetime import (Interrupted, TimeUp, bounded, folder_of_this_run,
                                 leaving_in_peace, remove_left_overs)


def test_run_ends_when_its_time_is_up(tmp_path: Path) -> None:
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(TimeUp), bounded(0.05), folder_of_this_run(tmp_path) as folder:
        assert folder.is_dir()
        Event().wait(30)
    assert not list(tmp_path.iterdir())
    assert signal.getsignal(signal.SIGTERM) is before
    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)


@pytest.mark.parametrize('number', [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_signal_ends_the_run_and_leaves_nothing(tmp_path: Path, number: signal.Signals) -> None:
    with pytest.raises(Interrupted) as ended, bounded(60), folder_of_this_run(tmp_path):
        signal.raise_signal(number)
    assert ended.value.code == 128 + number
    assert not list(tmp_path.iterdir())


def test_nothing_disturbs_the_clean_up() -> None:
    with bounded(60):
        with leaving_in_peace():
            pass
        signal.raise_signal(signal.SIGTERM)


def test_folders_of_killed_runs_go(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, '-c', '']) as gone:
        pass
    for name in (f'talelio-bench-{gone.pid}-a', f'talelio-bench-{os.getpid()}-b', 'other'):
        (tmp_path / name / 'data').mkdir(parents=True)
    remove_left_overs(tmp_path)
    assert {folder.name
            for folder in tmp_path.iterdir()} == {f'talelio-bench-{os.getpid()}-b', 'other'}

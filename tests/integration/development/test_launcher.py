import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from talelio_backend.development.process import Child, StartFailed

ROOT = Path(__file__).parents[3]


def child_of_python(program: str, folder: Path) -> Child:
    return Child(name='program',
                 command=[sys.executable, '-c', program],
                 environment={},
                 working_dir=folder,
                 log_file=folder / 'log' / 'program.log')


def test_program_keeps_the_number_that_the_launcher_had(tmp_path: Path) -> None:
    child = child_of_python('import os; print(os.getpid())', tmp_path)
    child.start()
    assert child.wait(10)
    written = (tmp_path / 'log' / 'program.log').read_text(encoding='utf-8')
    assert int(written) == child.pid
    assert child.exit_code == 0


def test_absent_program_is_an_exit_with_a_line(tmp_path: Path) -> None:
    child = child_of_python('', tmp_path)
    child.command = ['/nowhere/program']
    child.start()
    assert child.wait(10)
    assert child.exit_code == 1
    said = (tmp_path / 'log' / 'program.log').read_text(encoding='utf-8')
    assert said.startswith('/nowhere/program: ') and said.count('\n') == 1


def test_absent_folder_is_a_failed_start(tmp_path: Path) -> None:
    child = child_of_python('', tmp_path)
    child.working_dir = tmp_path / 'nowhere'
    with pytest.raises(StartFailed, match='program: '):
        child.start()


def test_children_of_a_killed_program_go_before_it_starts_again(tmp_path: Path) -> None:
    fork = 'import os, signal; print(os.fork(), flush=True); signal.pause()'
    child = child_of_python(fork, tmp_path)
    child.start()
    log = tmp_path / 'log' / 'program.log'
    while not (log.exists() and log.read_text(encoding='utf-8').count('\n') == 2):
        assert child.alive()
    grandchild = max(int(line) for line in log.read_text(encoding='utf-8').split())
    assert child.pid
    watched = os.pidfd_open(grandchild)
    os.kill(child.pid, signal.SIGKILL)
    assert child.wait(5)
    child.start()
    assert select.select([watched], [], [], 5)[0]
    os.close(watched)
    child.stop()


def test_watcher_stands_in_where_the_kernel_tells_nothing() -> None:
    """What macOS gets instead of a death signal."""
    program = ('import os, signal, sys\n'
               'from talelio_backend.development.launcher import watch_from_beside\n'
               'watch_from_beside(int(sys.argv[1]), signal.SIGTERM)\n'
               'os.execv(sys.executable, [sys.executable, "-c",'
               ' "import signal; print(1, flush=True); signal.pause()"])')
    with subprocess.Popen([sys.executable, '-c', 'import signal; signal.pause()']) as parent:
        with subprocess.Popen(
            [sys.executable, '-c', program, str(parent.pid)], cwd=ROOT,
                stdout=subprocess.PIPE) as watched:
            assert watched.stdout and watched.stdout.readline()
            assert watched.poll() is None
            parent.kill()
            parent.wait()
            assert watched.wait(5) == -signal.SIGTERM

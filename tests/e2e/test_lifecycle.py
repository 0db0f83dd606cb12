"""`make serve-api` and its kin, as a person starts, kills and stops them."""
import http.client
import json
import os
import queue
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from talelio_backend.development import ports

ROOT = Path(__file__).parents[2]
# The environment that runs the tests is the one to use; making another is not what is tested.
MAKE = ('make', '-s', '-o', 'environment', f'PYTHON={sys.executable}')


class Talelio:
    """A make in a process group of its own, as at a terminal."""

    def __init__(self, target: str, folder: Path, port: int, **variables: str) -> None:
        self.folder = folder
        self.port = port
        self.make = subprocess.Popen(  # pylint: disable=consider-using-with  # see `end`
            [*MAKE, target],
            cwd=ROOT,
            env=surroundings(folder, port) | variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True)
        self.said: list[str] = []
        self._lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.make.stdout
        with self.make.stdout as lines:
            for line in lines:
                self.said.append(line)
                self._lines.put(line)

    def line(self, wanted: str, seconds: float = 60.0) -> str:
        deadline = time.monotonic() + seconds
        while True:
            try:
                line = self._lines.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                raise AssertionError(f'no line with {wanted!r} in {self.said}') from None
            if wanted in line:
                return line

    @property
    def facts(self) -> dict[str, Any]:
        content: dict[str, Any] = json.loads((self.folder / 'run.json').read_bytes())
        return content

    def status(self, path: str) -> int | None:
        return ports.http_status(self.port, path)

    def end(self) -> None:
        if self.make.poll() is None:
            os.killpg(self.make.pid, signal.SIGKILL)
        self.make.wait()


def surroundings(folder: Path, port: int) -> dict[str, str]:
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(('TALELIO_', 'MAKE', 'COV_', 'PYTEST_'))
    }
    return inherited | {'TALELIO_DATA_DIR': str(folder), 'PORT': str(port)}


def make(target: str, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*MAKE, target],
                          cwd=ROOT,
                          env=surroundings(folder, ports.free_port()) | variables,
                          capture_output=True,
                          text=True,
                          timeout=90,
                          check=False)


def descendants(pid: int) -> list[int]:
    found = []
    for task in Path(f'/proc/{pid}/task').glob('*/children'):
        try:
            children = task.read_text(encoding='ascii').split()
        except (FileNotFoundError, ProcessLookupError):
            continue  # it ended while we looked
        for child in map(int, children):
            found += [child, *descendants(child)]
    return found


def named(pid: int, *words: str) -> int | None:
    """The first process below that has these words in its command line."""
    for child in descendants(pid):
        try:
            line = Path(f'/proc/{child}/cmdline').read_bytes().replace(b'\0', b' ').decode()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if all(word in line for word in words):
            return child
    return None


class Watch:
    """Tells whether processes are gone, even if their numbers are given out again."""

    def __init__(self, pids: list[int]) -> None:
        self._open = {os.pidfd_open(pid): pid for pid in pids}

    def left_after(self, seconds: float) -> list[int]:
        deadline = time.monotonic() + seconds
        left = []
        for descriptor, pid in self._open.items():
            patience = max(0.0, deadline - time.monotonic())
            if not select.select([descriptor], [], [], patience)[0]:
                left.append(pid)
            os.close(descriptor)
        return left


def eventually(condition: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    pause = threading.Event()
    while not condition():
        if time.monotonic() > deadline:
            return False
        pause.wait(0.05)
    return True


@pytest.fixture(name='folder', scope='module')
def _folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp('lifecycle') / 'Daten für später'


@pytest.fixture(name='start')
def _start(folder: Path) -> Iterator[Callable[..., Talelio]]:
    begun = []

    def start(target: str = 'serve-api', *, port: int | None = None) -> Talelio:
        begun.append(Talelio(target, folder, port or ports.free_port()))
        return begun[-1]

    yield start
    for talelio in begun:
        talelio.end()


@pytest.fixture(name='talelio')
def _talelio(start: Callable[..., Talelio]) -> Talelio:
    talelio = start()
    talelio.line('talelio is ready')
    talelio.line('stop')
    return talelio


@pytest.fixture(name='running', scope='class')
def _running(folder: Path) -> Iterator[Talelio]:
    """One for the tests that leave it as they found it."""
    talelio = Talelio('serve-api', folder, ports.free_port())
    try:
        talelio.line('talelio is ready')
        talelio.line('stop')
        yield talelio
    finally:
        talelio.end()


class TestInstanceThatGoesOn:
    """These leave it as they found it, and share one, which the last one ends."""

    def test_ready_means_ready(self, running: Talelio) -> None:
        assert running.status('/readyz') == 200
        assert running.status('/v1/docs') == 200
        said = ''.join(running.said).partition('talelio is ready')[2]
        for name in ('url', 'docs_url', 'mail_dir', 'metrics_url'):
            assert running.facts[name] in said
        metrics_port = int(running.facts['metrics_url'].split(':')[2].split('/')[0])
        assert ports.http_status(metrics_port, '/metrics') == 200

    def test_second_instance_is_refused_and_the_first_goes_on(self, running: Talelio) -> None:
        second = make('serve-api', running.folder)
        assert second.returncode != 0
        assert (f'this data folder is in use by process {running.facts["pid"]} '
                f'(http://127.0.0.1:{running.port})') in second.stderr
        assert running.status('/readyz') == 200

    def test_command_uses_the_running_servers(self, running: Talelio) -> None:
        answer = make('cli', running.folder, ARGS='psql -- -Atc "SELECT current_user"')
        assert (answer.returncode, answer.stdout.strip()) == (0, 'talelio')

    # Fewer than the deaths in a minute after which everything stops.
    @pytest.mark.parametrize(('words', 'part'), [
        (('talelio_backend serve', ), 'API'),
        (('talelio_backend worker', ), 'worker'),
        (('rclone', ), 'S3'),
    ])
    def test_killed_part_is_back_within_five_seconds(self, running: Talelio,
                                                     words: tuple[str, ...], part: str) -> None:
        assert_back_after_a_kill(running, words, part)

    def test_interrupt_at_a_terminal_leaves_no_process(self, running: Talelio) -> None:
        watch = Watch(descendants(running.make.pid))
        os.killpg(running.make.pid, signal.SIGINT)
        assert_stopped(running, watch, signal.SIGINT)


def assert_back_after_a_kill(talelio: Talelio, words: tuple[str, ...], part: str) -> None:
    killed = named(talelio.make.pid, *words)
    assert killed
    os.kill(killed, signal.SIGKILL)
    talelio.line(f'{part} ended; starting it again', seconds=5)
    assert eventually(lambda: named(talelio.make.pid, *words) not in (None, killed), seconds=5)
    assert eventually(lambda: talelio.status('/readyz') == 200, seconds=10)


class TestInstanceWhoseDatabasesDie:
    """One again, which the last one ends."""

    @pytest.mark.parametrize(('words', 'part'), [
        (('redis-server', ), 'Redis'),
        (('postgres', '-D'), 'PostgreSQL'),
    ])
    def test_killed_database_is_back_within_five_seconds(self, running: Talelio, words: tuple[str,
                                                                                              ...],
                                                         part: str) -> None:
        assert_back_after_a_kill(running, words, part)

    def test_requests_in_flight_get_their_whole_answer(self, running: Talelio) -> None:
        under_way, watch = threading.Semaphore(0), Watch(descendants(running.make.pid))

        def ask() -> list[str]:
            outcomes = []
            while True:
                connection = http.client.HTTPConnection('127.0.0.1', running.port, timeout=15)
                try:
                    connection.request('GET', '/v1/openapi.json')
                    under_way.release()
                    response = connection.getresponse()
                    size = len(response.read())
                    outcomes.append('whole' if size ==
                                    int(response.headers['Content-Length']) else 'cut')
                except http.client.IncompleteRead:
                    outcomes.append('cut')
                except (OSError, http.client.HTTPException):
                    return outcomes  # refused: nobody listens any more
                finally:
                    connection.close()

        with ThreadPoolExecutor(20) as pool:
            asked = [pool.submit(ask) for _ in range(20)]
            for _ in range(40):
                under_way.acquire()  # pylint: disable=consider-using-with  # a count, not a lock
            running.make.send_signal(signal.SIGTERM)
            outcomes = [outcome for future in asked for outcome in future.result()]
        assert len(outcomes) >= 20
        assert 'cut' not in outcomes
        assert_stopped(running, watch, signal.SIGTERM)


def assert_stopped(talelio: Talelio, watch: Watch, number: int) -> None:
    """In order, by this signal, and with everything that it had started."""
    assert not watch.left_after(10)
    # make ends by the signal that it got; what it ran ended in order, or it would say Error.
    assert talelio.make.wait(1) in (0, 130, -number)
    assert not any(line.startswith('make') and 'Error' in line for line in talelio.said)
    assert not (talelio.folder / 'run.json').exists()


def test_second_start_keeps_the_cluster_and_calls_no_package_tool(
        talelio: Talelio, start: Callable[..., Talelio]) -> None:
    born = (talelio.folder / 'postgres' / 'PG_VERSION').stat().st_mtime_ns
    watch = Watch(descendants(talelio.make.pid))
    os.killpg(talelio.make.pid, signal.SIGTERM)
    assert_stopped(talelio, watch, signal.SIGTERM)
    again = start(port=talelio.port)
    again.line('talelio is ready')
    assert (talelio.folder / 'postgres' / 'PG_VERSION').stat().st_mtime_ns == born
    assert not any('install' in line for line in again.said)


def test_interrupt_of_make_alone_leaves_no_process(talelio: Talelio) -> None:
    watch = Watch(descendants(talelio.make.pid))
    talelio.make.send_signal(signal.SIGINT)
    assert_stopped(talelio, watch, signal.SIGINT)


def test_killed_tree_needs_no_hand_and_killed_make_leaves_nobody(
        talelio: Talelio, start: Callable[..., Talelio]) -> None:
    for pid in [talelio.make.pid, *descendants(talelio.make.pid)]:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass  # its parent's death was quicker
    talelio.make.wait()
    again = start(port=talelio.port)
    again.line('talelio is ready')
    assert again.status('/readyz') == 200
    watch = Watch(descendants(again.make.pid))
    again.make.kill()
    assert not watch.left_after(10)


def test_command_brings_its_own_servers_where_none_run(tmp_path: Path) -> None:
    answer = make('cli', tmp_path / 'data', ARGS='psql -- -Atc "SELECT current_user"')
    assert (answer.returncode, answer.stdout.strip()) == (0, 'talelio')
    refused = make('cli', tmp_path / 'data', ARGS='no-such-command')
    assert refused.returncode != 0
    assert not (tmp_path / 'data' / 'run.json').exists()


def test_databases_alone_stay_in_the_background(tmp_path: Path) -> None:
    folder = tmp_path / 'data'
    assert make('start-dev-dbs', folder).returncode == 0
    facts = json.loads((folder / 'run.json').read_bytes())
    try:
        again = make('start-dev-dbs', folder)
        assert (again.returncode, str(facts['pid']) in again.stdout) == (0, True)
        assert 'make stop-dev-dbs' in make('serve-api', folder).stderr
        assert make('migrate', folder).returncode == 0
        watch = Watch([facts['pid'], *descendants(facts['pid'])])
    finally:
        stopped = make('stop-dev-dbs', folder)
    assert stopped.returncode == 0
    assert not watch.left_after(1)
    assert make('stop-dev-dbs', folder).returncode == 0

"""The supervisor with real servers and stand-ins for our own programs."""
import json
import os
import queue
import select
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import psycopg.sql
import pytest

from talelio_backend.development import ports

ROOT = Path(__file__).parents[3]
PROGRAMS = textwrap.dedent('''
    import http.server, os, signal, sys
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()
        def log_message(self, *_):
            pass
    what = sys.argv[1]
    print(what, 'runs as', os.getpid(), flush=True)
    if what == 'deaf':
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if what == 'brittle':
        os._exit(3)
    port = {'web': 'PORT', 'metrics': 'METRICS_PORT'}.get(what)
    if port:
        http.server.HTTPServer(('127.0.0.1', int(os.environ[port])), Answer).serve_forever()
    if what != 'migrate':
        while True:
            signal.pause()
''')
DRIVER = textwrap.dedent('''
    import os, sys
    from pathlib import Path
    from talelio_backend.development import serving
    from talelio_backend.development.data_folder import DataFolder, InUse
    from talelio_backend.development.parts import Commands
    from talelio_backend.development.stack import Options, PortTaken
    folder, port, programs, worker = sys.argv[1:]
    def stand_in(name):
        return sys.executable, programs, name
    options = Options(folder=DataFolder(Path(folder)), port=int(port), metrics_port=None,
                      clock_offset=-60.0, inherited=dict(os.environ), interrupted=lambda: False)
    commands = Commands(migrate=stand_in('migrate'), worker=stand_in(worker),
                        metrics=stand_in('metrics'), web=stand_in('web'))
    try:
        sys.exit(serving.serve(options, commands))
    except (InUse, PortTaken) as refusal:
        sys.exit(str(refusal))
''')


class Instance:

    def __init__(self, process: subprocess.Popen[str], folder: Path, port: int) -> None:
        self.process = process
        self.folder = folder
        self.port = port
        self._lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout
        with self.process.stdout as lines:
            for line in lines:
                self._lines.put(line)

    def line(self, wanted: str, seconds: float = 30.0) -> str:
        """Reads on until a line has that text; queue.Empty if none comes in time."""
        deadline = time.monotonic() + seconds
        while True:
            line = self._lines.get(timeout=max(0.0, deadline - time.monotonic()))
            if wanted in line:
                return line

    def facts(self) -> dict[str, Any]:
        content: dict[str, Any] = json.loads((self.folder / 'run.json').read_bytes())
        return content

    def stop(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(10)


Start = Callable[..., Instance]


@pytest.fixture(name='folder', scope='module')
def _folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One for the module: every start but the first finds what the one before left."""
    return tmp_path_factory.mktemp('serving') / 'Daten für später'


@pytest.fixture(name='start')
def _start(folder: Path, tmp_path: Path) -> Iterator[Start]:
    programs = tmp_path / 'programs.py'
    programs.write_text(PROGRAMS, encoding='utf-8')
    begun = []

    def start(*, port: int | None = None, into: Path = folder, worker: str = 'worker') -> Instance:
        chosen = port or ports.free_port()
        process = subprocess.Popen(  # pylint: disable=consider-using-with  # ended below
            [sys.executable, '-c', DRIVER,
             str(into),
             str(chosen),
             str(programs), worker],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True)
        begun.append(process)
        return Instance(process, into, chosen)

    yield start
    for process in begun:
        if process.poll() is None:
            process.kill()
        process.wait()


@pytest.fixture(name='running')
def _running(start: Start) -> Instance:
    instance = start()
    instance.line('talelio is ready')
    return instance


def children(pid: int) -> dict[str, int]:
    """Name of the program -> pid."""
    found = {}
    for number in Path(f'/proc/{pid}/task/{pid}/children').read_text(encoding='ascii').split():
        name = Path(f'/proc/{number}/comm').read_text(encoding='utf-8').strip()
        if name.startswith('python'):  # a stand-in, its name is the last word
            name = Path(f'/proc/{number}/cmdline').read_bytes().split(b'\0')[-2].decode()
        found[name] = int(number)
    return found


@contextmanager
def all_gone(pids: list[int], seconds: float = 10.0) -> Iterator[None]:
    """They live before the block, and not after it."""
    watched = [os.pidfd_open(pid) for pid in pids]
    yield
    deadline = time.monotonic() + seconds
    try:
        for process in watched:
            assert select.select([process], [], [], max(0.0, deadline - time.monotonic()))[0]
    finally:
        for process in watched:
            os.close(process)


def test_run_file_says_how_to_reach_everything(running: Instance) -> None:
    facts = running.facts()
    assert set(facts) == {
        'pid', 'url', 'docs_url', 'metrics_url', 'mail_dir', 'database_url', 'redis_url',
        's3_endpoint_url', 's3_access_key', 's3_secret_key', 'pg_bin', 'started_at', 'clock_offset'
    }
    assert facts['pid'] == running.process.pid
    assert facts['url'] == f'http://127.0.0.1:{running.port}'
    assert facts['clock_offset'] == -60
    assert (running.folder / 'run.json').stat().st_mode & 0o777 == 0o600
    answer = subprocess.run(
        [Path(facts['pg_bin']) / 'psql', facts['database_url'], '-Atc', 'SHOW is_superuser'],
        capture_output=True,
        text=True,
        check=True)
    assert answer.stdout.strip() == 'on'


def test_ready_lines_name_what_a_person_needs(running: Instance) -> None:
    facts = running.facts()
    for wanted in (facts['url'], facts['docs_url'], facts['mail_dir'], facts['metrics_url'],
                   'Ctrl-C'):
        assert wanted in running.line('')


@pytest.mark.parametrize('number', [signal.SIGTERM, signal.SIGINT])
def test_stop_leaves_no_process_and_no_run_file(running: Instance, number: int) -> None:
    with all_gone(list(children(running.process.pid).values())):
        assert running.stop(number) == 0
    assert not (running.folder / 'run.json').exists()


def test_second_interrupt_kills_who_does_not_listen(start: Start) -> None:
    instance = start(worker='deaf')
    instance.line('talelio is ready')
    with all_gone(list(children(instance.process.pid).values()), seconds=3):
        instance.process.send_signal(signal.SIGINT)
        instance.line('stopping')
        instance.process.send_signal(signal.SIGINT)
        assert instance.process.wait(3) == 130


def test_repeated_termination_is_one_request(start: Start) -> None:
    instance = start(worker='deaf')
    instance.line('talelio is ready')
    instance.process.send_signal(signal.SIGTERM)
    instance.line('stopping')
    instance.process.send_signal(signal.SIGTERM)
    assert instance.process.wait(10) == 0


@pytest.mark.parametrize('program', ['web', 'worker', 'metrics', 'redis-server', 'rclone'])
def test_killed_part_is_started_again(running: Instance, program: str) -> None:
    os.kill(children(running.process.pid)[program], signal.SIGKILL)
    running.line('ended; starting it again', seconds=5)
    if program in ('web', 'worker', 'metrics'):
        running.line(f'{program} runs as', seconds=5)
    else:
        assert answers_again(running, program)


def answers_again(running: Instance, program: str) -> bool:
    key = {'redis-server': 'redis_url', 'rclone': 's3_endpoint_url'}[program]
    port = int(running.facts()[key].rpartition(':')[2].partition('/')[0])
    deadline = time.monotonic() + 5
    while ports.is_free(port):
        if time.monotonic() > deadline:
            return False
    return True


def test_crashed_database_comes_back_with_its_connections_busy(running: Instance) -> None:
    url = running.facts()['database_url']
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute('CREATE TABLE IF NOT EXISTS crash (id int)')
        connection.execute('INSERT INTO crash VALUES (1)')
        os.kill(children(running.process.pid)['postgres'], signal.SIGKILL)
        running.line('PostgreSQL ended; starting it again', seconds=5)
    assert rows(url, 'crash') >= 1


def rows(url: str, table: str, seconds: float = 10.0) -> int:
    deadline = time.monotonic() + seconds
    while True:
        try:
            with psycopg.connect(url) as connection:
                counted = connection.execute(
                    psycopg.sql.SQL('SELECT count(*) FROM {}').format(
                        psycopg.sql.Identifier(table))).fetchone()
                assert counted
                return int(counted[0])
        except psycopg.OperationalError:
            if time.monotonic() > deadline:
                raise


def test_fifth_death_in_a_minute_stops_everything(running: Instance) -> None:
    servers = [
        pid for name, pid in children(running.process.pid).items()
        if name in ('postgres', 'redis-server', 'rclone')
    ]
    with all_gone(servers):
        for _ in range(4):
            os.kill(children(running.process.pid)['worker'], signal.SIGKILL)
            running.line('worker ended; starting it again')
            running.line('worker runs as')
        os.kill(children(running.process.pid)['worker'], signal.SIGKILL)
        running.line('5 deaths')
        assert running.process.wait(10) == 1


def test_program_that_cannot_start_stops_the_start(start: Start) -> None:
    instance = start(worker='brittle')
    instance.line('worker')
    assert instance.process.wait(20) == 1


def test_killed_supervisor_takes_all_along_and_the_next_start_needs_no_hand(
        running: Instance, start: Start) -> None:
    url = running.facts()['database_url']
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute('CREATE TABLE IF NOT EXISTS kept (id int)')
        connection.execute('INSERT INTO kept VALUES (1)')
    with all_gone(list(children(running.process.pid).values())):
        running.process.kill()
    assert (running.folder / 'run.json').exists()
    successor = start(port=running.port)
    successor.line('talelio is ready')
    assert rows(successor.facts()['database_url'], 'kept') >= 1


def test_killed_tree_comes_back_with_its_data(running: Instance, start: Start) -> None:
    url = running.facts()['database_url']
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute('CREATE TABLE IF NOT EXISTS kept (id int)')
        connection.execute('INSERT INTO kept VALUES (1)')
    for pid in [*children(running.process.pid).values(), running.process.pid]:
        os.kill(pid, signal.SIGKILL)
    running.process.wait()
    successor = start(port=running.port)
    successor.line('talelio is ready')
    assert rows(successor.facts()['database_url'], 'kept') >= 1


def test_second_instance_is_told_who_uses_the_folder(running: Instance, start: Start) -> None:
    second = start()
    second.line(f'this data folder is in use by process {running.process.pid} '
                f'(http://127.0.0.1:{running.port})')
    assert second.process.wait(5) == 1
    assert ports.http_status(running.port, '/livez') == 200


def test_two_folders_with_two_ports_live_side_by_side(running: Instance, start: Start,
                                                      tmp_path: Path) -> None:
    other = start(into=tmp_path / 'other')
    other.line('talelio is ready')
    assert ports.http_status(running.port, '/livez') == 200
    assert ports.http_status(other.port, '/livez') == 200


def test_taken_port_is_said_before_anything_starts(start: Start, tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, '-m', 'http.server', '--bind', '127.0.0.1', '0'],
                          stdout=subprocess.PIPE,
                          text=True,
                          env=os.environ | {'PYTHONUNBUFFERED': '1'}) as stranger:
        assert stranger.stdout
        port = int(stranger.stdout.readline().split('port ')[1].split()[0])
        instance = start(port=port, into=tmp_path / 'fresh')
        instance.line(f'port {port} is taken (process {stranger.pid}, ')
        assert instance.process.wait(5) == 1
        stranger.terminate()
    assert not (tmp_path / 'fresh' / 'postgres').exists()

"""The supervisor with real servers and stand-ins for our own programs."""
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import psycopg.sql
import pytest

from talelio_backend.development import ports
from tests.integration.development.stand_ins import (DRIVER, PATIENCE, PROGRAMS, Instance, Start,
                                                     all_gone, children)

ROOT = Path(__file__).parents[3]


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
    with all_gone(list(children(instance.process.pid).values())):
        instance.process.send_signal(signal.SIGINT)
        instance.line('stopping')
        instance.process.send_signal(signal.SIGINT)
        assert instance.process.wait(PATIENCE) == 130


def test_repeated_termination_is_one_request(start: Start) -> None:
    instance = start(worker='deaf')
    instance.line('talelio is ready')
    instance.process.send_signal(signal.SIGTERM)
    instance.line('stopping')
    instance.process.send_signal(signal.SIGTERM)
    assert instance.process.wait(PATIENCE) == 0


@pytest.mark.parametrize('program', ['web', 'worker', 'metrics', 'redis-server', 'rclone'])
def test_killed_part_is_started_again(running: Instance, program: str) -> None:
    os.kill(children(running.process.pid)[program], signal.SIGKILL)
    running.line('ended; starting it again')
    if program in ('web', 'worker', 'metrics'):
        running.line(f'{program} runs as')
    else:
        assert answers_again(running, program)


def answers_again(running: Instance, program: str) -> bool:
    key = {'redis-server': 'redis_url', 'rclone': 's3_endpoint_url'}[program]
    port = int(running.facts()[key].rpartition(':')[2].partition('/')[0])
    deadline = time.monotonic() + PATIENCE
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
        running.line('PostgreSQL ended; starting it again')
    assert rows(url, 'crash') >= 1


def rows(url: str, table: str, seconds: float = PATIENCE) -> int:
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
        assert running.process.wait(PATIENCE) == 1


def test_program_that_cannot_start_stops_the_start(start: Start) -> None:
    instance = start(worker='brittle')
    instance.line('worker')
    assert instance.process.wait(PATIENCE) == 1


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
    assert second.process.wait(PATIENCE) == 1
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
        assert instance.process.wait(PATIENCE) == 1
        stranger.terminate()
    assert not (tmp_path / 'fresh' / 'postgres').exists()

"""Two runs of the cron script, and what a killed one leaves to the next."""

import os
import signal
import subprocess

import pytest

from tests.eventually import eventually
from tests.integration.scripts.cron_host import CronHost

# The dump waits until the test says go.
WAITS = '''case $1 in --version) ;; *)
    : >{home}/dumping
    until [ -e {home}/go ]; do sleep 0.05; done ;;
esac
'''


def start_and_wait(host: CronHost) -> subprocess.Popen[str]:
    """A run that is in the middle of its dump."""
    host.hook('pg_dump', WAITS.format(home=host.home))
    process = host.start()
    eventually((host.home / 'dumping').exists, seconds=60)
    return process


def test_second_run_stops_and_the_first_goes_on(host: CronHost) -> None:
    with start_and_wait(host) as first:
        second = host.run()
        assert (second.returncode, second.stdout) == (1, '')
        assert second.stderr == ('backup_postgres_db: another backup is running '
                                 f'(process {first.pid})\n')
        (host.home / 'go').touch()
        output, errors = first.communicate(timeout=60)
    assert (first.returncode, errors) == (0, '')
    assert 'is stored' in output
    assert len(host.objects()) == 2
    assert not host.lock.exists()


def test_run_that_was_killed_does_not_stop_the_next(host: CronHost) -> None:
    with start_and_wait(host) as first:
        os.killpg(first.pid, signal.SIGKILL)
    assert [owner.name for owner in host.lock.iterdir()] == [str(first.pid)]
    (host.home / 'go').touch()

    second = host.run()
    assert (second.returncode, second.stderr) == (0, '')
    assert not host.lock.exists()
    assert [name for name in host.objects() if name.endswith('.manifest.json')]


@pytest.mark.parametrize('sent', [signal.SIGTERM, signal.SIGINT])
def test_run_that_is_interrupted_leaves_nothing(host: CronHost, sent: signal.Signals) -> None:
    host.find_names_free()
    with start_and_wait(host) as process:
        os.kill(process.pid, sent)
        output, errors = process.communicate(timeout=60)
    assert (process.returncode, output) == (1, '')
    assert errors == 'backup_postgres_db: interrupted\n'
    assert host.objects() == []
    assert not host.lock.exists()


def test_number_of_another_program_does_not_hold_the_lock(host: CronHost) -> None:
    host.find_names_free()
    with subprocess.Popen(['cat'], stdin=subprocess.PIPE) as other:
        (host.lock / str(other.pid)).mkdir(parents=True)
        # Far enough to show that it got the lock.
        ended = host.run(POSTGRES_DB='nowhere')
        assert 'psql' in ended.stderr
    assert not host.lock.exists()


def test_lock_without_owner_is_taken(host: CronHost) -> None:
    host.find_names_free()
    host.lock.mkdir()
    assert 'psql' in host.run(POSTGRES_DB='nowhere').stderr
    assert not host.lock.exists()


def test_lock_that_cannot_be_made_is_told(host: CronHost) -> None:
    ended = host.run(BACKUP_LOCK_DIR=str(host.home / 'nowhere' / 'lock'))
    assert (ended.returncode, ended.stdout) == (1, '')
    assert ended.stderr.startswith('backup_postgres_db: cannot take the lock ')
    assert host.calls() == []

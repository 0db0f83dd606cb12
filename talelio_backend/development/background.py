"""`make start-dev-dbs` and `make stop-dev-dbs`: the three servers without the programs."""
import os
import signal
import subprocess
import sys
import time

from talelio_backend.development.data_folder import DataFolder, InUse
from talelio_backend.development.parts import PROJECT, TALELIO, operator_command
from talelio_backend.development.running import FAILED, STOPPED, complain, run_until_stopped, say
from talelio_backend.development.stack import Options, Stack

PURPOSE = 'development databases; make stop-dev-dbs ends them'
_STOP_SECONDS = 12.0
_LOOK_SECONDS = 0.1


def start(folder: DataFolder) -> int:
    """Returns when they are ready."""
    owner = folder.owner()
    if owner:
        say(f'PostgreSQL, Redis and S3 run already, by process {owner.get("pid")}')
        return STOPPED
    supervisor = subprocess.Popen(  # pylint: disable=consider-using-with  # it outlives us
        operator_command('supervise-dbs', module='talelio_backend.development'),
        cwd=PROJECT,
        env=os.environ | {'TALELIO_DATA_DIR': str(folder.path)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True)
    assert supervisor.stdout
    for line in supervisor.stdout:  # until it turns to its log file, or ends
        say(line.rstrip('\n'))
    return STOPPED if folder.running() else supervisor.wait()


def supervise(options: Options) -> int:
    """The background process itself."""
    with options.folder.lock(PURPOSE):
        stack = Stack(options, TALELIO, say)

        def work() -> int:
            stack.start_databases()
            options.folder.write_run(stack.facts(serving=False))
            say(f'PostgreSQL, Redis and S3 are ready; how to reach them: '
                f'{options.folder.run_file}')
            _turn_to_log(options.folder)
            stack.watch(until=_never)
            return STOPPED

        return run_until_stopped(stack, work)


def stop(folder: DataFolder) -> int:
    owner = folder.owner()
    if not owner:
        say('no development databases run')
        return STOPPED
    if owner['purpose'] != PURPOSE:
        complain(str(InUse(owner['pid'], owner['purpose'])))
        return FAILED
    os.kill(owner['pid'], signal.SIGTERM)
    deadline = time.monotonic() + _STOP_SECONDS
    while folder.owner() == owner:
        if time.monotonic() > deadline:
            complain(f'process {owner["pid"]} does not end')
            return FAILED
        time.sleep(_LOOK_SECONDS)
    say('stopped')
    return STOPPED


def _turn_to_log(folder: DataFolder) -> None:
    sys.stdout.flush()
    log = os.open(folder.log_file('supervisor'), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(log, sys.stdout.fileno())
    os.dup2(log, sys.stderr.fileno())
    os.close(log)


def _never() -> bool:
    return False

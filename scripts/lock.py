"""`lock.py lock` resolves the Pipfile anew; `lock.py requirements [--check]` writes (or compares)
requirements.txt, what an image installs. Neither file says where packages come from: that is the
business of the installer's own configuration.
"""
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_ROOT = Path(__file__).resolve().parent.parent
_LOCK, _REQUIREMENTS = _ROOT / 'Pipfile.lock', _ROOT / 'requirements.txt'
_TITLE = '# Made from Pipfile.lock by `make update-requirements`.\n'


def lock() -> None:
    subprocess.run([_ROOT / '.venv-tools' / 'bin' / 'python', '-m', 'pipenv', 'lock'],
                   cwd=_ROOT,
                   env=os.environ | {
                       'PIPENV_VENV_IN_PROJECT': '1',
                       'PIPENV_IGNORE_VIRTUALENVS': '1',
                       'PIPENV_NOSPIN': '1'
                   },
                   check=True)
    content = json.loads(_LOCK.read_bytes())
    content['_meta']['sources'] = []
    for section in ('default', 'develop'):
        for package in content[section].values():
            package.pop('index', None)  # a name of a source, and there is none
    _write(_LOCK, json.dumps(content, indent=4, sort_keys=True) + '\n')


def requirements(check: bool) -> None:
    wanted = _TITLE + _as_requirements(json.loads(_LOCK.read_bytes())['default'])
    present = _REQUIREMENTS.read_text(encoding='utf-8') if _REQUIREMENTS.exists() else ''
    if wanted == present:
        return
    if check:
        sys.exit('requirements.txt is not what Pipfile.lock says; run make update-requirements')
    _write(_REQUIREMENTS, wanted)


def _as_requirements(packages: Mapping[str, Mapping[str, Any]]) -> str:
    return ''.join(_requirement(name, packages[name]) for name in sorted(packages))


def _requirement(name: str, package: Mapping[str, Any]) -> str:
    extras = ','.join(sorted(package.get('extras', ())))
    markers = package.get('markers')
    line = f'{name}{f"[{extras}]" if extras else ""}{package["version"]}'
    if markers:
        line += f' ; {markers}'
    return ' \\\n'.join([line, *(f'    --hash={digest}' for digest in package['hashes'])]) + '\n'


def _write(file: Path, text: str) -> None:
    beside = file.with_name(f'{file.name}.new')
    beside.write_text(text, encoding='utf-8')
    beside.replace(file)


def main(arguments: list[str]) -> None:
    match arguments:
        case ['lock']:
            try:
                lock()
            except subprocess.CalledProcessError as failure:
                sys.exit(failure.returncode)
        case ['requirements']:
            requirements(check=False)
        case ['requirements', '--check']:
            requirements(check=True)
        case _:
            sys.exit('usage: lock.py lock | requirements [--check]')


if __name__ == '__main__':
    main(sys.argv[1:])

"""The checks of `make check`, `make lint` and the pre-commit hook; none of them changes a file.

    check.py [--only STEP ...] [--staged]

`--staged` reads names from the standard input, each ended by a NUL, and gives the steps that look
at single files these alone. All steps run, so that one run tells all; the exit code is 1 if any
failed. The tools are those beside the interpreter that runs this; the project is the folder that
one stands in.
"""
import argparse
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

_BIN = Path(sys.executable).parent
_CODE = ('talelio_backend', 'migrations', 'scripts', 'tests', 'benchmarks')
_NOT_OURS = ('.git', '.venv', '.venv-tools', '.venv-deploy', '.venv-rivals', '.data')


@dataclass(frozen=True)
class Step:
    """`takes` says which files the tool wants as arguments; without it, it looks at the whole."""

    name: str
    command: tuple[str, ...]
    takes: Callable[[Path], bool] | None = None


def _is_python(file: Path) -> bool:
    return file.suffix == '.py' and file.parts[0] in _CODE


def _is_shell(file: Path) -> bool:
    if file.suffix == '.sh':
        return True
    if file.parts[0] not in ('.githooks', '.ci') or not file.is_file():
        return False
    return file.read_bytes().startswith((b'#!/bin/sh', b'#!/usr/bin/env bash', b'#!/bin/bash'))


def _is_yaml(file: Path) -> bool:
    return file.suffix in ('.yml', '.yaml')


def _is_dockerfile(file: Path) -> bool:
    return file.name == 'Dockerfile' or file.suffix == '.Dockerfile'


def _is(*patterns: str) -> Callable[[Path], bool]:
    return lambda file: any(file.match(pattern) for pattern in patterns)


def _schema(name: str) -> tuple[str, ...]:
    """Of those that check-jsonschema brings along: nothing is fetched."""
    return str(_BIN / 'check-jsonschema'), '--quiet', '--builtin-schema', name


def _module(*words: str) -> tuple[str, ...]:
    return sys.executable, '-m', *words


STEPS = (
    Step('yapf', _module('yapf', '--diff', '--parallel'), _is_python),
    Step('isort', _module('isort', '--check-only', '--diff', '--quiet'), _is_python),
    Step('pylint', _module('pylint', '--score=n'), _is_python),
    Step('shellcheck', (str(_BIN / 'shellcheck'), ), _is_shell),
    Step('hadolint', (str(_BIN / 'hadolint'), ), _is_dockerfile),
    Step('yamllint', _module('yamllint', '--strict'), _is_yaml),
    Step('compose', _schema('vendor.compose-spec'), _is('compose.yaml')),
    Step('workflows', _schema('vendor.github-workflows'), _is('.github/workflows/*.yml')),
    Step('workflow-timeouts', _schema('custom.github-workflows-require-timeout'),
         _is('.github/workflows/*.yml')),
    Step('issue-forms', _schema('vendor.github-issue-forms'),
         _is('.github/ISSUE_TEMPLATE/bug.yml', '.github/ISSUE_TEMPLATE/feature.yml')),
    Step('issue-chooser', _schema('vendor.github-issue-config'),
         _is('.github/ISSUE_TEMPLATE/config.yml')),
    Step('dependabot', _schema('vendor.dependabot'), _is('.github/dependabot.yml')),
    Step('codecov', _schema('vendor.codecov'), _is('codecov.yml')),
    Step('task-definitions', (sys.executable, 'scripts/check_task_definitions.py'),
         _is('.aws/*.json')),
    Step('mypy', _module('mypy', *(folder for folder in _CODE if Path(folder).is_dir()))),
    Step('import-linter', (str(_BIN / 'lint-imports'), )),
    Step('requirements', (sys.executable, 'scripts/lock.py', 'requirements', '--check')),
    Step('generated-docs', (sys.executable, 'scripts/generate_docs.py', '--check')),
    Step('migration-drift', _module('talelio_backend.development', 'exec', '--', 'check-drift')),
)


def _files() -> Iterator[Path]:
    for folder, inner, names in os.walk('.'):
        inner[:] = sorted(name for name in inner if name not in _NOT_OURS)
        yield from (Path(folder, name) for name in sorted(names))


def _staged() -> list[Path]:
    names = sys.stdin.buffer.read().split(b'\0')
    return [Path(os.fsdecode(name)) for name in names if name]


def _passes(step: Step, files: Iterable[Path]) -> bool:
    wanted = [str(file) for file in files if step.takes and step.takes(file)]
    if step.takes and not wanted:
        return True
    print(f'== {step.name}', flush=True)
    try:
        return subprocess.run([*step.command, *wanted], check=False).returncode == 0
    except OSError as error:
        print(error, file=sys.stderr)
        return False


def main() -> None:
    parser = argparse.ArgumentParser(description='Checks the project; changes no file.')
    parser.add_argument('--only', nargs='+', choices=[step.name for step in STEPS])
    parser.add_argument('--staged', action='store_true')
    arguments = parser.parse_args()
    files = _staged() if arguments.staged else list(_files())
    chosen = [step for step in STEPS if not arguments.only or step.name in arguments.only]
    failed = [step.name for step in chosen if not _passes(step, files)]
    if failed:
        sys.exit(f'failed: {", ".join(failed)} (make fix puts formatting right)')


if __name__ == '__main__':
    main()

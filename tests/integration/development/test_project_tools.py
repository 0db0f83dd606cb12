"""The hooks, the Makefile and the scripts, as a person at a shell meets them."""
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
HOOKS = ROOT / '.githooks'


def run(*command: str | Path, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command,
                          cwd=folder,
                          env={
                              'PATH': '/usr/bin:/bin',
                              'HOME': str(folder),
                              **variables
                          },
                          capture_output=True,
                          text=True,
                          check=False)


@pytest.fixture(name='clone')
def _clone(tmp_path: Path) -> Path:
    """An empty repository that has our hooks and checks."""
    folder = tmp_path / 'ein Klon'
    folder.mkdir()
    run('git', 'init', '-q', folder=folder)
    run('git', 'config', 'user.name', 'Somebody', folder=folder)
    run('git', 'config', 'user.email', 'somebody@example.org', folder=folder)
    shutil.copytree(HOOKS, folder / '.githooks')
    run('git', 'config', 'core.hooksPath', '.githooks', folder=folder)
    return folder


@pytest.mark.parametrize(('subject', 'accepted'), [
    ('Lend the last copy once', True),
    ('x' * 72, True),
    ('ü' * 72, True),
    ('x' * 73, False),
    ('', False),
    ('   ', False),
])
def test_subject_must_be_there_and_fit(tmp_path: Path, subject: str, accepted: bool) -> None:
    message = tmp_path / 'message'
    message.write_text(f'{subject}\n\nA body of {"any" * 50} length.\n# a comment\n',
                       encoding='utf-8')
    answer = run(HOOKS / 'commit-msg', message, folder=tmp_path)
    assert (answer.returncode == 0) is accepted
    assert (answer.stderr == '') is accepted


def test_hook_without_environment_says_how_to_make_one(clone: Path) -> None:
    (clone / 'file').write_text('text', encoding='utf-8')
    run('git', 'add', 'file', folder=clone)
    refusal = run('git', 'commit', '-m', 'Add a file', folder=clone)
    assert refusal.returncode != 0
    assert 'make environment' in refusal.stderr


def test_hook_looks_at_the_index_and_leaves_both_trees_alone(clone: Path) -> None:
    environment = clone / '.venv' / 'bin'
    environment.mkdir(parents=True)
    # The steps that look at the whole need the whole; formatting shows what the hook looks at.
    (environment / 'python').write_text(
        '#!/bin/sh\n'
        f'exec {sys.executable} "$@" --only yapf isort\n', encoding='utf-8')
    (environment / 'python').chmod(0o755)
    (clone / 'scripts').mkdir()
    shutil.copy(ROOT / 'scripts' / 'check.py', clone / 'scripts')
    shutil.copy(ROOT / 'pyproject.toml', clone)
    staged = clone / 'scripts' / 'mine.py'
    staged.write_text('x   =  1\n', encoding='utf-8')
    run('git', 'add', 'scripts', 'pyproject.toml', folder=clone)
    staged.write_text('x = 1\n', encoding='utf-8')

    refusal = run('git', 'commit', '-m', 'Add mine', folder=clone)
    assert refusal.returncode != 0
    assert 'failed: yapf' in refusal.stderr
    assert 'make fix' in refusal.stderr
    assert staged.read_text(encoding='utf-8') == 'x = 1\n'
    assert run('git', 'show', ':scripts/mine.py', folder=clone).stdout == 'x   =  1\n'

    run('git', 'add', 'scripts', folder=clone)
    assert run('git', 'commit', '-m', 'Add mine', folder=clone).returncode == 0


def test_help_lists_every_target_that_a_person_calls() -> None:
    listed = {line.split()[0] for line in run('make', folder=ROOT).stdout.splitlines()}
    declared = re.findall(r'^([a-z][a-z0-9-]*):.*## ',
                          (ROOT / 'Makefile').read_text(encoding='utf-8'), re.MULTILINE)
    assert listed == set(declared)
    assert {'serve-api', 'start-dev-dbs', 'check', 'test-e2e', 'clean-data'} <= listed


def test_requirements_carry_hashes_and_no_address() -> None:
    lines = (ROOT / 'requirements.txt').read_text(encoding='utf-8').splitlines()
    packages = [line for line in lines if line and not line.startswith((' ', '#'))]
    assert all(re.match(r'[a-z0-9._-]+(\[[a-z,]+\])?==\S+ ', line) for line in packages)
    assert all(
        after.startswith('    --hash=sha256:') for before, after in zip(lines, lines[1:])
        if before in packages)
    assert not any('://' in line for line in lines)


def test_changed_lock_is_noticed_by_the_check(tmp_path: Path) -> None:
    (tmp_path / 'scripts').mkdir()
    for name in ('scripts/lock.py', 'Pipfile.lock', 'requirements.txt'):
        shutil.copy(ROOT / name, tmp_path / name)
    command = (sys.executable, 'scripts/lock.py', 'requirements', '--check')
    assert run(*command, folder=tmp_path).returncode == 0
    lock = tmp_path / 'Pipfile.lock'
    lock.write_text(lock.read_text(encoding='utf-8').replace('"==', '"==1!'), encoding='utf-8')
    assert run(*command, folder=tmp_path).returncode == 1

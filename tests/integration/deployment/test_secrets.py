import stat
from pathlib import Path

from tests.shell import make_secrets


def contents(folder: Path) -> dict[str, str]:
    return {file.name: file.read_text(encoding='ascii') for file in folder.iterdir()}


def test_secrets_are_made_once_and_never_again(tmp_path: Path) -> None:
    folder = tmp_path / 'mine and theirs'
    assert make_secrets(folder).returncode == 0
    made = contents(folder)
    assert len(set(made.values())) == len(made)
    again = make_secrets(folder)
    assert (again.returncode, again.stdout) == (0, '')
    assert contents(folder) == made
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert not [value for value in made.values() if value in again.stdout]


def test_secret_of_one_s_own_is_kept_and_what_is_made_of_it_fits(tmp_path: Path) -> None:
    (tmp_path / 'database_password').write_text('chosen', encoding='ascii')
    (tmp_path / 'smtp_url').write_text('smtps://mail.example.org', encoding='ascii')
    said = make_secrets(tmp_path)
    made = contents(tmp_path)
    assert made['database_url'] == 'postgresql://talelio:chosen@postgres:5432/talelio'
    assert made['smtp_url'] == 'smtps://mail.example.org'
    assert made['redis_password'] in made['redis_url']
    assert not [value for value in made.values() if value in said.stdout]

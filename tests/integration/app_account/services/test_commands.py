from collections.abc import Callable

import click
import pytest
from click.testing import CliRunner, Result

from talelio_backend.app_account import commands
from talelio_backend.app_account.adapters import Adapters
from talelio_backend.app_account.domain.account import Account
from talelio_backend.bootstrap import House
from talelio_backend.shared.domain.access import Level
from tests.integration.app_account.conftest import AddAccount, SignIn

Run = Callable[..., Result]


@pytest.fixture(name='run')
def _run(house: House) -> Run:
    offered: dict[str | None, click.Command] = {
        command.name: command
        for area in house.areas
        for command in area.commands
    }

    def run(name: str, *arguments: str, typed: str | None = None) -> Result:
        return CliRunner().invoke(offered[name], arguments, input=typed)

    return run


def _stored(adapters: Adapters, username: str) -> Account | None:
    with adapters.open_uow() as uow:
        return uow.accounts.by_username(username)


def _create(run: Run, *more: str, typed: str | None = None) -> Result:
    return run('create-admin',
               '--email',
               'boss@example.org',
               '--username',
               'boss',
               *more,
               typed=typed)


@pytest.mark.parametrize(('more', 'typed'), [(['--password', 'a good one'], None),
                                             (['--password', '-'], 'a good one\n'),
                                             ([], 'a good one\na good one\n')])
def test_admin_is_made_with_a_password_from_anywhere(run: Run, adapters: Adapters, more: list[str],
                                                     typed: str | None,
                                                     monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, 'at_terminal', lambda: True)
    result = _create(run, *more, typed=typed)
    assert result.exit_code == 0
    account = _stored(adapters, 'boss')
    assert account is not None and account.level is Level.ADMIN and account.verified
    assert adapters.hasher.verify(account.password_hash, 'a good one')
    assert 'a good one' not in result.output


def test_without_password_and_terminal_one_line_says_what_to_do(run: Run,
                                                                adapters: Adapters) -> None:
    result = _create(run, typed='a good one\na good one\n')
    assert (result.exit_code, result.stdout) == (1, '')
    (line, ) = result.stderr.strip().splitlines()
    assert 'terminal' in line and '--password -' in line
    assert _stored(adapters, 'boss') is None


def test_admin_is_made_once_and_asks_for_no_password_then(run: Run, adapters: Adapters) -> None:
    _create(run, '--password', 'a good one')
    again = _create(run)
    assert (again.exit_code, again.stdout) == (0, 'promoted\n')
    account = _stored(adapters, 'boss')
    assert account is not None and adapters.hasher.verify(account.password_hash, 'a good one')


@pytest.mark.parametrize(('username', 'password'), [('ann', 'a good one'), ('boss', 'short'),
                                                    ('me', 'a good one')])
def test_refusal_is_one_line_on_stderr_and_exit_1(run: Run, adapters: Adapters,
                                                  add_account: AddAccount, username: str,
                                                  password: str) -> None:
    add_account('ann')
    result = run('create-admin', '--email', 'boss@example.org', '--username', username,
                 '--password', password)
    assert result.exit_code == 1
    assert result.stdout == ''
    assert len(result.stderr.strip().splitlines()) == 1
    assert _stored(adapters, 'boss') is None


def test_missing_option_is_wrong_usage(run: Run) -> None:
    assert run('create-admin', '--email', 'boss@example.org').exit_code == 2


def test_level_block_and_sessions_are_changed_by_name(run: Run, adapters: Adapters,
                                                      add_account: AddAccount,
                                                      sign_in: SignIn) -> None:
    add_account('ann')
    sign_in('ann')
    assert run('accounts', 'set-level', 'ann', 'admin').exit_code == 0
    assert run('accounts', 'set-level', 'ann', 'member').exit_code == 1
    assert run('accounts', 'end-sessions', 'ann').stdout == '1 ended\n'
    assert run('accounts', 'set-level', 'ann', 'king').exit_code == 2
    add_account('bob')
    assert run('accounts', 'block', 'bob', '--reason', 'spam').exit_code == 0
    bob = _stored(adapters, 'bob')
    assert bob is not None and bob.block_reason == 'spam'
    assert run('accounts', 'unblock', 'bob').exit_code == 0
    assert run('accounts', 'unblock', 'nobody').exit_code == 1


def test_all_sessions_end_at_once(run: Run, adapters: Adapters, add_account: AddAccount,
                                  sign_in: SignIn) -> None:
    add_account('ann')
    claims = adapters.authenticator.read(sign_in('ann').access_token.text)
    adapters.authenticator.resolve(claims)
    assert run('accounts', 'end-all-sessions').exit_code == 0
    with pytest.raises(Exception, match='token_invalid'):
        adapters.authenticator.resolve(claims)

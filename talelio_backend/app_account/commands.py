"""What an operator may do at the command line. Good news goes to stdout, refusals to stderr."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from talelio_backend.app_account.services.administration import AdministrationService
from talelio_backend.app_account.services.appointment import AppointmentService
from talelio_backend.shared.domain.access import Level
from talelio_backend.shared.domain.errors import DomainError, Invalid


@contextmanager
def _refusals() -> Iterator[None]:
    """A refusal is one line on stderr and exit 1."""
    try:
        yield
    except Invalid as refused:
        faults = (f'{fault.pointer.strip("/")}: {fault.detail}' for fault in refused.faults)
        raise click.ClickException('; '.join(faults)) from refused
    except DomainError as refused:
        raise click.ClickException(refused.detail) from refused


def create_admin_command(appointment: AppointmentService) -> click.Command:

    @click.command('create-admin')
    @click.option('--email', required=True)
    @click.option('--username', required=True)
    @click.option('--password',
                  help='Asked for when it is needed and absent; - reads it from '
                  'standard input.')
    def create_admin(email: str, username: str, password: str | None) -> None:
        """Make a verified administrator, or make the account of this address one."""
        with _refusals():
            typed = _password(password, needed=not appointment.exists(email))
            made = appointment.create_admin(email=email, username=username, password=typed)
        click.echo('created' if made else 'promoted')

    return create_admin


def _password(given: str | None, *, needed: bool) -> str:
    if given == '-':
        return sys.stdin.readline().rstrip('\r\n')
    if given is None and needed:
        if not at_terminal():
            raise click.ClickException('there is no terminal to ask at: write the password to '
                                       'standard input and add --password -')
        typed: str = click.prompt('Password', hide_input=True, confirmation_prompt=True, err=True)
        return typed
    return given or ''


def at_terminal() -> bool:
    return sys.stdin.isatty()


def accounts_group(administration: AdministrationService) -> click.Group:

    @click.group('accounts')
    def accounts() -> None:
        """Access levels, blocking, sessions."""

    @accounts.command('set-level')
    @click.argument('username')
    @click.argument('level', type=click.Choice(['member', 'admin']))
    def set_level(username: str, level: str) -> None:
        """Make an account a member or an administrator."""
        with _refusals():
            administration.set_level(username=username, level=Level[level.upper()])

    @accounts.command('block')
    @click.argument('username')
    @click.option('--reason')
    def block(username: str, reason: str | None) -> None:
        """Block an account and end its sessions."""
        with _refusals():
            administration.block(username=username, reason=reason)

    @accounts.command('unblock')
    @click.argument('username')
    def unblock(username: str) -> None:
        """Give a blocked account its access level back."""
        with _refusals():
            administration.unblock(username=username)

    @accounts.command('end-sessions')
    @click.argument('username')
    def end_sessions(username: str) -> None:
        """End every session of an account."""
        with _refusals():
            click.echo(f'{administration.end_sessions(username=username)} ended')

    @accounts.command('end-all-sessions')
    def end_all_sessions() -> None:
        """Make every token of every account void."""
        with _refusals():
            administration.end_all_sessions()

    return accounts

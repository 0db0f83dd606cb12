from collections.abc import Callable, Mapping
from typing import Any

from talelio_backend.app_account.domain.languages import Languages
from talelio_backend.app_account.domain.names import checked_username, fold, gathering
from talelio_backend.app_account.domain.profile import checked_profile
from talelio_backend.app_account.services.mails import mail_job
from talelio_backend.app_account.services.ports import AccountUnitOfWork, Addresses
from talelio_backend.shared.domain.errors import Fault, Invalid, UserNotFound
from talelio_backend.shared.services.clock import Clock


class AccountEditingService:
    """What administrators correct in the accounts of others."""

    def __init__(self, *, open_uow: Callable[[], AccountUnitOfWork], addresses: Addresses,
                 languages: Languages, clock: Clock) -> None:
        self._open_uow = open_uow
        self._addresses = addresses
        self._languages = languages
        self._clock = clock

    def edit(self,
             *,
             username: str,
             changes: Mapping[str, Any],
             expected_version: int | None = None) -> str:
        """Changes the fields that ``changes`` names, and tells a former address that it is one.
        Gives the present username.

        Raises Invalid with every fault, UserNotFound, VersionMismatch, EmailTaken, UsernameTaken.
        """
        stored = self._checked(changes)
        with self._open_uow() as uow:
            account = uow.accounts.locked_by_username(username)
            if account is None:
                raise UserNotFound()
            account.expect(expected_version)
            former = account.email
            account.update(stored, verified=changes.get('verified'), now=self._clock.now())
            if fold(former) != fold(account.email):
                uow.defer(mail_job('email_changed', account, to=former))
            uow.commit()
        return account.username

    def _checked(self, changes: Mapping[str, Any]) -> dict[str, Any]:
        profile = {k: v for k, v in changes.items() if k not in ('email', 'username', 'verified')}
        faults: list[Fault] = []
        stored: dict[str, Any] = {}
        with gathering(faults):
            stored |= checked_profile(profile,
                                      languages=self._languages,
                                      today=self._clock.now().date())
        if 'email' in changes:
            with gathering(faults):
                stored['email'] = self._addresses.checked(changes['email'])
        if 'username' in changes:
            with gathering(faults):
                stored['username'] = checked_username(changes['username'])
        if faults:
            raise Invalid(*faults)
        return stored

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from talelio_backend.app_account.domain.errors import AccountNotFound
from talelio_backend.app_account.domain.languages import Languages
from talelio_backend.app_account.services.ports import AccountUnitOfWork
from talelio_backend.shared.services.clock import Clock


class ProfileService:

    def __init__(self, *, open_uow: Callable[[], AccountUnitOfWork], languages: Languages,
                 clock: Clock) -> None:
        self._open_uow = open_uow
        self._languages = languages
        self._clock = clock

    def edit(self,
             *,
             account_id: UUID,
             changes: Mapping[str, Any],
             expected_version: int | None = None) -> None:
        """Changes the fields of profile and person that ``changes`` names; ``""`` and None clear.

        Raises AccountNotFound, VersionMismatch, Invalid with every fault.
        """
        with self._open_uow() as uow:
            account = uow.accounts.locked(account_id)
            if account is None:
                raise AccountNotFound()
            account.expect(expected_version)
            account.edit_profile(changes, languages=self._languages, now=self._clock.now())
            uow.commit()

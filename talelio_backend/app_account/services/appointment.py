from collections.abc import Callable

from talelio_backend.app_account.domain.account import Account
from talelio_backend.app_account.services.ports import AccountUnitOfWork, Addresses
from talelio_backend.app_account.services.registration import Application, ApplicationRules
from talelio_backend.app_account.services.security_ports import PasswordHasher
from talelio_backend.shared.services.clock import Clock


class AppointmentService:
    """Makes administrators, for the operator at the command line. The policy of registration does
    not hold here, the rules for names and passwords do."""

    def __init__(self, *, open_uow: Callable[[], AccountUnitOfWork], addresses: Addresses,
                 rules: ApplicationRules, hasher: PasswordHasher, clock: Clock) -> None:
        self._open_uow = open_uow
        self._addresses = addresses
        self._rules = rules
        self._hasher = hasher
        self._clock = clock

    def exists(self, email: str) -> bool:
        """Whether the address has an account, so that no password is needed. Raises Invalid."""
        with self._open_uow() as uow:
            return uow.accounts.by_email(self._addresses.checked(email)) is not None

    def create_admin(self, *, email: str, username: str, password: str) -> bool:
        """Makes a verified administrator; the account that the address has already becomes one
        and keeps its username and its password. True when an account was made.

        Raises Invalid, UsernameTaken, EmailTaken (a race), Busy.
        """
        with self._open_uow() as uow:
            present = uow.accounts.by_email(self._addresses.checked(email))
            if present is not None:
                present.appoint(self._clock.now())
                uow.commit()
                return False
        wanted = self._rules.checked(Application(email=email, username=username,
                                                 password=password))
        now = self._clock.now()
        account = Account.register(email=wanted.email,
                                   username=wanted.username,
                                   password_hash=self._hasher.hash(wanted.password),
                                   language=wanted.language,
                                   now=now)
        account.appoint(now)
        with self._open_uow() as uow:
            uow.accounts.add(account)
            uow.commit()
        return True

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from talelio_backend.app_account.domain.account import Account
from talelio_backend.app_account.domain.errors import EmailTaken, UsernameTaken
from talelio_backend.app_account.domain.languages import Languages
from talelio_backend.app_account.domain.names import checked_username, fold, gathering
from talelio_backend.app_account.domain.password import checked_password
from talelio_backend.app_account.domain.profile import checked_profile
from talelio_backend.app_account.domain.registration_policy import RegistrationPolicy
from talelio_backend.app_account.services.mails import mail_job
from talelio_backend.app_account.services.ports import AccountUnitOfWork, Addresses
from talelio_backend.app_account.services.security_ports import CommonPasswords, PasswordHasher
from talelio_backend.app_account.services.verification import VerificationLinks
from talelio_backend.shared.domain.errors import Fault, Invalid
from talelio_backend.shared.services.clock import Clock
from talelio_backend.shared.services.mail_limit import MailLimit


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """What a person sends to get an account. ``accepted_languages``: what their browser prefers,
    best first, for those who choose no language."""

    email: str
    username: str
    password: str = field(repr=False)
    display_name: str | None = None
    language: str | None = None
    accepted_languages: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedApplication:
    """The values as they are stored; the password as it is hashed."""

    email: str
    username: str
    password: str = field(repr=False)
    display_name: str | None
    language: str


class ApplicationRules:
    """Checks applications before anybody looks at the database."""

    def __init__(self, *, addresses: Addresses, is_common: CommonPasswords, languages: Languages,
                 clock: Clock) -> None:
        self._addresses = addresses
        self._is_common = is_common
        self._languages = languages
        self._clock = clock

    def checked(self, given: Application) -> CheckedApplication:
        """Raises Invalid with every fault."""
        faults: list[Fault] = []
        email = username = None
        password = ''
        profile: dict[str, Any] = {}
        with gathering(faults):
            email = self._addresses.checked(given.email)
        with gathering(faults):
            username = checked_username(given.username)
        with gathering(faults):
            password = checked_password(given.password,
                                        username=username,
                                        email=email,
                                        is_common=self._is_common)
        with gathering(faults):
            profile = checked_profile(self._profile_of(given),
                                      languages=self._languages,
                                      today=self._clock.now().date())
        if faults or email is None or username is None:
            raise Invalid(*faults)
        return CheckedApplication(email=email, username=username, password=password, **profile)

    def _profile_of(self, given: Application) -> dict[str, Any]:
        language = given.language or self._languages.best(given.accepted_languages)
        return {'display_name': given.display_name, 'language': language}


class RegistrationService:

    def __init__(self, *, open_uow: Callable[[], AccountUnitOfWork], rules: ApplicationRules,
                 policy: RegistrationPolicy, hasher: PasswordHasher, mail_limit: MailLimit,
                 links: VerificationLinks, clock: Clock, strict: bool) -> None:
        self._open_uow = open_uow
        self._rules = rules
        self._policy = policy
        self._hasher = hasher
        self._mail_limit = mail_limit
        self._links = links
        self._clock = clock
        self._strict = strict

    def register(self, application: Application) -> Account | None:
        """Makes an account and sends the mail that verifies it. None in strict mode, where the
        caller must not learn whether the address was taken.

        Raises RegistrationClosed, EmailNotAllowed, Invalid, UsernameTaken, EmailTaken (never in
        strict mode), TooManyMails, Busy.
        """
        self._policy.check_open()
        wanted = self._rules.checked(application)
        self._policy.check(wanted.email)
        if self._strict:
            self._mail_limit.count(fold(wanted.email))
        taken = self._check_free(wanted)
        # Hashed for a taken address as well: strict mode must not be told apart by its speed.
        password_hash = self._hasher.hash(wanted.password)
        if not taken:
            try:
                account = self._store(wanted, password_hash)
                return None if self._strict else account
            except EmailTaken:
                if not self._strict:
                    raise
        self._tell_owner(wanted.email)
        return None

    def _check_free(self, wanted: CheckedApplication) -> bool:
        """Whether the address is taken, in strict mode; else a taken one is refused. For the
        message alone: the constraints decide."""
        with self._open_uow() as uow:
            email_taken = uow.accounts.by_email(wanted.email) is not None
            if email_taken and not self._strict:
                raise EmailTaken()
            if uow.accounts.by_username(wanted.username) is not None:
                raise UsernameTaken()
        return email_taken

    def _store(self, wanted: CheckedApplication, password_hash: str) -> Account:
        now = self._clock.now()
        account = Account.register(email=wanted.email,
                                   username=wanted.username,
                                   password_hash=password_hash,
                                   display_name=wanted.display_name,
                                   language=wanted.language,
                                   now=now)
        with self._open_uow() as uow:
            uow.accounts.add(account)
            uow.flush()
            if not self._strict:
                # Not before the insert: of parallel applications with one address those that
                # come too late are told that it is taken, not that they ask too often.
                self._mail_limit.count(fold(wanted.email))
            self._links.send(uow, account, now)
            uow.commit()
        return account

    def _tell_owner(self, email: str) -> None:
        with self._open_uow() as uow:
            owner = uow.accounts.by_email(email)
            if owner is not None:
                uow.defer(mail_job('account_exists', owner))
                uow.commit()

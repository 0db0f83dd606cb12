from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

from talelio_backend.app_account.adapters import Adapters
from talelio_backend.app_account.area_settings import AccountSettings
from talelio_backend.app_account.domain.languages import Languages
from talelio_backend.app_account.domain.registration_policy import RegistrationPolicy
from talelio_backend.app_account.domain.session import Lifetimes
from talelio_backend.app_account.services.account_editing import AccountEditingService
from talelio_backend.app_account.services.administration import AdministrationService
from talelio_backend.app_account.services.appointment import AppointmentService
from talelio_backend.app_account.services.assuming import AssumingService
from talelio_backend.app_account.services.mails import MailService
from talelio_backend.app_account.services.profiles import ProfileService
from talelio_backend.app_account.services.registration import ApplicationRules, RegistrationService
from talelio_backend.app_account.services.retention import RetentionService
from talelio_backend.app_account.services.sessions import SessionService
from talelio_backend.app_account.services.signing_in import SignInService
from talelio_backend.app_account.services.verification import (VerificationLinks,
                                                               VerificationService)
from talelio_backend.shared.area import Kernel
from talelio_backend.shared.services.mail_limit import MailLimit
from talelio_backend.shared.services.rate_limit import parse_limits


@dataclass(frozen=True, kw_only=True)
class UseCases:
    """The services of this area, each bound to its adapters."""

    registration: RegistrationService
    verification: VerificationService
    signing_in: SignInService
    sessions: SessionService
    profiles: ProfileService
    administration: AdministrationService
    appointment: AppointmentService
    assuming: AssumingService
    editing: AccountEditingService
    mails: MailService
    retention: RetentionService


def bind(kernel: Kernel, settings: AccountSettings, adapters: Adapters) -> UseCases:
    return _Binding(kernel, settings, adapters).use_cases()


class _Binding:
    """What several of the services share."""

    def __init__(self, kernel: Kernel, settings: AccountSettings, adapters: Adapters) -> None:
        self._kernel = kernel
        self._settings = settings
        self._adapters = adapters
        self._clock = kernel.clock
        self._mail_limit = MailLimit(kernel.limiter, parse_limits(settings.mail_limit))
        self._languages = Languages(offered=settings.languages, default=settings.default_language)
        self._rules = ApplicationRules(addresses=adapters.addresses,
                                       is_common=adapters.is_common,
                                       languages=self._languages,
                                       clock=kernel.clock)
        self._sessions = SessionService(open_uow=adapters.open_uow,
                                        refresh_store=adapters.refresh_store,
                                        access_tokens=adapters.access_tokens,
                                        devices=adapters.devices,
                                        lifetimes=_lifetimes(settings),
                                        clock=kernel.clock,
                                        counters=kernel.counters)

    def use_cases(self) -> UseCases:
        open_uow, clock = self._adapters.open_uow, self._clock
        days = self._settings.unverified_retention_days
        return UseCases(registration=self._registration(),
                        verification=self._verification(),
                        signing_in=self._signing_in(),
                        sessions=self._sessions,
                        profiles=ProfileService(open_uow=open_uow,
                                                languages=self._languages,
                                                clock=clock),
                        administration=self._administration(),
                        appointment=self._appointment(),
                        assuming=self._assuming(),
                        editing=self._editing(),
                        mails=self._mails(),
                        retention=RetentionService(open_uow=open_uow,
                                                   clock=clock,
                                                   unverified_days=days))

    def _registration(self) -> RegistrationService:
        adapters = self._adapters
        return RegistrationService(open_uow=adapters.open_uow,
                                   rules=self._rules,
                                   policy=_policy(self._settings),
                                   hasher=adapters.hasher,
                                   mail_limit=self._mail_limit,
                                   links=VerificationLinks(adapters.link_tokens),
                                   clock=self._clock,
                                   strict=self._settings.registration_strict)

    def _verification(self) -> VerificationService:
        return VerificationService(open_uow=self._adapters.open_uow,
                                   addresses=self._adapters.addresses,
                                   mail_limit=self._mail_limit,
                                   tokens=self._adapters.link_tokens,
                                   clock=self._clock)

    def _signing_in(self) -> SignInService:
        return SignInService(credentials=self._adapters.credentials,
                             addresses=self._adapters.addresses,
                             throttle=self._adapters.throttle,
                             hasher=self._adapters.hasher,
                             sessions=self._sessions,
                             clock=self._clock,
                             counters=self._kernel.counters)

    def _administration(self) -> AdministrationService:
        return AdministrationService(open_uow=self._adapters.open_uow,
                                     sessions=self._sessions,
                                     refresh_store=self._adapters.refresh_store,
                                     clock=self._clock)

    def _appointment(self) -> AppointmentService:
        return AppointmentService(open_uow=self._adapters.open_uow,
                                  addresses=self._adapters.addresses,
                                  rules=self._rules,
                                  hasher=self._adapters.hasher,
                                  clock=self._clock)

    def _assuming(self) -> AssumingService:
        return AssumingService(open_uow=self._adapters.open_uow,
                               access_tokens=self._adapters.access_tokens,
                               devices=self._adapters.devices,
                               clock=self._clock)

    def _editing(self) -> AccountEditingService:
        return AccountEditingService(open_uow=self._adapters.open_uow,
                                     addresses=self._adapters.addresses,
                                     languages=self._languages,
                                     clock=self._clock)

    def _mails(self) -> MailService:
        settings = self._settings
        return MailService(open_uow=self._adapters.open_uow,
                           mailer=self._kernel.mailer,
                           letters=self._adapters.letters,
                           link_tokens=self._adapters.link_tokens,
                           clock=self._clock,
                           client_url=settings.client_url,
                           verify_url=_verify_url(settings),
                           mail_domain=urlsplit(settings.public_url).hostname or 'localhost')


def _policy(settings: AccountSettings) -> RegistrationPolicy:
    return RegistrationPolicy(mode=settings.registration,
                              admitted=frozenset(settings.whitelisted_emails))


def _lifetimes(settings: AccountSettings) -> Lifetimes:
    return Lifetimes(idle=timedelta(days=settings.refresh_idle_days),
                     absolute=timedelta(days=settings.refresh_absolute_days))


def _verify_url(settings: AccountSettings) -> str:
    return settings.client_verify_url or f'{settings.public_url}/v1/accounts/verify/{{token}}'

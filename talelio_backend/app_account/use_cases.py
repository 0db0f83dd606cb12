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
    clock, open_uow = kernel.clock, adapters.open_uow
    mail_limit = MailLimit(kernel.limiter, parse_limits(settings.mail_limit))
    languages = Languages(offered=settings.languages, default=settings.default_language)
    rules = ApplicationRules(addresses=adapters.addresses,
                             is_common=adapters.is_common,
                             languages=languages,
                             clock=clock)
    sessions = SessionService(open_uow=open_uow,
                              refresh_store=adapters.refresh_store,
                              access_tokens=adapters.access_tokens,
                              devices=adapters.devices,
                              lifetimes=_lifetimes(settings),
                              clock=clock,
                              counters=kernel.counters)
    return UseCases(registration=RegistrationService(open_uow=open_uow,
                                                     rules=rules,
                                                     policy=_policy(settings),
                                                     hasher=adapters.hasher,
                                                     mail_limit=mail_limit,
                                                     links=VerificationLinks(adapters.link_tokens),
                                                     clock=clock,
                                                     strict=settings.registration_strict),
                    verification=VerificationService(open_uow=open_uow,
                                                     addresses=adapters.addresses,
                                                     mail_limit=mail_limit,
                                                     tokens=adapters.link_tokens,
                                                     clock=clock),
                    signing_in=SignInService(credentials=adapters.credentials,
                                             addresses=adapters.addresses,
                                             throttle=adapters.throttle,
                                             hasher=adapters.hasher,
                                             sessions=sessions,
                                             clock=clock,
                                             counters=kernel.counters),
                    sessions=sessions,
                    profiles=ProfileService(open_uow=open_uow, languages=languages, clock=clock),
                    administration=AdministrationService(open_uow=open_uow,
                                                         sessions=sessions,
                                                         refresh_store=adapters.refresh_store,
                                                         clock=clock),
                    appointment=AppointmentService(open_uow=open_uow,
                                                   addresses=adapters.addresses,
                                                   rules=rules,
                                                   hasher=adapters.hasher,
                                                   clock=clock),
                    assuming=AssumingService(open_uow=open_uow,
                                             access_tokens=adapters.access_tokens,
                                             devices=adapters.devices,
                                             clock=clock),
                    editing=AccountEditingService(open_uow=open_uow,
                                                  addresses=adapters.addresses,
                                                  languages=languages,
                                                  clock=clock),
                    mails=MailService(open_uow=open_uow,
                                      mailer=kernel.mailer,
                                      letters=adapters.letters,
                                      link_tokens=adapters.link_tokens,
                                      clock=clock,
                                      client_url=settings.client_url,
                                      verify_url=_verify_url(settings),
                                      mail_domain=urlsplit(settings.public_url).hostname
                                      or 'localhost'),
                    retention=RetentionService(open_uow=open_uow,
                                               clock=clock,
                                               unverified_days=settings.unverified_retention_days))


def _policy(settings: AccountSettings) -> RegistrationPolicy:
    return RegistrationPolicy(mode=settings.registration,
                              admitted=frozenset(settings.whitelisted_emails))


def _lifetimes(settings: AccountSettings) -> Lifetimes:
    return Lifetimes(idle=timedelta(days=settings.refresh_idle_days),
                     absolute=timedelta(days=settings.refresh_absolute_days))


def _verify_url(settings: AccountSettings) -> str:
    return settings.client_verify_url or f'{settings.public_url}/v1/accounts/verify/{{token}}'

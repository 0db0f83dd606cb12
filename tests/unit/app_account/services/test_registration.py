from typing import Any

import pytest

from talelio_backend.app_account.domain.errors import (EmailNotAllowed, EmailTaken,
                                                       RegistrationClosed, UsernameTaken)
from talelio_backend.app_account.domain.languages import Languages
from talelio_backend.app_account.domain.registration_policy import RegistrationPolicy
from talelio_backend.app_account.services.registration import (Application, ApplicationRules,
                                                               RegistrationService)
from talelio_backend.app_account.services.verification import VerificationLinks
from talelio_backend.shared.domain.errors import Invalid, SessionStoreUnavailable
from talelio_backend.shared.services.mail_limit import MailLimit, TooManyMails
from talelio_backend.shared.services.rate_limit import Limit
from tests.fakes import FakeClock, InMemoryLimiter
from tests.fakes_account import FakeAccountUnitOfWork, PlainAddresses
from tests.fakes_sign_in import PlainHasher, ReadableLinkTokens


class Desk:
    """A registration service and all that it stands on."""

    def __init__(self, *, strict: bool = False, mode: Any = 'open', admitted: str = '') -> None:
        clock = FakeClock()
        self.uow = FakeAccountUnitOfWork()
        self.hasher = PlainHasher()
        self.limiter = InMemoryLimiter(clock)
        rules = ApplicationRules(addresses=PlainAddresses(),
                                 is_common=lambda folded: folded == 'password1',
                                 languages=Languages(offered=('en', 'fi'), default='en'),
                                 clock=clock)
        self.service = RegistrationService(open_uow=self.uow.again,
                                           rules=rules,
                                           policy=RegistrationPolicy(mode=mode,
                                                                     admitted=frozenset({admitted
                                                                                         })),
                                           hasher=self.hasher,
                                           mail_limit=MailLimit(self.limiter, [Limit(1, 60)]),
                                           links=VerificationLinks(ReadableLinkTokens()),
                                           clock=clock,
                                           strict=strict)

    def register(self, **changed: Any) -> Any:
        values = {
            'email': 'ann@example.org',
            'username': 'ann',
            'password': 'correct horse'
        } | changed
        return self.service.register(Application(**values))


def test_account_is_stored_with_its_mail_and_not_verified() -> None:
    desk = Desk()
    account = desk.register(language='fi', display_name=' Ann ')
    stored = desk.uow.stored_accounts[account.id]
    assert (stored.email, stored.display_name, stored.language) == ('ann@example.org', 'Ann', 'fi')
    assert stored.password_hash == 'hash:correct horse'
    assert not stored.verified
    assert desk.uow.mails() == ['verify_email']
    assert desk.uow.actions() == ['account_registered']


def test_job_of_the_mail_holds_no_token() -> None:
    desk = Desk()
    desk.register()
    (job, ) = desk.uow.jobs
    assert set(job.arguments) == {'kind', 'mail_id', 'account_id', 'link_id'}


def test_language_of_the_browser_is_taken_where_none_is_chosen() -> None:
    account = Desk().register(accepted_languages=['sv', 'fi-FI'])
    assert account.language == 'fi'


def test_taken_address_and_username_are_told_in_any_casing() -> None:
    desk = Desk()
    desk.register()
    with pytest.raises(EmailTaken):
        desk.register(email='ANN@example.org', username='bob')
    with pytest.raises(UsernameTaken):
        desk.register(email='bob@example.org', username='ANN')
    assert len(desk.uow.stored_accounts) == 1


def test_taken_address_costs_no_hash() -> None:
    desk = Desk()
    desk.register()
    with pytest.raises(EmailTaken):
        desk.register(username='bob')
    assert desk.hasher.worked == 1


def test_closed_registration_is_refused_before_anything_is_read() -> None:
    desk = Desk(mode='closed')
    with pytest.raises(RegistrationClosed):
        desk.register(email='bad', password='')


def test_address_that_is_not_allowed_is_refused_though_it_is_taken() -> None:
    desk = Desk(mode='allowlist', admitted='@other.org')
    with pytest.raises(EmailNotAllowed):
        desk.register()


def test_every_fault_of_an_application_is_named() -> None:
    with pytest.raises(Invalid) as refused:
        Desk().register(email='bad', username='me', password='password1', language='sv')
    assert [fault.pointer for fault in refused.value.faults
            ] == ['/email', '/username', '/password', '/language']


def test_refused_mail_leaves_no_account() -> None:
    desk = Desk()
    desk.limiter.hit(_bucket(), [Limit(1, 60)])
    with pytest.raises(TooManyMails):
        desk.register()
    assert not desk.uow.stored_accounts
    assert not desk.uow.jobs


def test_nobody_registers_while_mails_cannot_be_counted() -> None:
    desk = Desk()
    desk.limiter.down = True
    with pytest.raises(SessionStoreUnavailable):
        desk.register()
    assert not desk.uow.stored_accounts


def test_strict_registration_answers_alike_and_tells_the_owner() -> None:
    desk = Desk(strict=True)
    assert desk.register() is None
    other = Desk(strict=True)
    other.uow.stored_accounts.update(desk.uow.stored_accounts)
    assert other.register(username='bob') is None
    assert other.uow.mails() == ['account_exists']
    assert len(other.uow.stored_accounts) == 1


def test_strict_registration_hashes_for_a_taken_address_as_well() -> None:
    desk, other = Desk(strict=True), Desk(strict=True)
    desk.register()
    other.uow.stored_accounts.update(desk.uow.stored_accounts)
    other.register(username='bob')
    assert desk.hasher.worked == other.hasher.worked == 1


def test_strict_registration_tells_a_taken_username() -> None:
    desk = Desk(strict=True)
    desk.register()
    with pytest.raises(UsernameTaken):
        desk.register(email='bob@example.org')


def test_strict_registration_bounds_mails_to_known_and_unknown_addresses() -> None:
    desk = Desk(strict=True)
    desk.register()
    with pytest.raises(TooManyMails):
        desk.register(username='bob')


def _bucket() -> str:
    probe = Desk()
    probe.register()
    return probe.limiter.buckets[0]

import pytest

from talelio_backend.app_account.domain.account import Account
from talelio_backend.app_account.domain.errors import LinkInvalid
from talelio_backend.app_account.services.verification import (VerificationLinks,
                                                               VerificationService)
from talelio_backend.shared.services.mail_limit import MailLimit, TooManyMails
from talelio_backend.shared.services.rate_limit import Limit
from tests.fakes import NOON, FakeClock, InMemoryLimiter
from tests.fakes_account import FakeAccountUnitOfWork, PlainAddresses
from tests.fakes_sign_in import ReadableLinkTokens


class Desk:

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.uow = FakeAccountUnitOfWork()
        self.service = VerificationService(open_uow=self.uow.again,
                                           addresses=PlainAddresses(),
                                           mail_limit=MailLimit(InMemoryLimiter(self.clock),
                                                                [Limit(1, 60)]),
                                           tokens=ReadableLinkTokens(),
                                           clock=self.clock)

    def add_account(self) -> Account:
        account = Account.register(email='ann@example.org',
                                   username='ann',
                                   password_hash='hash',
                                   language='en',
                                   now=NOON)
        account.collect_events()
        self.uow.stored_accounts[account.id] = account
        return account

    def send_link(self) -> str:
        with self.uow as uow:
            account = next(iter(uow.stored_accounts.values()))
            VerificationLinks(ReadableLinkTokens()).send(uow, account, self.clock.now())
            uow.commit()
        return str(self.uow.jobs[-1].arguments['link_id'])


@pytest.fixture(name='desk')
def _desk() -> Desk:
    desk = Desk()
    desk.add_account()
    return desk


def test_redeemed_link_proves_the_address(desk: Desk) -> None:
    account = desk.service.verify(desk.send_link())
    assert desk.uow.stored_accounts[account.id].verified_at == NOON
    assert desk.uow.actions() == ['account_verified']


def test_link_works_once(desk: Desk) -> None:
    token = desk.send_link()
    desk.service.verify(token)
    with pytest.raises(LinkInvalid):
        desk.service.verify(token)


def test_link_works_for_24_hours(desk: Desk) -> None:
    token = desk.send_link()
    desk.clock.advance(hours=24)
    with pytest.raises(LinkInvalid):
        desk.service.verify(token)


def test_unknown_token_is_refused(desk: Desk) -> None:
    with pytest.raises(LinkInvalid):
        desk.service.verify('nothing')


def test_link_to_a_former_address_proves_nothing_and_stays(desk: Desk) -> None:
    token = desk.send_link()
    account = next(iter(desk.uow.stored_accounts.values()))
    account.email = 'new@example.org'
    with pytest.raises(LinkInvalid):
        desk.service.verify(token)


def test_newer_link_voids_the_older(desk: Desk) -> None:
    first, second = desk.send_link(), desk.send_link()
    with pytest.raises(LinkInvalid):
        desk.service.verify(first)
    desk.service.verify(second)


def test_resend_mails_an_unverified_account(desk: Desk) -> None:
    desk.service.resend('ANN@example.org')
    assert desk.uow.mails() == ['verify_email']


def test_resend_mails_neither_a_verified_nor_an_unknown_address(desk: Desk) -> None:
    desk.service.verify(desk.send_link())
    mails = desk.uow.mails()
    desk.service.resend('ann@example.org')
    desk.service.resend('nobody@example.org')
    assert desk.uow.mails() == mails


@pytest.mark.parametrize('email', ['ann@example.org', 'nobody@example.org'])
def test_resend_is_bounded_for_known_and_unknown_addresses(desk: Desk, email: str) -> None:
    desk.service.resend(email)
    with pytest.raises(TooManyMails) as refused:
        desk.service.resend(email.upper())
    assert refused.value.retry_after == 60

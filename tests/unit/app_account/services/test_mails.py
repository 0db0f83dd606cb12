from datetime import timedelta
from typing import Any

import pytest

from talelio_backend.app_account.domain.account import Account
from talelio_backend.app_account.services import mails
from talelio_backend.app_account.services.verification import VerificationLinks
from talelio_backend.shared.services.mailer import (LONGEST_MAIL_PAUSE, MAIL_ATTEMPTS, MAIL_PAUSE,
                                                    MailUnavailable)
from tests.fakes import NOON, FakeClock, RecordingMailer
from tests.fakes_account import EchoLetters, FakeAccountUnitOfWork
from tests.fakes_sign_in import ReadableLinkTokens


class Office:

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.uow = FakeAccountUnitOfWork()
        self.mailer = RecordingMailer()
        self.service = mails.MailService(open_uow=self.uow.again,
                                         mailer=self.mailer,
                                         letters=EchoLetters(),
                                         link_tokens=ReadableLinkTokens(),
                                         clock=self.clock,
                                         client_url='https://site.example',
                                         verify_url='https://site.example/verify/{token}',
                                         mail_domain='api.example')
        self.account = Account.register(email='ann@example.org',
                                        username='ann',
                                        password_hash='hash',
                                        language='fi',
                                        now=NOON)
        self.uow.stored_accounts[self.account.id] = self.account

    def link_job(self) -> dict[str, Any]:
        with self.uow as uow:
            VerificationLinks(ReadableLinkTokens()).send(uow, self.account, self.clock.now())
            uow.commit()
        return dict(self.uow.jobs[-1].arguments)


@pytest.fixture(name='office')
def _office() -> Office:
    return Office()


def test_link_ends_in_its_token_and_leads_where_the_settings_say(office: Office) -> None:
    job = office.link_job()
    office.service.send(**job)
    (mail, ) = office.mailer.sent
    assert f"https://site.example/verify/{job['link_id']}\n" in mail.text + '\n'
    assert (mail.to, mail.language, mail.kind) == ('ann@example.org', 'fi', 'verify_email')


def test_message_id_is_the_same_at_every_attempt(office: Office) -> None:
    job = office.link_job()
    office.mailer.down = True
    with pytest.raises(MailUnavailable):
        office.service.send(**job)
    office.mailer.down = False
    office.service.send(**job)
    office.service.send(**job)
    first, second = office.mailer.sent
    assert first.message_id == second.message_id == f"<{job['mail_id']}@api.example>"


def test_link_that_is_dead_by_now_is_not_sent(office: Office) -> None:
    first, second = office.link_job(), office.link_job()
    office.service.send(**first)
    office.clock.advance(hours=24)
    office.service.send(**second)
    assert not office.mailer.sent


def test_nothing_is_sent_to_an_account_that_is_gone(office: Office) -> None:
    job = mails.mail_job('session_theft', office.account)
    office.uow.stored_accounts.clear()
    office.service.send(**job.arguments)
    assert not office.mailer.sent


def test_mail_without_a_link_goes_to_the_account(office: Office) -> None:
    office.service.send(**mails.mail_job('account_exists', office.account).arguments)
    assert [mail.kind for mail in office.mailer.sent] == ['account_exists']


def test_attempts_last_for_a_day() -> None:
    pauses = [min(MAIL_PAUSE * 2**n, LONGEST_MAIL_PAUSE) for n in range(MAIL_ATTEMPTS - 1)]
    assert timedelta(hours=24) <= timedelta(seconds=sum(pauses)) < timedelta(hours=25)

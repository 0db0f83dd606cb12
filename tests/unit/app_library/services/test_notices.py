from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from talelio_backend.app_library.domain.circulation_events import HoldExpired
from talelio_backend.app_library.services.notice_ports import DueLoan, Notified
from talelio_backend.app_library.services.notices import FindingService, NoticeService, on_hold
from talelio_backend.shared.domain.ids import new_id
from talelio_backend.shared.services.mailer import MailUnavailable
from tests.fakes import NOON, FakeClock, RecordingMailer
from tests.fakes_account import EchoLetters
from tests.fakes_library_waiting import FakeWaitingUnitOfWork

LOAN, HOLD = new_id(), new_id()


class KnownFacts:

    def __init__(self) -> None:
        self.facts: dict[UUID, Notified] = {}

    def loan(self, loan_id: UUID) -> Notified | None:
        return self.facts.get(loan_id)

    def hold(self, hold_id: UUID, kind: str) -> Notified | None:
        del kind
        return self.facts.get(hold_id)


class Office:

    def __init__(self) -> None:
        self.uow = FakeWaitingUnitOfWork()
        self.clock = FakeClock()
        self.mailer = RecordingMailer()
        self.known = KnownFacts()
        self.finding = FindingService(open_uow=lambda: self.uow,
                                      clock=self.clock,
                                      due_soon_days=2,
                                      overdue_days=(14, 1, 7))
        self.sending = NoticeService(open_uow=lambda: self.uow,
                                     facts=self.known,
                                     mailer=self.mailer,
                                     letters=EchoLetters(),
                                     clock=self.clock,
                                     client_url='https://site.example',
                                     mail_domain='api.example')

    def know(self, thing_id: UUID, **more: Any) -> None:
        facts: dict[str, Any] = {
            'book_id': new_id(),
            'title': 'Emma',
            'moment': NOON,
            'username': 'ada',
            'email': 'ada@example.org',
            'language': 'fi',
            'wanted': frozenset({'due_soon', 'overdue', 'holds'})
        }
        self.known.facts[thing_id] = Notified(**facts | more)

    def send_all(self) -> None:
        for job in self.uow.jobs:
            self.sending.send(**job.arguments)


@pytest.fixture(name='office')
def make_office() -> Office:
    return Office()


@pytest.mark.parametrize(('hours', 'name'), [(-49, None), (-48, 'loan_due_soon'),
                                             (-1, 'loan_due_soon'), (0, None), (23, None),
                                             (24, 'loan_overdue_1'),
                                             (24 * 7 - 1, 'loan_overdue_1'),
                                             (24 * 7, 'loan_overdue_7'),
                                             (24 * 14, 'loan_overdue_14'),
                                             (24 * 300, 'loan_overdue_14')])
def test_each_stage_has_its_time(office: Office, hours: int, name: str | None) -> None:
    office.uow.notices.due.append(DueLoan(loan_id=LOAN, due_at=NOON))
    office.clock.set(NOON + timedelta(hours=hours))
    office.finding.find()
    office.finding.find()
    assert [job.arguments['name'] for job in office.uow.jobs] == ([name] if name else [])


def test_notice_says_title_and_date_and_is_sent_once(office: Office) -> None:
    office.know(LOAN)
    office.uow.notices.due.append(DueLoan(loan_id=LOAN, due_at=NOON))
    office.clock.advance(days=-1)
    office.finding.find()
    office.send_all()
    office.send_all()
    mail, = office.mailer.sent
    assert (mail.kind, mail.to, mail.language) == ('loan_due_soon', 'ada@example.org', 'fi')
    assert 'Emma' in mail.text and NOON.date().isoformat() in mail.text
    assert mail.message_id == f"<{office.uow.jobs[0].arguments['mail_id']}@api.example>"


def test_what_is_not_wanted_or_true_any_more_is_not_sent(office: Office) -> None:
    office.uow.notices.due.append(DueLoan(loan_id=LOAN, due_at=NOON))
    office.clock.advance(days=-1)
    office.finding.find()
    office.send_all()
    office.know(LOAN, moment=NOON + timedelta(days=20))
    office.send_all()
    office.know(LOAN, wanted=frozenset({'overdue', 'holds'}))
    office.send_all()
    assert not office.mailer.sent
    assert not any(office.uow.sent_notices.values())


def test_notice_that_could_not_be_handed_over_is_tried_again(office: Office) -> None:
    office.know(HOLD)
    event = HoldExpired(hold_id=HOLD, book_id=new_id(), member_id=new_id(), title='Emma')
    job, = on_hold(event)
    office.mailer.down = True
    with pytest.raises(MailUnavailable):
        office.sending.send(**job.arguments)
    office.mailer.down = False
    office.sending.send(**job.arguments)
    office.sending.send(**job.arguments)
    assert [mail.kind for mail in office.mailer.sent] == ['hold_expired']

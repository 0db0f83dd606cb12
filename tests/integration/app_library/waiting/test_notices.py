from datetime import timedelta
from typing import Any

import pytest

from talelio_backend.bootstrap import House
from talelio_backend.shared.services.mailer import MailUnavailable
from tests.authors import Person, Site
from tests.conftest import MakeHouse
from tests.fakes import FakeClock, RecordingMailer
from tests.integration.app_library.waiting.desk import ADVANCE, HOLDS, Desk, place, shown

NOTICES, SEND = 'library.notices', 'library.send_notice'


@pytest.fixture(name='mailer')
def make_mailer() -> RecordingMailer:
    return RecordingMailer()


@pytest.fixture(name='house')
def house_with_a_mailer(make_house: MakeHouse, clock: FakeClock, mailer: RecordingMailer) -> House:
    return make_house(clock=clock, mailer=mailer)


def work(desk: Desk) -> None:
    """Finds what is to be told, and does the jobs that wait."""
    desk.run(NOTICES)
    deliver(desk)


def deliver(desk: Desk) -> None:
    rows = desk.site.execute(
        "SELECT id, args -> 'arguments' AS arguments FROM procrastinate_jobs "
        'WHERE task_name = :name ORDER BY id',
        name=SEND)
    for row in rows:
        desk.run(SEND, **row.arguments)
        desk.site.execute('DELETE FROM procrastinate_jobs WHERE id = :id', id=row.id)


def told(mailer: RecordingMailer) -> list[tuple[str, str]]:
    return [(mail.kind, mail.to) for mail in mailer.sent]


def test_due_date_is_told_two_days_before_and_once(desk: Desk, ada: Person, clock: FakeClock,
                                                   mailer: RecordingMailer) -> None:
    due_at = clock.now() + timedelta(days=2, minutes=1)
    desk.lent(desk.taken('Emma & Co.'), ada, due_at=due_at)
    work(desk)
    assert not mailer.sent
    clock.advance(minutes=1)
    work(desk)
    clock.advance(minutes=10)
    work(desk)
    mail, = mailer.sent
    assert (mail.kind, mail.to, mail.language) == ('loan_due_soon', 'ada@example.org', 'en')
    for part in (mail.subject, mail.text):
        assert 'Emma & Co.' in part and due_at.date().isoformat() in part
    assert 'Emma &amp; Co.' in mail.html


def test_lateness_is_told_after_one_seven_and_fourteen_days(desk: Desk, ada: Person,
                                                            clock: FakeClock,
                                                            mailer: RecordingMailer) -> None:
    due_at = clock.now() + timedelta(days=1)
    desk.lent(desk.taken(), ada, due_at=due_at)
    days = []
    for day in (0, 1, 2, 6, 7, 8, 13, 14, 15, 40):
        clock.set(due_at + timedelta(days=day))
        work(desk)
        work(desk)
        days += [day] * len(mailer.sent)
        assert {mail.kind for mail in mailer.sent} <= {'loan_overdue'}
        assert all(due_at.date().isoformat() in mail.subject for mail in mailer.sent)
        mailer.sent.clear()
    assert days == [1, 7, 14]


def test_of_what_was_missed_the_last_is_told(desk: Desk, ada: Person, clock: FakeClock,
                                             mailer: RecordingMailer) -> None:
    desk.lent(desk.taken(), ada, due_at=clock.now() - timedelta(days=9))
    work(desk)
    work(desk)
    assert told(mailer) == [('loan_overdue', 'ada@example.org')]


def test_extended_loan_is_told_of_anew(desk: Desk, ada: Person, clock: FakeClock, site: Site,
                                       mailer: RecordingMailer) -> None:
    desk.lent(desk.taken(), ada, due_at=clock.now() + timedelta(days=1))
    desk.run(NOTICES)
    site.execute("UPDATE library_loan SET due_at = due_at + interval '20 days'")
    deliver(desk)
    assert not mailer.sent
    clock.advance(days=19)
    work(desk)
    assert told(mailer) == [('loan_due_soon', 'ada@example.org')]


def test_returned_loan_is_not_told_of(desk: Desk, ada: Person, clock: FakeClock, site: Site,
                                      mailer: RecordingMailer) -> None:
    desk.lent(desk.taken(), ada, due_at=clock.now() + timedelta(days=1))
    desk.run(NOTICES)
    site.execute("UPDATE library_loan SET returned_at = now(), charge = "
                 "'{\"days\": 1, \"rent\": \"0.00\", \"overdue\": \"0.00\"}'")
    deliver(desk)
    work(desk)
    assert not mailer.sent


@pytest.mark.parametrize(('switch', 'kinds'), [
    ('due_soon', ['loan_overdue', 'hold_ready']),
    ('overdue', ['loan_due_soon', 'hold_ready']),
    ('holds', ['loan_due_soon', 'loan_overdue']),
])
def test_member_switches_kinds_off(desk: Desk, ada: Person, clock: FakeClock,
                                   mailer: RecordingMailer, switch: str, kinds: list[str]) -> None:
    desk.lent(desk.taken(), ada, due_at=clock.now() + timedelta(days=1))
    desk.lent(desk.taken('Persuasion'), ada, due_at=clock.now() - timedelta(days=1))
    book = desk.taken('Sanditon')
    place(ada, book)
    desk.site.execute("UPDATE library_copy SET status = 'available' WHERE book_id = :id",
                      id=book.id)
    desk.run(ADVANCE)
    desk.site.execute("UPDATE library_member SET notices = notices || CAST(:off AS jsonb)",
                      off=f'{{"{switch}": false}}')
    work(desk)
    assert sorted(mail.kind for mail in mailer.sent) == sorted(kinds)


@pytest.mark.parametrize('gone', ['UPDATE account SET blocked_at = now()', 'DELETE FROM account'])
def test_nobody_is_told_whose_account_is_blocked_or_deleted(desk: Desk, ada: Person, site: Site,
                                                            clock: FakeClock, gone: str,
                                                            mailer: RecordingMailer) -> None:
    desk.lent(desk.taken(), ada, due_at=clock.now() + timedelta(days=1))
    book = desk.taken('Sanditon')
    place(ada, book)
    site.execute("UPDATE library_copy SET status = 'available' WHERE book_id = :id", id=book.id)
    desk.run(ADVANCE)
    desk.run(NOTICES)
    site.execute(gone)
    deliver(desk)
    work(desk)
    assert not mailer.sent
    assert not site.execute("SELECT 1 FROM procrastinate_jobs WHERE task_name = :name", name=SEND)


def test_every_turn_of_a_hold_is_told_once_with_its_date(desk: Desk, ada: Person, ben: Person,
                                                         admin: Person, clock: FakeClock,
                                                         mailer: RecordingMailer) -> None:
    book = desk.taken()
    first, _ = place(ada, book), place(ben, book)
    desk.site.execute("UPDATE library_copy SET status = 'available'")
    desk.run(ADVANCE)
    deliver(desk)
    ready, = mailer.sent
    until = shown(ada, first)['ready_until'][:10]
    assert (ready.kind, ready.to) == ('hold_ready', 'ada@example.org')
    assert 'Emma' in ready.subject and until in ready.subject and until in ready.text
    clock.advance(days=8)
    desk.run(ADVANCE)
    deliver(desk)
    assert told(mailer)[1:] == [('hold_expired', 'ada@example.org'),
                                ('hold_ready', 'ben@example.org')]
    assert until in mailer.sent[1].subject
    answer = ada.post(HOLDS, json={'book_id': str(book.id)})
    admin.delete(answer.headers['Location'])
    deliver(desk)
    cancelled = mailer.sent[-1]
    assert (cancelled.kind, cancelled.to) == ('hold_cancelled', 'ada@example.org')
    assert clock.now().date().isoformat() in cancelled.subject and 'Emma' in cancelled.text


def test_mails_speak_the_language_of_the_member(desk: Desk, ada: Person, clock: FakeClock,
                                                site: Site, mailer: RecordingMailer) -> None:
    site.execute("UPDATE account SET language = 'fi'")
    desk.lent(desk.taken(), ada, due_at=clock.now() + timedelta(days=1))
    work(desk)
    assert mailer.sent[0].language == 'fi' and mailer.sent[0].subject.startswith('Palauta ”Emma”')


def test_job_that_runs_twice_sends_one_mail(desk: Desk, ada: Person, clock: FakeClock, site: Site,
                                            mailer: RecordingMailer) -> None:
    desk.lent(desk.taken(), ada, due_at=clock.now() + timedelta(days=1))
    desk.run(NOTICES)
    job: Any = site.execute(
        "SELECT args -> 'arguments' AS arguments FROM procrastinate_jobs "
        'WHERE task_name = :name',
        name=SEND)[0].arguments
    for _ in range(3):
        desk.run(SEND, **job)
    assert len(mailer.sent) == 1


def test_notice_waits_for_the_mail_server(desk: Desk, ada: Person, clock: FakeClock,
                                          mailer: RecordingMailer) -> None:
    desk.lent(desk.taken(), ada, due_at=clock.now() + timedelta(days=1))
    mailer.down = True
    with pytest.raises(MailUnavailable):
        work(desk)
    mailer.down = False
    deliver(desk)
    work(desk)
    assert told(mailer) == [('loan_due_soon', 'ada@example.org')]

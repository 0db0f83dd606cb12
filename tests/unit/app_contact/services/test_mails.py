from pathlib import Path
from uuid import UUID

import pytest

from talelio_backend.app_contact import data
from talelio_backend.app_contact.services.mails import ContactMailService, message_mail, reply_mail
from talelio_backend.app_contact.services.ports import Recipient, SentMessage
from talelio_backend.shared.data.letters import TemplateLetters
from talelio_backend.shared.domain.ids import new_id
from talelio_backend.shared.services.jobs import Job
from tests.fakes import RecordingMailer

FOLDER = Path(str(data.__file__)).parent / 'mail'
MESSAGE, REPLY, SENDER, ADMIN = (new_id() for _ in range(4))


class Letterbox:
    """What mails are made of, and can be gone."""

    def __init__(self) -> None:
        self.messages = {
            MESSAGE:
            SentMessage(type='Loss',
                        title="Anna's <oar> & påddle",
                        body='I lost it.\n\n<b>By the lake</b>',
                        sender='anna',
                        sender_email='anna@example.org')
        }
        self.replies = {REPLY: 'We found\nit & <i>cleaned</i> it.'}
        self.recipients = {
            SENDER: Recipient(email='anna@example.org', language='fi'),
            ADMIN: Recipient(email='root@example.org', language='en')
        }

    def message(self, message_id: UUID) -> SentMessage | None:
        return self.messages.get(message_id)

    def reply(self, reply_id: UUID) -> str | None:
        return self.replies.get(reply_id)

    def recipient(self, user_id: UUID) -> Recipient | None:
        return self.recipients.get(user_id)


class Office:

    def __init__(self) -> None:
        self.letterbox = Letterbox()
        self.mailer = RecordingMailer()
        self._service = ContactMailService(correspondence=self.letterbox,
                                           mailer=self.mailer,
                                           letters=TemplateLetters(FOLDER, default_language='en'),
                                           client_url='https://site.example',
                                           mail_domain='api.site.example')

    def run(self, job: Job) -> None:
        self._service.send(**job.arguments)


@pytest.fixture(name='office')
def make_office() -> Office:
    return Office()


def test_the_staff_reads_the_whole_message_and_answers_the_sender(office: Office) -> None:
    office.run(message_mail(MESSAGE, ADMIN))
    mail, = office.mailer.sent
    assert (mail.kind, mail.to, mail.language) == ('contact_message', 'root@example.org', 'en')
    assert mail.subject == "Loss: Anna's <oar> & påddle"
    assert mail.reply_to == 'anna@example.org'
    for part in ('anna', 'anna@example.org', 'I lost it.\n\n<b>By the lake</b>',
                 f'https://site.example/contact/messages/{MESSAGE}'):
        assert part in mail.text
    assert '<b>' not in mail.html and '&lt;b&gt;By the lake&lt;/b&gt;' in mail.html


def test_the_sender_reads_the_answer_and_what_she_wrote(office: Office) -> None:
    office.run(reply_mail(MESSAGE, REPLY, SENDER))
    mail, = office.mailer.sent
    assert (mail.kind, mail.to, mail.language) == ('contact_reply', 'anna@example.org', 'fi')
    assert mail.subject == "Re: Anna's <oar> & påddle"
    assert mail.reply_to is None
    assert 'We found\nit & <i>cleaned</i> it.' in mail.text
    assert '> I lost it.\n>\n> <b>By the lake</b>' in mail.text
    assert '<i>' not in mail.html


def test_what_is_gone_by_then_is_mailed_to_nobody(office: Office) -> None:
    office.run(message_mail(new_id(), ADMIN))
    office.run(message_mail(MESSAGE, new_id()))
    office.run(reply_mail(MESSAGE, new_id(), SENDER))
    assert not office.mailer.sent


@pytest.mark.parametrize('kind', ['contact_message', 'contact_reply'])
@pytest.mark.parametrize('language', ['en', 'fi'])
@pytest.mark.parametrize('form', ['txt', 'html'])
def test_every_kind_is_written_in_every_language(kind: str, language: str, form: str) -> None:
    assert (FOLDER / f'{kind}.{language}.{form}').is_file()


def test_the_same_job_sends_the_same_message_id(office: Office) -> None:
    job = message_mail(MESSAGE, ADMIN)
    office.run(job)
    office.run(job)
    first, second = office.mailer.sent
    assert first.message_id == second.message_id
    assert first.message_id.endswith('@api.site.example>')

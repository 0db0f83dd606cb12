import email
import email.policy
import gc
import socket
import stat
from collections.abc import Iterator
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from talelio_backend.shared.data.mailers import FileMailer, SmtpMailer
from talelio_backend.shared.services.mailer import Mail, Mailer, MailUnavailable
from tests.fakes import FakeClock

SENDER = 'talelio <noreply@example.org>'
LINK = 'https://client.example/verify?token=' + 'x' * 200
MAIL = Mail(kind='verify',
            to='anna@example.org',
            language='fi',
            subject='Vahvista sähköpostiosoitteesi',
            text=f'Hei Änna,\n\n{LINK}\n.\n..\nFrom here\n',
            html=f'<p>Hei Änna, <a href="{LINK}">vahvista</a></p>\n',
            message_id='<0190c5a2-verify@example.org>')


def read(raw: bytes) -> EmailMessage:
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


def part(message: EmailMessage, subtype: str) -> str:
    body = message.get_body((subtype, ))
    assert body is not None
    return str(body.get_content()).replace('\r\n', '\n')


class Inbox:
    """What an SMTP server was handed; ``die`` makes it hang up in the middle of a message."""

    def __init__(self) -> None:
        self.envelopes: list[Envelope] = []
        self.die = False
        self.refuse = False

    async def handle_RCPT(  # pylint: disable=invalid-name,too-many-positional-arguments
            self, _server: SMTP, _session: Session, envelope: Envelope, address: str,
            _options: list[str]) -> str:
        if self.refuse:
            return '450 try later'
        envelope.rcpt_tos.append(address)
        return '250 OK'

    async def handle_DATA(  # pylint: disable=invalid-name
            self, server: SMTP, _session: Session, envelope: Envelope) -> str:
        if self.die:
            transport: Any = server.transport
            transport.abort()
            return '250 too late'
        self.envelopes.append(envelope)
        return '250 OK'


@pytest.fixture(name='inbox')
def make_inbox() -> Inbox:
    return Inbox()


@pytest.fixture(name='smtp_url')
def start_server(inbox: Inbox) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(('127.0.0.1', 0))
        port = free.getsockname()[1]
    controller = Controller(inbox, hostname='127.0.0.1', port=port, decode_data=False)
    controller.start()
    yield f'smtp://127.0.0.1:{port}'
    controller.stop()


def sent(mailer: Mailer, source: Any, mail: Mail = MAIL) -> EmailMessage:
    """The message that arrived, whatever it went through."""
    mailer.send(mail)
    if isinstance(source, Inbox):
        return read(bytes(source.envelopes[-1].original_content or b''))
    return read(sorted(source.glob('*.eml'))[-1].read_bytes())


@pytest.fixture(name='way', params=['file', 'smtp'])
def make_way(request: pytest.FixtureRequest, tmp_path: Path, inbox: Inbox,
             smtp_url: str) -> tuple[Mailer, Any]:
    if request.param == 'file':
        folder = tmp_path / 'mail'
        return FileMailer(folder, sender=SENDER, clock=FakeClock()), folder
    return SmtpMailer(smtp_url, sender=SENDER, clock=FakeClock()), inbox


def test_message_arrives_whole(way: tuple[Mailer, Any]) -> None:
    message = sent(*way)
    assert message['From'] == SENDER
    assert message['To'] == 'anna@example.org'
    assert message['Subject'] == MAIL.subject
    assert message['Message-ID'] == MAIL.message_id
    assert message['Content-Language'] == 'fi'
    assert message['Auto-Submitted'] == 'auto-generated'
    assert message['X-Mail-Kind'] == 'verify'
    assert message['Date'].datetime == FakeClock().now().replace(microsecond=0)
    assert part(message, 'plain') == MAIL.text
    assert part(message, 'html') == MAIL.html


@pytest.mark.parametrize('text', ['x' * 5000, 'ä' * 5000, 'a\r\nb\n' * 9, '', '.\n.\n'])
def test_any_text_arrives_unbroken(way: tuple[Mailer, Any], text: str) -> None:
    message = sent(*way, replace(MAIL, text=text, html=f'<p>{text}</p>'))
    assert part(message, 'plain').rstrip('\n') == text.replace('\r\n', '\n').rstrip('\n')
    assert part(message, 'html').rstrip('\n') == f'<p>{text}</p>'.replace('\r\n', '\n')


@pytest.mark.parametrize('to', ['änna@example.org', 'anna@exämple.org'])
def test_address_beyond_ascii_arrives(way: tuple[Mailer, Any], to: str) -> None:
    assert sent(*way, replace(MAIL, to=to))['To'] == to


def test_link_can_be_read_in_the_file_as_it_stands(tmp_path: Path) -> None:
    plain = Mail(kind='k',
                 to='a@b.example',
                 language='en',
                 subject='s',
                 text=f'{LINK}\n',
                 html='<p></p>',
                 message_id='<1@x>')
    FileMailer(tmp_path, sender=SENDER, clock=FakeClock()).send(plain)
    assert LINK.encode() in next(tmp_path.glob('*.eml')).read_bytes()


def test_second_attempt_overwrites_the_first(tmp_path: Path) -> None:
    clock = FakeClock()
    mailer = FileMailer(tmp_path, sender=SENDER, clock=clock)
    mailer.send(MAIL)
    clock.advance(hours=1)
    mailer.send(MAIL)
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize('message_id', [
    '<5a2-verify@example.org>', '<verify@example.org>', '<x0190c5a2-verify@example.org>',
    '<../../up@x>'
])
def test_each_message_has_a_file_of_its_own(tmp_path: Path, message_id: str) -> None:
    folder = tmp_path / 'mail'
    mailer = FileMailer(folder, sender=SENDER, clock=FakeClock())
    for one in (MAIL.message_id, message_id):
        mailer.send(
            Mail(kind='k',
                 to='a@b.example',
                 language='en',
                 subject='s',
                 text='t',
                 html='h',
                 message_id=one))
    assert len(list(folder.glob('*.eml'))) == 2
    assert list(tmp_path.iterdir()) == [folder]


def test_folder_of_mails_is_private(tmp_path: Path) -> None:
    folder = tmp_path / 'deep' / 'mail'
    FileMailer(folder, sender=SENDER, clock=FakeClock()).send(MAIL)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_folder_that_cannot_be_written_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / 'file').touch()
    mailer = FileMailer(tmp_path / 'file' / 'mail', sender=SENDER, clock=FakeClock())
    with pytest.raises(MailUnavailable):
        mailer.send(MAIL)


def test_server_that_hangs_up_is_unavailable_and_then_used_again(inbox: Inbox,
                                                                 smtp_url: str) -> None:
    mailer = SmtpMailer(smtp_url, sender=SENDER, clock=FakeClock(), timeout=5)
    inbox.die = True
    with pytest.raises(MailUnavailable):
        mailer.send(MAIL)
    inbox.die = False
    mailer.send(MAIL)
    assert len(inbox.envelopes) == 1


def test_server_that_refuses_is_unavailable(inbox: Inbox, smtp_url: str) -> None:
    inbox.refuse = True
    with pytest.raises(MailUnavailable):
        SmtpMailer(smtp_url, sender=SENDER, clock=FakeClock()).send(MAIL)


def test_password_is_never_sent_in_the_clear(inbox: Inbox, smtp_url: str) -> None:
    url = smtp_url.replace('smtp://', 'smtp://anna:sesame@')
    with pytest.raises(MailUnavailable):
        SmtpMailer(url, sender=SENDER, clock=FakeClock()).send(MAIL)
    assert not inbox.envelopes


def test_refused_introduction_leaves_no_connection_open(smtp_url: str) -> None:
    url = smtp_url.replace('smtp://', 'smtp://anna@')
    with pytest.raises(MailUnavailable):
        SmtpMailer(url, sender=SENDER, clock=FakeClock()).send(MAIL)
    gc.collect()  # an open socket would warn, and warnings are errors


def test_tls_that_is_not_spoken_is_unavailable(smtp_url: str) -> None:
    url = smtp_url.replace('smtp://', 'smtps://')
    with pytest.raises(MailUnavailable):
        SmtpMailer(url, sender=SENDER, clock=FakeClock(), timeout=2).send(MAIL)


def test_server_that_is_down_is_unavailable(nowhere: str) -> None:
    port = nowhere.rpartition(':')[2].partition('/')[0]
    with pytest.raises(MailUnavailable):
        SmtpMailer(f'smtp://127.0.0.1:{port}', sender=SENDER, clock=FakeClock()).send(MAIL)


def test_ping_sends_nothing(way: tuple[Mailer, Any], inbox: Inbox) -> None:
    mailer, source = way
    mailer.ping()
    assert not inbox.envelopes
    assert isinstance(source, Inbox) or not [*source.iterdir()]


def test_ping_of_what_takes_no_mail_is_unavailable(tmp_path: Path, nowhere: str) -> None:
    (tmp_path / 'file').touch()
    port = nowhere.rpartition(':')[2].partition('/')[0]
    for mailer in (FileMailer(tmp_path / 'file' / 'mail', sender=SENDER, clock=FakeClock()),
                   SmtpMailer(f'smtp://127.0.0.1:{port}', sender=SENDER, clock=FakeClock())):
        with pytest.raises(MailUnavailable):
            mailer.ping()

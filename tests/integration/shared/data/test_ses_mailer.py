import base64
import email
import email.policy
import json
from collections.abc import Iterator
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest

from talelio_backend.shared.data.ses_mailer import SesMailer
from talelio_backend.shared.services.mailer import Mail, MailUnavailable
from tests.fakes import FakeClock

MAIL = Mail(kind='verify_email',
            to='alice@example.org',
            language='fi',
            subject='Vahvista osoitteesi',
            text='Hyvää päivää',
            html='<p>Hyvää päivää</p>',
            message_id='<one@example.org>')


class Ses(HTTPServer):
    """Takes mails as Amazon's service does, or refuses them."""

    def __init__(self) -> None:
        super().__init__(('127.0.0.1', 0), Handler)
        self.taken: list[tuple[str, dict[str, Any]]] = []
        self.refuses = False
        self.enabled = True

    def mailer(self) -> SesMailer:
        return SesMailer(region='eu-north-1',
                         access_key='some-key',
                         secret_key='some-secret',
                         sender='talelio <hello@example.org>',
                         clock=FakeClock(),
                         endpoint_url=f'http://127.0.0.1:{self.server_port}')


class Handler(BaseHTTPRequestHandler):

    def do_POST(self) -> None:  # pylint: disable=invalid-name  # the library's name
        assert isinstance(self.server, Ses)
        body = self.rfile.read(int(self.headers['Content-Length']))
        answer = b'{"message": "no"}' if self.server.refuses else b'{"MessageId": "1"}'
        if not self.server.refuses:
            self.server.taken.append((self.path, json.loads(body)))
        self._answer(400 if self.server.refuses else 200, answer)

    def do_GET(self) -> None:  # pylint: disable=invalid-name  # the library's name
        assert isinstance(self.server, Ses)
        assert self.path == '/v2/email/account'
        self._answer(400 if self.server.refuses else 200,
                     json.dumps({
                         'SendingEnabled': self.server.enabled
                     }).encode())

    def _answer(self, status: int, answer: bytes) -> None:
        self.send_response(status)
        self.send_header('Content-Length', str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: Any) -> None:  # pylint: disable=redefined-builtin
        pass


@pytest.fixture(name='ses')
def _ses() -> Iterator[Ses]:
    with Ses() as server:
        thread = Thread(target=server.serve_forever, kwargs={'poll_interval': 0.05})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_mail_goes_out_whole(ses: Ses) -> None:
    ses.mailer().send(MAIL)

    (path, request), = ses.taken
    message = email.message_from_bytes(base64.b64decode(request['Content']['Raw']['Data']),
                                       _class=EmailMessage,
                                       policy=email.policy.default)
    assert path == '/v2/email/outbound-emails'
    assert request['Destination'] == {'ToAddresses': ['alice@example.org']}
    assert request['FromEmailAddress'] == 'talelio <hello@example.org>'
    assert message['Message-ID'] == '<one@example.org>'
    assert message['X-Mail-Kind'] == 'verify_email'
    text = message.get_body(('plain', ))
    assert text is not None and text.get_content().strip() == 'Hyvää päivää'


def test_refused_mail_is_tried_again_later(ses: Ses) -> None:
    ses.refuses = True

    with pytest.raises(MailUnavailable):
        ses.mailer().send(MAIL)
    assert not ses.taken


def test_ping_asks_whether_the_account_may_send(ses: Ses) -> None:
    ses.mailer().ping()
    assert not ses.taken


@pytest.mark.parametrize('changed', [{'refuses': True}, {'enabled': False}])
def test_ping_of_an_account_that_may_not_send_is_unavailable(ses: Ses,
                                                             changed: dict[str, bool]) -> None:
    vars(ses).update(changed)

    with pytest.raises(MailUnavailable):
        ses.mailer().ping()

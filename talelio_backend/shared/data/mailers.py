import os
import smtplib
import ssl
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime, parseaddr
from pathlib import Path
from urllib.parse import unquote, urlsplit

import structlog

from talelio_backend.shared.services.clock import Clock
from talelio_backend.shared.services.mailer import Mail, MailUnavailable

log = structlog.get_logger('talelio.mail')


def compose(mail: Mail, *, sender: str, clock: Clock) -> EmailMessage:
    """The message as it goes out: text and HTML, marked as automatic (RFC 3834)."""
    message = EmailMessage()
    message['From'] = sender
    message['To'] = mail.to
    message['Subject'] = mail.subject
    if mail.reply_to is not None:
        message['Reply-To'] = mail.reply_to
    message['Date'] = format_datetime(clock.now())
    message['Message-ID'] = mail.message_id
    message['Auto-Submitted'] = 'auto-generated'
    message['X-Mail-Kind'] = mail.kind
    # Links stay in one piece for those who read the source, up to what a line may hold (RFC 5321).
    as_it_is = mail.text.isascii() and max(map(len, mail.text.splitlines()), default=0) < 998
    message.set_content(mail.text, cte='8bit' if as_it_is else 'quoted-printable')
    message.add_alternative(mail.html, subtype='html', cte='quoted-printable')
    # Set before, it would have gone into the first part with that part's own Content-* headers.
    message['Content-Language'] = mail.language
    return message


class FileMailer:
    """Writes every message into a folder, for development: one ``.eml`` file each."""

    def __init__(self, folder: Path, *, sender: str, clock: Clock) -> None:
        self._folder = folder
        self._sender = sender
        self._clock = clock

    def send(self, mail: Mail) -> None:
        # The same message at a second attempt is the same file: nobody reads it twice.
        unique = ''.join(c for c in mail.message_id.split('@')[0] if c.isalnum() or c == '-')
        moment = self._clock.now().strftime('%Y%m%dT%H%M%S')
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            present = next(self._folder.glob(f'{"?" * len(moment)}-{mail.kind}-{unique}.eml'),
                           None)
            path = present or self._folder / f'{moment}-{mail.kind}-{unique}.eml'
            part = path.with_suffix('.part')
            part.write_bytes(bytes(compose(mail, sender=self._sender, clock=self._clock)))
            os.replace(part, path)
        except OSError as error:
            raise MailUnavailable() from error
        log.info('mail_written', kind=mail.kind, file=path.name)

    def ping(self) -> None:
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise MailUnavailable() from error
        if not os.access(self._folder, os.W_OK | os.X_OK):
            raise MailUnavailable()


class SmtpMailer:
    """Hands messages to an SMTP server (RFC 5321). ``smtp://`` uses STARTTLS where the server
    offers it and always before a password; ``smtps://`` speaks TLS from the start."""

    def __init__(self, url: str, *, sender: str, clock: Clock, timeout: float = 15) -> None:
        self._url = urlsplit(url)
        self._sender = sender
        self._clock = clock
        self._timeout = timeout

    def send(self, mail: Mail) -> None:
        message = compose(mail, sender=self._sender, clock=self._clock)
        try:
            with self._connect() as server:
                # Not send_message, which puts ">" before lines that begin with "From ".
                beyond_ascii = not mail.to.isascii()
                server.sendmail(parseaddr(self._sender)[1], [mail.to],
                                message.as_bytes(policy=SMTPUTF8 if beyond_ascii else SMTP),
                                mail_options=['SMTPUTF8', 'BODY=8BITMIME'] if beyond_ascii else [])
        except (OSError, smtplib.SMTPException) as error:
            raise MailUnavailable() from error
        log.info('mail_sent', kind=mail.kind)

    def ping(self) -> None:
        try:
            with self._connect() as server:
                server.noop()
        except (OSError, smtplib.SMTPException) as error:
            raise MailUnavailable() from error

    def _connect(self) -> smtplib.SMTP:
        url, context = self._url, ssl.create_default_context()
        host = url.hostname or 'localhost'
        server: smtplib.SMTP
        if url.scheme == 'smtps':
            server = smtplib.SMTP_SSL(host,
                                      url.port or 465,
                                      timeout=self._timeout,
                                      context=context)
        else:
            server = smtplib.SMTP(host, url.port or 587, timeout=self._timeout)
        try:
            self._introduce(server, context)
        except BaseException:
            server.close()
            raise
        return server

    def _introduce(self, server: smtplib.SMTP, context: ssl.SSLContext) -> None:
        url = self._url
        server.ehlo()
        if url.scheme != 'smtps':
            if server.has_extn('starttls'):
                server.starttls(context=context)
            elif url.password:
                raise smtplib.SMTPNotSupportedError('no STARTTLS, so no password is sent')
        if url.username:
            server.login(unquote(url.username), unquote(url.password or ''))

from threading import Lock
from typing import Any

import structlog

from talelio_backend.shared.data.mailers import compose
from talelio_backend.shared.services.clock import Clock
from talelio_backend.shared.services.mailer import Mail, MailUnavailable

log = structlog.get_logger('talelio.mail')


class SesMailer:
    """Hands messages to Amazon SES (API version 2), whole as SMTP would. Without keys the
    machine's role is asked for them at the first mail."""

    def __init__(self,
                 *,
                 region: str,
                 access_key: str | None,
                 secret_key: str | None,
                 sender: str,
                 clock: Clock,
                 endpoint_url: str | None = None) -> None:
        self._where = {'region_name': region, 'endpoint_url': endpoint_url}
        self._keys = {'aws_access_key_id': access_key, 'aws_secret_access_key': secret_key}
        self._sender = sender
        self._clock = clock
        self._lock = Lock()
        self._made: Any = None

    def send(self, mail: Mail) -> None:
        from botocore.exceptions import BotoCoreError, ClientError

        message = compose(mail, sender=self._sender, clock=self._clock)
        try:
            self._client().send_email(FromEmailAddress=self._sender,
                                      Destination={'ToAddresses': [mail.to]},
                                      Content={'Raw': {
                                          'Data': bytes(message)
                                      }})
        except (BotoCoreError, ClientError, OSError) as error:
            raise MailUnavailable() from error
        log.info('mail_sent', kind=mail.kind)

    def ping(self) -> None:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            able = bool(self._client().get_account()['SendingEnabled'])
        except (BotoCoreError, ClientError, OSError) as error:
            raise MailUnavailable() from error
        if not able:
            raise MailUnavailable()

    def _client(self) -> Any:
        import boto3  # heavy, and of no use to a process that sends no mail
        from botocore.config import Config

        with self._lock:
            if self._made is None:
                make_session: Any = boto3.session.Session
                # The job that sends is tried again anyway, after growing pauses.
                config = Config(connect_timeout=5,
                                read_timeout=15,
                                retries={'total_max_attempts': 2})
                self._made = make_session(**self._keys).client('sesv2',
                                                               config=config,
                                                               **self._where)
        return self._made

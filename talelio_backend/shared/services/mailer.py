from dataclasses import dataclass
from typing import Protocol

from talelio_backend.shared.domain.errors import Unavailable

# How often a mail is tried, and the seconds between two: 10, doubling up to an hour, add up to 24
# hours and some minutes after 33 attempts.
MAIL_ATTEMPTS, MAIL_PAUSE, LONGEST_MAIL_PAUSE = 33, 10, 3600


class MailUnavailable(Unavailable):
    code = 'mail_unavailable'
    title = 'Mail cannot be handed over at the moment.'


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """One message to one person. ``kind`` stands in ``X-Mail-Kind`` and in the log; content and
    address do not. ``message_id`` is the same at every attempt to send it. ``reply_to``: who gets
    the answers, if not the sender that the settings name."""

    kind: str
    to: str
    language: str
    subject: str
    text: str
    html: str
    message_id: str
    reply_to: str | None = None


class Mailer(Protocol):

    def send(self, mail: Mail) -> None:
        """Hands the mail over. Raises MailUnavailable; whether it arrived is then unknown."""
        ...

    def ping(self) -> None:
        """Raises MailUnavailable where a mail could not be handed over now. Sends none."""
        ...

from uuid import UUID

from talelio_backend.app_contact.services.ports import Correspondence, Recipient, SentMessage
from talelio_backend.shared.domain.ids import new_id
from talelio_backend.shared.services.jobs import Job
from talelio_backend.shared.services.letters import Letter, Letters
from talelio_backend.shared.services.mailer import Mail, Mailer

SEND_MAIL = 'contact.send_mail'
MESSAGE, REPLY = 'contact_message', 'contact_reply'


def message_mail(message_id: UUID, recipient_id: UUID) -> Job:
    """The job that tells one administrator of a message."""
    return _job(MESSAGE, message_id, recipient_id)


def reply_mail(message_id: UUID, reply_id: UUID, recipient_id: UUID) -> Job:
    """The job that tells the sender of a reply."""
    return _job(REPLY, message_id, recipient_id, reply_id)


def _job(kind: str, message_id: UUID, recipient_id: UUID, reply_id: UUID | None = None) -> Job:
    return Job(name=SEND_MAIL,
               arguments={
                   'kind': kind,
                   'mail_id': str(new_id()),
                   'message_id': str(message_id),
                   'reply_id': str(reply_id) if reply_id else None,
                   'recipient_id': str(recipient_id),
               })


class ContactMailService:
    """Writes and sends the mails of this area, in the worker."""

    def __init__(self, *, correspondence: Correspondence, mailer: Mailer, letters: Letters,
                 client_url: str, mail_domain: str) -> None:
        self._correspondence = correspondence
        self._mailer = mailer
        self._letters = letters
        self._client_url = client_url
        self._mail_domain = mail_domain

    def send(self, *, kind: str, mail_id: str, message_id: str, reply_id: str | None,
             recipient_id: str) -> None:
        """Sends one mail; nothing where the message, the reply or the recipient is gone.

        Raises MailUnavailable.
        """
        message = self._correspondence.message(UUID(message_id))
        recipient = self._correspondence.recipient(UUID(recipient_id))
        if message is None or recipient is None:
            return
        letter = self._letter(kind, message, message_id, reply_id, recipient)
        if letter is None:
            return
        self._mailer.send(
            Mail(kind=kind,
                 to=recipient.email,
                 language=letter.language,
                 subject=letter.subject,
                 text=letter.text,
                 html=letter.html,
                 message_id=f'<{mail_id}@{self._mail_domain}>',
                 reply_to=message.sender_email if kind == MESSAGE else None))

    def _letter(self, kind: str, message: SentMessage, message_id: str, reply_id: str | None,
                recipient: Recipient) -> Letter | None:
        values = {
            'type': message.type,
            'title': message.title,
            'body': message.body,
            'sender': message.sender,
            'sender_email': message.sender_email or '',
            'link': f'{self._client_url}/contact/messages/{message_id}',
            'site': self._client_url,
        }
        if reply_id is not None:
            reply = self._correspondence.reply(UUID(reply_id))
            if reply is None:
                return None
            values |= {'reply': reply, 'quoted': _quoted(message.body)}
        return self._letters.write(kind, language=recipient.language, **values)


def _quoted(text: str) -> str:
    return '\n'.join(f'> {line}'.rstrip() for line in text.splitlines())

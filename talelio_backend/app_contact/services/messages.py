from collections.abc import Callable
from uuid import UUID

from talelio_backend.app_contact.domain.errors import MessageNotFound, SenderGone, UnknownType
from talelio_backend.app_contact.domain.message import Message
from talelio_backend.app_contact.services.mails import message_mail, reply_mail
from talelio_backend.app_contact.services.ports import ContactUnitOfWork
from talelio_backend.shared.services.clock import Clock
from talelio_backend.shared.services.mail_limit import MailLimit


class MessageService:
    """What members write to the staff, and what the staff does with it. Mails are jobs in the
    transaction of what they tell."""

    def __init__(self, *, open_uow: Callable[[], ContactUnitOfWork], mail_limit: MailLimit,
                 clock: Clock) -> None:
        self._open_uow = open_uow
        self._mail_limit = mail_limit
        self._clock = clock

    def send(self, *, sender_id: UUID, type_id: UUID, title: str, body: str) -> UUID:
        """Tells every administrator. Raises UnknownType, TooManyMails."""
        with self._open_uow() as uow:
            known = uow.types.is_known(type_id)
        if not known:
            raise UnknownType()
        self._mail_limit.count(f'account {sender_id}')
        message = Message.send(type_id=type_id,
                               sender_id=sender_id,
                               title=title,
                               body=body,
                               now=self._clock.now())
        with self._open_uow() as uow:
            uow.messages.add(message)
            for administrator_id in uow.people.administrators():
                uow.defer(message_mail(message.id, administrator_id))
            uow.commit()
        return message.id

    def answer(self, *, message_id: UUID, author_id: UUID, body: str) -> UUID:
        """Tells the sender. Raises MessageNotFound, MessageClosed, SenderGone."""
        with self._open_uow() as uow:
            message = _found(uow, message_id)
            reply = message.answer(author_id=author_id, body=body, now=self._clock.now())
            if not uow.people.has_account(message.sender_id):
                raise SenderGone()
            uow.messages.add_reply(reply)
            uow.defer(reply_mail(message.id, reply.id, message.sender_id))
            uow.commit()
        return reply.id

    def close(self, *, message_id: UUID, expected_version: int | None) -> None:
        """Raises MessageNotFound, VersionMismatch."""
        self._change(message_id, expected_version,
                     lambda message: message.close(now=self._clock.now()))

    def reopen(self, *, message_id: UUID, expected_version: int | None) -> None:
        """Raises MessageNotFound, VersionMismatch."""
        self._change(message_id, expected_version,
                     lambda message: message.reopen(now=self._clock.now()))

    def delete(self, *, message_id: UUID, expected_version: int | None) -> None:
        """With its replies. Raises MessageNotFound, VersionMismatch."""
        with self._open_uow() as uow:
            message = _found(uow, message_id)
            message.expect(expected_version)
            message.delete()
            uow.messages.remove(message)
            uow.commit()

    def _change(self, message_id: UUID, expected_version: int | None,
                change: Callable[[Message], None]) -> None:
        with self._open_uow() as uow:
            message = _found(uow, message_id)
            message.expect(expected_version)
            change(message)
            uow.commit()


def _found(uow: ContactUnitOfWork, message_id: UUID) -> Message:
    message = uow.messages.with_id(message_id)
    if message is None:
        raise MessageNotFound()
    return message

from uuid import UUID

from sqlalchemy.orm import Session

from talelio_backend.app_contact.domain.message import Message, Reply


class SqlMessageRepository:

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, message: Message) -> None:
        self._session.add(message)

    def with_id(self, message_id: UUID) -> Message | None:
        return self._session.get(Message, message_id, with_for_update=True)

    def add_reply(self, reply: Reply) -> None:
        self._session.add(reply)

    def remove(self, message: Message) -> None:
        self._session.delete(message)

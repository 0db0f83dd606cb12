from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from talelio_backend.app_contact.data.orm import message_table, type_table
from talelio_backend.app_contact.domain.message_type import MessageType


class SqlMessageTypeRepository:

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, message_type: MessageType) -> None:
        self._session.add(message_type)

    def with_id(self, type_id: UUID) -> MessageType | None:
        # FOR UPDATE also waits for messages of it that are being written, and they for it.
        return self._session.get(MessageType, type_id, with_for_update=True)

    def is_known(self, type_id: UUID) -> bool:
        return bool(self._session.scalar(select(exists().where(type_table.c.id == type_id))))

    def is_used(self, type_id: UUID) -> bool:
        return bool(
            self._session.scalar(select(exists().where(message_table.c.type_id == type_id))))

    def remove(self, message_type: MessageType) -> None:
        self._session.delete(message_type)

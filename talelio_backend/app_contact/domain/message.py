from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Self
from uuid import UUID

from talelio_backend.app_contact.domain.errors import MessageClosed
from talelio_backend.app_contact.domain.events import (MessageAnswered, MessageDeleted,
                                                       MessageEvent, MessageReopened, MessageSent,
                                                       MessageWasClosed)
from talelio_backend.shared.domain.aggregate import Aggregate
from talelio_backend.shared.domain.errors import VersionMismatch
from talelio_backend.shared.domain.ids import new_id


class Status(Enum):
    OPEN = 'open'
    ANSWERED = 'answered'
    CLOSED = 'closed'


@dataclass(kw_only=True, eq=False)
class Reply(Aggregate):
    """What an administrator answered. It is never changed."""

    message_id: UUID
    author_id: UUID
    body: str
    created_at: datetime


@dataclass(kw_only=True, eq=False)
class Message(Aggregate):
    """What a member wrote to the staff."""

    type_id: UUID
    sender_id: UUID
    title: str
    body: str
    status: Status
    version: int
    created_at: datetime
    updated_at: datetime

    @classmethod
    def send(cls, *, type_id: UUID, sender_id: UUID, title: str, body: str, now: datetime) -> Self:
        message = cls(id=new_id(),
                      type_id=type_id,
                      sender_id=sender_id,
                      title=title,
                      body=body,
                      status=Status.OPEN,
                      version=1,
                      created_at=now,
                      updated_at=now)
        message._tell(MessageSent)
        return message

    def expect(self, version: int | None) -> None:
        """Raises VersionMismatch unless ``version`` is the present one or None."""
        if version is not None and version != self.version:
            raise VersionMismatch(version=self.version)

    def answer(self, *, author_id: UUID, body: str, now: datetime) -> Reply:
        """Raises MessageClosed."""
        if self.status is Status.CLOSED:
            raise MessageClosed()
        self._become(Status.ANSWERED, now)
        self._tell(MessageAnswered)
        return Reply(id=new_id(),
                     message_id=self.id,
                     author_id=author_id,
                     body=body,
                     created_at=now)

    def close(self, *, now: datetime) -> None:
        """A closed one stays as it is."""
        if self.status is not Status.CLOSED:
            self._become(Status.CLOSED, now)
            self._tell(MessageWasClosed)

    def reopen(self, *, now: datetime) -> None:
        """An open one stays as it is."""
        if self.status is not Status.OPEN:
            self._become(Status.OPEN, now)
            self._tell(MessageReopened)

    def delete(self) -> None:
        self._tell(MessageDeleted)

    def _become(self, status: Status, now: datetime) -> None:
        self.status = status
        self.version += 1
        self.updated_at = now

    def _tell(self, event_class: type[MessageEvent]) -> None:
        self.record(event_class(message_id=self.id, title=self.title))

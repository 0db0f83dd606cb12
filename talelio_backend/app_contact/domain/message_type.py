from dataclasses import dataclass
from datetime import datetime
from typing import Self

from talelio_backend.app_contact.domain.events import (MessageTypeCreated, MessageTypeDeleted,
                                                       MessageTypeUpdated)
from talelio_backend.shared.domain.aggregate import Aggregate
from talelio_backend.shared.domain.events import Change
from talelio_backend.shared.domain.ids import new_id


@dataclass(kw_only=True, eq=False)
class MessageType(Aggregate):
    """What people write about: a question, a loss, a complaint."""

    name: str
    created_at: datetime

    @classmethod
    def create(cls, *, name: str, now: datetime) -> Self:
        message_type = cls(id=new_id(), name=name, created_at=now)
        message_type.record(MessageTypeCreated(type_id=message_type.id, name=name))
        return message_type

    def rename(self, name: str) -> None:
        """To the name that it has: no event."""
        if name == self.name:
            return
        changed = {'name': Change(self.name, name)}
        self.name = name
        self.record(MessageTypeUpdated(type_id=self.id, name=name, changed=changed))

    def delete(self) -> None:
        self.record(MessageTypeDeleted(type_id=self.id, name=self.name))

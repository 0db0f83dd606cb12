"""The ports of messages without I/O."""

from collections.abc import Sequence
from uuid import UUID

from talelio_backend.app_contact.domain.errors import MessageTypeTaken
from talelio_backend.app_contact.domain.message import Message, Reply
from talelio_backend.app_contact.domain.message_type import MessageType
from talelio_backend.shared.domain.events import Event
from tests.fakes import FakeUnitOfWork


class InMemoryTypes:

    def __init__(self, types: dict[UUID, MessageType], messages: dict[UUID, Message]) -> None:
        self._types = types
        self._messages = messages

    def add(self, message_type: MessageType) -> None:
        self._types[message_type.id] = message_type

    def with_id(self, type_id: UUID) -> MessageType | None:
        return self._types.get(type_id)

    def is_known(self, type_id: UUID) -> bool:
        return type_id in self._types

    def is_used(self, type_id: UUID) -> bool:
        return any(message.type_id == type_id for message in self._messages.values())

    def remove(self, message_type: MessageType) -> None:
        del self._types[message_type.id]


class InMemoryMessages:

    def __init__(self, messages: dict[UUID, Message], replies: dict[UUID, Reply]) -> None:
        self._messages = messages
        self._replies = replies
        self.removed: list[Message] = []

    def add(self, message: Message) -> None:
        self._messages[message.id] = message

    def with_id(self, message_id: UUID) -> Message | None:
        return self._messages.get(message_id)

    def add_reply(self, reply: Reply) -> None:
        self._replies[reply.id] = reply

    def remove(self, message: Message) -> None:
        del self._messages[message.id]
        self.removed.append(message)


class KnownPeople:

    def __init__(self) -> None:
        self.staff: list[UUID] = []
        self.gone: set[UUID] = set()

    def administrators(self) -> Sequence[UUID]:
        return self.staff

    def has_account(self, user_id: UUID) -> bool:
        return user_id not in self.gone


class FakeContactUnitOfWork(FakeUnitOfWork):

    def __init__(self) -> None:
        self.stored_types: dict[UUID, MessageType] = {}
        self.stored: dict[UUID, Message] = {}
        self.replies: dict[UUID, Reply] = {}
        super().__init__(self.stored_types, self.stored, self.replies)
        self.types = InMemoryTypes(self.stored_types, self.stored)
        self.messages = InMemoryMessages(self.stored, self.replies)
        self.people = KnownPeople()

    def commit(self) -> None:
        leaving: list[Event] = [
            event for message in self.messages.removed for event in message.collect_events()
        ]
        super().commit()
        self.events += leaving

    def _check(self) -> None:
        names = [found.name.lower() for found in self.stored_types.values()]
        if len(names) != len(set(names)):
            raise MessageTypeTaken()

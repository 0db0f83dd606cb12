from dataclasses import dataclass
from uuid import UUID

from talelio_backend.shared.domain.events import ChangedEvent, Event, Target


@dataclass(frozen=True, kw_only=True)
class MessageTypeEvent(Event):
    type_id: UUID
    name: str

    @property
    def target(self) -> Target:
        return Target('message_type', self.type_id, self.name)


@dataclass(frozen=True, kw_only=True)
class MessageTypeCreated(MessageTypeEvent):
    action = 'message_type_created'
    activity = 'Added the message type “{name}”'


@dataclass(frozen=True, kw_only=True)
class MessageTypeUpdated(MessageTypeEvent, ChangedEvent):
    action = 'message_type_updated'
    activity = 'Changed the message type “{name}”'


@dataclass(frozen=True, kw_only=True)
class MessageTypeDeleted(MessageTypeEvent):
    action = 'message_type_deleted'
    activity = 'Deleted the message type “{name}”'


@dataclass(frozen=True, kw_only=True)
class MessageEvent(Event):
    """What a message or a reply says is for its reader, and stands in no event."""

    message_id: UUID
    title: str

    @property
    def target(self) -> Target:
        return Target('message', self.message_id, self.title)


@dataclass(frozen=True, kw_only=True)
class MessageSent(MessageEvent):
    action = 'message_sent'
    activity = 'Wrote to the staff: “{title}”'


@dataclass(frozen=True, kw_only=True)
class MessageAnswered(MessageEvent):
    action = 'message_answered'
    activity = 'Answered the message “{title}”'


@dataclass(frozen=True, kw_only=True)
class MessageWasClosed(MessageEvent):
    action = 'message_closed'
    activity = 'Closed the message “{title}”'


@dataclass(frozen=True, kw_only=True)
class MessageReopened(MessageEvent):
    action = 'message_reopened'
    activity = 'Reopened the message “{title}”'


@dataclass(frozen=True, kw_only=True)
class MessageDeleted(MessageEvent):
    action = 'message_deleted'
    activity = 'Deleted the message “{title}”'

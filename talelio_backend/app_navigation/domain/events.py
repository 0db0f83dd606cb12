from dataclasses import dataclass
from uuid import UUID

from talelio_backend.shared.domain.events import ChangedEvent, Event, Target


@dataclass(frozen=True, kw_only=True)
class LinkEvent(Event):
    link_id: UUID
    text: str

    @property
    def target(self) -> Target:
        return Target('link', self.link_id, self.text)


@dataclass(frozen=True, kw_only=True)
class LinkCreated(LinkEvent):
    action = 'link_created'
    activity = 'Added the link “{text}”'


@dataclass(frozen=True, kw_only=True)
class LinkUpdated(LinkEvent, ChangedEvent):
    action = 'link_updated'
    activity = 'Changed the link “{text}”'


@dataclass(frozen=True, kw_only=True)
class LinkDeleted(LinkEvent):
    action = 'link_deleted'
    activity = 'Deleted the link “{text}”'

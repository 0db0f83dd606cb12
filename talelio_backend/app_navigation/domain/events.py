from dataclasses import dataclass, field
from uuid import UUID

from talelio_backend.shared.domain.events import Changes, Event, Target


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
class LinkUpdated(LinkEvent):
    action = 'link_updated'
    activity = 'Changed the link “{text}”'

    changed: Changes = field(default_factory=dict)

    @property
    def changes(self) -> Changes:
        return self.changed


@dataclass(frozen=True, kw_only=True)
class LinkDeleted(LinkEvent):
    action = 'link_deleted'
    activity = 'Deleted the link “{text}”'

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from talelio_backend.shared.domain.events import Change, Changes, Event, Target


@dataclass(frozen=True, kw_only=True)
class ImageEvent(Event):
    image_id: UUID
    owner_id: UUID
    file_name: str

    @property
    def target(self) -> Target:
        return Target('image', self.image_id, self.file_name)


@dataclass(frozen=True, kw_only=True)
class ImageUploaded(ImageEvent):
    action = 'image_uploaded'
    activity = 'Uploaded the image “{file_name}”'


@dataclass(frozen=True, kw_only=True)
class ImageUpdated(ImageEvent):
    action = 'image_updated'
    activity = 'Described the image “{file_name}”'

    changed: Mapping[str, Change] = field(default_factory=dict)

    @property
    def changes(self) -> Changes:
        return self.changed


@dataclass(frozen=True, kw_only=True)
class ImageDeleted(ImageEvent):
    action = 'image_deleted'
    activity = 'Deleted the image “{file_name}”'

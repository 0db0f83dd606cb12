from dataclasses import dataclass
from uuid import UUID

from talelio_backend.shared.domain.events import ChangedEvent, Event, Target


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
class ImageUpdated(ImageEvent, ChangedEvent):
    action = 'image_updated'
    activity = 'Described the image “{file_name}”'


@dataclass(frozen=True, kw_only=True)
class ImageDeleted(ImageEvent):
    action = 'image_deleted'
    activity = 'Deleted the image “{file_name}”'

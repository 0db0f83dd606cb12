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


@dataclass(frozen=True, kw_only=True)
class ImagesShown(Event):
    """Told by another area: a thing of theirs shows exactly these images from now on. What was
    done to the thing is told by its own events. ``owner_id`` is None for what is the house's and
    secret to nobody."""

    action = None
    activity = None

    kind: str
    thing_id: UUID
    title: str
    owner_id: UUID | None
    image_ids: tuple[UUID, ...]

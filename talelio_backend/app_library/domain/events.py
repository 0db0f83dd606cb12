"""What happens to the catalogue."""

from dataclasses import dataclass
from uuid import UUID

from talelio_backend.shared.domain.events import ChangedEvent, Event, Target


@dataclass(frozen=True, kw_only=True)
class BookEvent(Event):
    book_id: UUID
    title: str

    @property
    def target(self) -> Target:
        return Target('book', self.book_id, self.title)


@dataclass(frozen=True, kw_only=True)
class BookCreated(BookEvent):
    action = 'book_created'
    activity = 'Added the book “{title}”'


@dataclass(frozen=True, kw_only=True)
class BookUpdated(BookEvent, ChangedEvent):
    action = 'book_updated'
    activity = 'Changed the book “{title}”'


@dataclass(frozen=True, kw_only=True)
class BookDeactivated(BookEvent):
    action = 'book_deactivated'
    activity = 'Deactivated the book “{title}”'


@dataclass(frozen=True, kw_only=True)
class BookRestored(BookEvent):
    action = 'book_restored'
    activity = 'Restored the book “{title}”'


@dataclass(frozen=True, kw_only=True)
class CopyEvent(Event):
    """``title`` is that of the book."""

    copy_id: UUID
    barcode: str
    title: str

    @property
    def target(self) -> Target:
        return Target('copy', self.copy_id, self.barcode)


@dataclass(frozen=True, kw_only=True)
class CopyAdded(CopyEvent):
    action = 'copy_added'
    activity = 'Added the copy {barcode} of “{title}”'


@dataclass(frozen=True, kw_only=True)
class CopyUpdated(CopyEvent, ChangedEvent):
    action = 'copy_updated'
    activity = 'Changed the copy {barcode} of “{title}”'


@dataclass(frozen=True, kw_only=True)
class AuthorEvent(Event):
    author_id: UUID
    name: str

    @property
    def target(self) -> Target:
        return Target('author', self.author_id, self.name)


@dataclass(frozen=True, kw_only=True)
class AuthorCreated(AuthorEvent):
    action = 'author_created'
    activity = 'Added the author {name}'


@dataclass(frozen=True, kw_only=True)
class AuthorUpdated(AuthorEvent, ChangedEvent):
    action = 'author_updated'
    activity = 'Changed the author {name}'


@dataclass(frozen=True, kw_only=True)
class AuthorDeactivated(AuthorEvent):
    action = 'author_deactivated'
    activity = 'Deactivated the author {name}'


@dataclass(frozen=True, kw_only=True)
class AuthorRestored(AuthorEvent):
    action = 'author_restored'
    activity = 'Restored the author {name}'


@dataclass(frozen=True, kw_only=True)
class CategoryEvent(Event):
    category_id: UUID
    name: str

    @property
    def target(self) -> Target:
        return Target('category', self.category_id, self.name)


@dataclass(frozen=True, kw_only=True)
class CategoryCreated(CategoryEvent):
    action = 'category_created'
    activity = 'Added the category “{name}”'


@dataclass(frozen=True, kw_only=True)
class CategoryUpdated(CategoryEvent, ChangedEvent):
    action = 'category_updated'
    activity = 'Changed the category “{name}”'


@dataclass(frozen=True, kw_only=True)
class CategoryDeactivated(CategoryEvent):
    action = 'category_deactivated'
    activity = 'Deactivated the category “{name}”'


@dataclass(frozen=True, kw_only=True)
class CategoryRestored(CategoryEvent):
    action = 'category_restored'
    activity = 'Restored the category “{name}”'


@dataclass(frozen=True, kw_only=True)
class ItemTypeEvent(Event):
    item_type: str
    label: str

    @property
    def target(self) -> Target:
        return Target('item_type', self.item_type, self.label)


@dataclass(frozen=True, kw_only=True)
class ItemTypeCreated(ItemTypeEvent):
    action = 'item_type_created'
    activity = 'Added the item type “{label}”'


@dataclass(frozen=True, kw_only=True)
class ItemTypeUpdated(ItemTypeEvent, ChangedEvent):
    action = 'item_type_updated'
    activity = 'Changed the item type “{label}”'


@dataclass(frozen=True, kw_only=True)
class ItemTypeDeleted(ItemTypeEvent):
    action = 'item_type_deleted'
    activity = 'Deleted the item type “{label}”'

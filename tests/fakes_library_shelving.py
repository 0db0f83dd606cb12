"""The ports of the shelving without I/O."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from talelio_backend.app_library.domain.author import Author
from talelio_backend.app_library.domain.category import Category
from talelio_backend.app_library.domain.errors import CategoryNameTaken, ItemTypeTaken
from talelio_backend.app_library.domain.item_type import ItemType
from talelio_backend.shared.domain.events import Event
from tests.fakes import FakeUnitOfWork


class CountingLock:

    def __init__(self) -> None:
        self.taken = 0

    def lock(self) -> None:
        self.taken += 1


class InMemoryAuthors:

    def __init__(self, authors: dict[UUID, Author], lock: CountingLock) -> None:
        self._authors = authors
        self._lock = lock

    def add(self, author: Author) -> None:
        self._authors[author.id] = author

    def with_id(self, author_id: UUID) -> Author | None:
        assert self._lock.taken, 'read before the lock of the catalogue was taken'
        return self._authors.get(author_id)


class InMemoryCategories:

    def __init__(self, categories: dict[UUID, Category], lock: CountingLock) -> None:
        self._categories = categories
        self._lock = lock

    def add(self, category: Category) -> None:
        self._categories[category.id] = category

    def with_id(self, category_id: UUID) -> Category | None:
        assert self._lock.taken, 'read before the lock of the catalogue was taken'
        return self._categories.get(category_id)


class InMemoryItemTypes:

    def __init__(self, item_types: dict[str, ItemType]) -> None:
        self._item_types = item_types
        self.used: set[str] = set()
        self.removed: list[ItemType] = []
        self.added_twice = False

    def add(self, item_type: ItemType) -> None:
        self.added_twice = item_type.id in self._item_types
        self._item_types[item_type.id] = item_type

    def with_id(self, item_type: str) -> ItemType | None:
        return self._item_types.get(item_type)

    def kept(self, item_types: Collection[str]) -> set[str]:
        return set(item_types) & set(self._item_types)

    def is_used(self, item_type: str) -> bool:
        return item_type in self.used

    def remove(self, item_type: ItemType) -> None:
        self.removed.append(self._item_types.pop(item_type.id))


class RecordingBooks:
    """The cascade and the index: whose books they were asked to change."""

    def __init__(self) -> None:
        self.changed: list[UUID] = []

    def of_category(self, category_id: UUID, *, now: datetime | None = None) -> None:
        del now
        self.changed.append(category_id)

    def of_author(self, author_id: UUID, *, now: datetime | None = None) -> None:
        del now
        self.changed.append(author_id)


class FakeShelvingUnitOfWork(FakeUnitOfWork):

    def __init__(self) -> None:
        self.stored_authors: dict[UUID, Author] = {}
        self.stored_categories: dict[UUID, Category] = {}
        self.stored_types: dict[str, ItemType] = {}
        super().__init__(self.stored_authors, self.stored_categories, self.stored_types)
        self.catalogue = CountingLock()
        self.authors = InMemoryAuthors(self.stored_authors, self.catalogue)
        self.categories = InMemoryCategories(self.stored_categories, self.catalogue)
        self.item_types = InMemoryItemTypes(self.stored_types)
        self.cascade = RecordingBooks()
        self.book_index = RecordingBooks()

    def commit(self) -> None:
        leaving: list[Event] = [
            event for item_type in self.item_types.removed for event in item_type.collect_events()
        ]
        super().commit()
        self.events += leaving

    def _check(self) -> None:
        names = [category.name.lower() for category in self.stored_categories.values()]
        if len(names) != len(set(names)):
            raise CategoryNameTaken()
        if self.item_types.added_twice:
            raise ItemTypeTaken()

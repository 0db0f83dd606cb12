"""What the shelving needs from outside: the lock of the catalogue, authors, categories and item
types. Those of books stand in ``book_ports``."""

from collections.abc import Collection, Set
from datetime import datetime
from typing import Protocol
from uuid import UUID

from talelio_backend.app_library.domain.author import Author
from talelio_backend.app_library.domain.category import Category
from talelio_backend.app_library.domain.item_type import ItemType
from talelio_backend.shared.services.unit_of_work import UnitOfWork


class CatalogueLock(Protocol):

    def lock(self) -> None:
        """Until the transaction ends nobody else edits the catalogue: creates, changes,
        deactivates or restores a book, an author or a category. Taken before every other lock,
        so that checks of parents and cascades never race; readers and the desk do not wait."""
        ...


class AuthorRepository(Protocol):

    def add(self, author: Author) -> None:
        ...

    def with_id(self, author_id: UUID) -> Author | None:
        """Read under the catalogue's lock."""
        ...


class CategoryRepository(Protocol):

    def add(self, category: Category) -> None:
        ...

    def with_id(self, category_id: UUID) -> Category | None:
        """Read under the catalogue's lock."""
        ...


class ItemTypeRepository(Protocol):

    def add(self, item_type: ItemType) -> None:
        ...

    def with_id(self, item_type: str) -> ItemType | None:
        """Locked until the transaction ends: no book or policy begins to name it meanwhile."""
        ...

    def kept(self, item_types: Collection[str]) -> Set[str]:
        """Those that there are, kept from being deleted until the transaction ends: for whoever
        writes something that names them."""
        ...

    def is_used(self, item_type: str) -> bool:
        """Whether a book, a policy or a tariff names it."""
        ...

    def remove(self, item_type: ItemType) -> None:
        ...


class ParentCascade(Protocol):
    """What becomes of the books of a category or an author."""

    def of_category(self, category_id: UUID, *, now: datetime) -> None:
        """Deactivates its active books and cancels their open holds."""
        ...

    def of_author(self, author_id: UUID, *, now: datetime) -> None:
        """Likewise, whatever the author's role in them is."""
        ...


class BookIndex(Protocol):
    """What books are found and sorted by besides their own words."""

    def of_category(self, category_id: UUID) -> None:
        """Its name is another: its books are indexed anew."""
        ...

    def of_author(self, author_id: UUID) -> None:
        """Likewise."""
        ...


class ShelvingUnitOfWork(UnitOfWork, Protocol):

    @property
    def catalogue(self) -> CatalogueLock:
        ...

    @property
    def authors(self) -> AuthorRepository:
        ...

    @property
    def categories(self) -> CategoryRepository:
        ...

    @property
    def item_types(self) -> ItemTypeRepository:
        ...

    @property
    def cascade(self) -> ParentCascade:
        ...

    @property
    def book_index(self) -> BookIndex:
        ...

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from talelio_backend.app_library.domain.author import Author
from talelio_backend.app_library.domain.category import Category
from talelio_backend.app_library.domain.errors import AuthorNotFound, CategoryNotFound
from talelio_backend.app_library.services.catalogue_ports import ShelvingUnitOfWork
from talelio_backend.shared.services.clock import Clock

OpenUnitOfWork = Callable[[], ShelvingUnitOfWork]


class AuthorService:
    """Who had a part in the books, as administrators keep it. Each edit holds the catalogue's
    lock, so that no book meanwhile gets a part by somebody who is being deactivated."""

    def __init__(self, *, open_uow: OpenUnitOfWork, clock: Clock) -> None:
        self._open_uow = open_uow
        self._clock = clock

    def create(self, *, given_name: str | None, family_name: str) -> UUID:
        author = Author.create(given_name=given_name,
                               family_name=family_name,
                               now=self._clock.now())
        with self._open_uow() as uow:
            uow.catalogue.lock()
            uow.authors.add(author)
            uow.commit()
        return author.id

    def rename(self, *, author_id: UUID, changes: Mapping[str, Any]) -> None:
        """``changes`` are new values of ``given_name`` and ``family_name``; the author's books
        are found and sorted by them at once. Raises AuthorNotFound."""
        with self._open_uow() as uow:
            if _author(uow, author_id).rename(changes, now=self._clock.now()):
                uow.flush()
                uow.book_index.of_author(author_id)
            uow.commit()

    def deactivate(self, *, author_id: UUID) -> None:
        """With each active book that the author had a part in. Raises AuthorNotFound,
        AlreadyInactive."""
        with self._open_uow() as uow:
            author, now = _author(uow, author_id), self._clock.now()
            author.deactivate(now=now)
            uow.cascade.of_author(author_id, now=now)
            uow.commit()

    def restore(self, *, author_id: UUID) -> None:
        """The books stay as they are. Raises AuthorNotFound, AlreadyActive."""
        with self._open_uow() as uow:
            _author(uow, author_id).restore(now=self._clock.now())
            uow.commit()


class CategoryService:
    """The categories, as administrators keep them. Each edit holds the catalogue's lock, so that
    no book is meanwhile put into a category that is being deactivated."""

    def __init__(self, *, open_uow: OpenUnitOfWork, clock: Clock) -> None:
        self._open_uow = open_uow
        self._clock = clock

    def create(self, *, name: str) -> UUID:
        """Raises CategoryNameTaken."""
        category = Category.create(name=name, now=self._clock.now())
        with self._open_uow() as uow:
            uow.catalogue.lock()
            uow.categories.add(category)
            uow.commit()
        return category.id

    def rename(self, *, category_id: UUID, name: str) -> None:
        """The category's books are found and sorted by it at once. Raises CategoryNotFound,
        CategoryNameTaken."""
        with self._open_uow() as uow:
            if _category(uow, category_id).rename(name, now=self._clock.now()):
                uow.flush()
                uow.book_index.of_category(category_id)
            uow.commit()

    def deactivate(self, *, category_id: UUID) -> None:
        """With each of its active books. Raises CategoryNotFound, AlreadyInactive."""
        with self._open_uow() as uow:
            category, now = _category(uow, category_id), self._clock.now()
            category.deactivate(now=now)
            uow.cascade.of_category(category_id, now=now)
            uow.commit()

    def restore(self, *, category_id: UUID) -> None:
        """The books stay as they are. Raises CategoryNotFound, AlreadyActive."""
        with self._open_uow() as uow:
            _category(uow, category_id).restore(now=self._clock.now())
            uow.commit()


def _author(uow: ShelvingUnitOfWork, author_id: UUID) -> Author:
    uow.catalogue.lock()
    author = uow.authors.with_id(author_id)
    if author is None:
        raise AuthorNotFound()
    return author


def _category(uow: ShelvingUnitOfWork, category_id: UUID) -> Category:
    uow.catalogue.lock()
    category = uow.categories.with_id(category_id)
    if category is None:
        raise CategoryNotFound()
    return category

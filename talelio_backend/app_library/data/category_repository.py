from uuid import UUID

from sqlalchemy.orm import Session

from talelio_backend.app_library.domain.category import Category


class SqlCategoryRepository:
    """See the port ``CategoryRepository``."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, category: Category) -> None:
        self._session.add(category)

    def with_id(self, category_id: UUID) -> Category | None:
        return self._session.get(Category, category_id)

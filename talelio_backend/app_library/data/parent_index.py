from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from talelio_backend.app_library.data.book_index import index_books
from talelio_backend.app_library.data.catalogue_orm import book_table, contribution_table


class SqlBookIndex:
    """See the port ``BookIndex``."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def of_category(self, category_id: UUID) -> None:
        theirs = select(book_table.c.id).where(book_table.c.category_id == category_id)
        index_books(self._session, self._session.scalars(theirs).all())

    def of_author(self, author_id: UUID) -> None:
        theirs = select(
            contribution_table.c.book_id).where(contribution_table.c.author_id == author_id)
        index_books(self._session, self._session.scalars(theirs.distinct()).all())

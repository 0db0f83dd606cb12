from uuid import UUID

from sqlalchemy.orm import Session

from talelio_backend.app_library.domain.author import Author


class SqlAuthorRepository:
    """See the port ``AuthorRepository``."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, author: Author) -> None:
        self._session.add(author)

    def with_id(self, author_id: UUID) -> Author | None:
        return self._session.get(Author, author_id)

"""Books with everything that a list is filtered and sorted by, made by SQL and indexed."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from talelio_backend.app_library.data.book_index import fold_key, index_books
from talelio_backend.shared.domain.ids import new_id
from tests.authors import Person, Site
from tests.shelves import Shelves

BOOKS = '/v1/library/books'


class Library:

    def __init__(self, site: Site) -> None:
        self._site = site
        self._shelves = Shelves(site)

    def book(self, title: str, *, authors: Sequence[UUID] = (), **columns: Any) -> UUID:
        """A book; ``columns`` are those of its table, and ``copies``, how many there are."""
        book_id = self._shelves.book(title, copies=columns.pop('copies', 1)).id
        for name, value in columns.items():
            self._site.execute(f'UPDATE library_book SET {name} = :value WHERE id = :id',
                               value=value,
                               id=book_id)
        if authors:
            self._site.execute('DELETE FROM library_book_author WHERE book_id = :id', id=book_id)
        for place, author_id in enumerate(authors):
            self._site.execute(
                'INSERT INTO library_book_author (book_id, author_id, role, position) '
                "VALUES (:book, :author, 'author', :place)",
                book=book_id,
                author=author_id,
                place=place)
        self.index([book_id])
        return book_id

    def index(self, book_ids: Sequence[UUID]) -> None:
        with Session(self._site.house.kernel.engine) as session, session.begin():
            index_books(session, book_ids)

    def category(self, name: str) -> UUID:
        category_id = new_id()
        self._site.execute(
            'INSERT INTO library_category (id, name, name_key, created_at, updated_at) '
            'VALUES (:id, :name, :key, now(), now())',
            id=category_id,
            name=name,
            key=fold_key(name))
        return category_id

    def author(self, family: str, given: str | None = None) -> UUID:
        author_id = new_id()
        self._site.execute(
            'INSERT INTO library_author (id, given_name, family_name, given_key, family_key, '
            'created_at, updated_at) VALUES (:id, :given, :family, :given_key, :family_key, '
            'now(), now())',
            id=author_id,
            given=given,
            family=family,
            given_key=fold_key(given),
            family_key=fold_key(family))
        return author_id


def listed(person: Person, **query: Any) -> list[str]:
    """The titles of a page."""
    answer = person.get(BOOKS, query_string=query)
    assert answer.status_code == 200, answer.text
    return [book['title'] for book in answer.get_json()['books']]


def refusal(person: Person, **query: Any) -> tuple[int, str]:
    answer = person.get(BOOKS, query_string=query)
    return answer.status_code, answer.get_json()['code']

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import String, bindparam, delete, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from talelio_backend.app_assets.data.orm import image_table
from talelio_backend.app_library.data.book_index import index_books
from talelio_backend.app_library.data.catalogue_orm import (author_figures_table,
                                                            book_figures_table, book_table,
                                                            category_figures_table,
                                                            contribution_table, copy_table)
from talelio_backend.app_library.domain.book import Book, Contribution, Role
from talelio_backend.shared.data.orm import Id

_P = contribution_table.c
# Weaker than FOR UPDATE: favourites that refer to a book are not in the way.
_locked = select(Book).with_for_update(key_share=True,
                                       of=book_table).execution_options(populate_existing=True)
_one = _locked.where(book_table.c.id == bindparam('book_id', type_=Id))
# Who deletes an image locks it and then the books that show it. A book that is written twice in a
# transaction asks for its image as well (its foreign keys are checked again): so image, then book.
_cover = select(
    image_table.c.id).where(image_table.c.id == select(book_table.c.cover_image_id).where(
        book_table.c.id == bindparam('book_id', type_=Id)).scalar_subquery()).with_for_update(
            read=True, key_share=True)
_of_copy = _locked.where(book_table.c.id == select(copy_table.c.book_id).where(
    copy_table.c.id == bindparam('copy_id', type_=Id)).scalar_subquery())
_authors = select(_P.author_id,
                  _P.role).where(_P.book_id == bindparam('book_id', type_=Id)).order_by(
                      _P.position)
_with_isbn = select(
    book_table.c.id).where(book_table.c.isbn13 == bindparam('isbn13', type_=String))
_owned = select(book_figures_table.c.number_owned).where(
    book_figures_table.c.book_id == bindparam('book_id', type_=Id))
_insert = insert(contribution_table)
_place = _insert.on_conflict_do_update(constraint=contribution_table.primary_key,
                                       set_={'position': _insert.excluded.position})


class SqlBookRepository:
    """See the port ``BookRepository``. Who had a part in a book are rows of their own, which the
    book holds as values: they are read and written with it."""

    def __init__(self, session: Session) -> None:
        self._session = session
        # As they are stored: the category and the parts of each book that was read or written.
        self._stored: dict[UUID, tuple[UUID, tuple[Contribution, ...]]] = {}

    def save(self, book: Book) -> None:
        stored = self._stored.get(book.id)
        if stored is None:
            self._session.add(book)
            self._session.flush()
            self._write(book, former=())
        else:
            category_id, authors = stored
            if authors != book.authors:
                self._lock_figures({category_id, book.category_id}, authors + book.authors)
            self._session.flush()
            if authors != book.authors:
                self._write(book, former=authors)
        self._stored[book.id] = (book.category_id, book.authors)
        index_books(self._session, [book.id])

    def locked(self, book_id: UUID) -> Book | None:
        self._session.execute(_cover, {'book_id': book_id})
        return self._with_authors(self._session.scalars(_one, {'book_id': book_id}).one_or_none())

    def of_copy(self, copy_id: UUID) -> Book | None:
        return self._with_authors(
            self._session.scalars(_of_copy, {
                'copy_id': copy_id
            }).one_or_none())

    def with_isbn(self, isbn13: str) -> UUID | None:
        return self._session.scalar(_with_isbn, {'isbn13': isbn13})

    def number_owned(self, book_id: UUID) -> int:
        return int(self._session.scalars(_owned, {'book_id': book_id}).one())

    def _with_authors(self, book: Book | None) -> Book | None:
        if book is not None:
            rows = self._session.execute(_authors, {'book_id': book.id})
            book.authors = tuple(
                Contribution(author_id=row.author_id, role=Role(row.role)) for row in rows)
            self._stored[book.id] = (book.category_id, book.authors)
        return book

    def _write(self, book: Book, *, former: tuple[Contribution, ...]) -> None:
        gone = [(part.author_id, part.role.value) for part in former if part not in book.authors]
        if gone:
            self._session.execute(
                delete(contribution_table).where(_P.book_id == book.id,
                                                 tuple_(_P.author_id, _P.role).in_(gone)))
        self._session.execute(_place, [{
            'book_id': book.id,
            'author_id': part.author_id,
            'role': part.role.value,
            'position': position
        } for position, part in enumerate(book.authors)])

    def _lock_figures(self, categories: Collection[UUID], authors: tuple[Contribution,
                                                                         ...]) -> None:
        """In the order that loans of other books take them in: the triggers of the statements to
        come would lock those of the former authors first and then those of the new ones."""
        author_ids = {part.author_id for part in authors}
        for key, ids in ((category_figures_table.c.category_id, categories),
                         (author_figures_table.c.author_id, author_ids)):
            rows = select(key).where(key.in_(ids)).order_by(key)
            self._session.execute(rows.with_for_update(key_share=True)).all()

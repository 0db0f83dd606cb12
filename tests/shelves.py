"""Puts books on the shelves of a test's library, without the endpoints that staff would use."""

from dataclasses import dataclass
from uuid import UUID

from talelio_backend.app_library.data.book_index import fold_key
from talelio_backend.shared.data.grams import gram_vector
from talelio_backend.shared.domain.ids import new_id
from tests.authors import Site


@dataclass(frozen=True, kw_only=True)
class Shelved:
    """A book with its copies, in the order of their barcodes."""

    id: UUID
    title: str
    barcodes: tuple[str, ...]


class Shelves:

    def __init__(self, site: Site) -> None:
        self._site = site
        self._category_id: UUID | None = None
        self._author_id: UUID | None = None

    def book(self,
             title: str = 'Emma',
             *,
             copies: int = 1,
             item_type: str = 'regular',
             active: bool = True) -> Shelved:
        book_id, now = new_id(), 'now()'
        self._site.execute(
            'INSERT INTO library_book (id, title, category_id, item_type, description, version, '
            'created_at, updated_at, deactivated_at, title_key, title_grams) VALUES (:id, :title, '
            f':category, :item_type, :empty, 1, {now}, {now}, '
            'CASE WHEN :active THEN NULL ELSE now() END, :key, CAST(:grams AS tsvector))',
            id=book_id,
            title=title,
            category=self.category_id,
            item_type=item_type,
            empty='',
            key=fold_key(title),
            grams=gram_vector(fold_key(title)),
            active=active)
        self._site.execute(
            'INSERT INTO library_book_author (book_id, author_id, role, position) '
            "VALUES (:book, :author, 'author', 0)",
            book=book_id,
            author=self.author_id)
        barcodes = tuple(self.copy(book_id) for _ in range(copies))
        return Shelved(id=book_id, title=title, barcodes=barcodes)

    def copy(self, book_id: UUID) -> str:
        """Another copy of the book; its barcode."""
        copy_id = new_id()
        barcode = f'B-{copy_id.hex[-20:].upper()}'
        self._site.execute(
            'INSERT INTO library_copy (id, book_id, barcode, condition, note, status, created_at, '
            "updated_at) VALUES (:id, :book, :barcode, 'good', '', 'available', now(), now())",
            id=copy_id,
            book=book_id,
            barcode=barcode)
        return barcode

    @property
    def category_id(self) -> UUID:
        if self._category_id is None:
            self._category_id = new_id()
            self._site.execute(
                'INSERT INTO library_category (id, name, name_key, created_at, updated_at) '
                "VALUES (:id, 'Novels', 'novels', now(), now())",
                id=self._category_id)
        return self._category_id

    @property
    def author_id(self) -> UUID:
        if self._author_id is None:
            self._author_id = new_id()
            self._site.execute(
                'INSERT INTO library_author (id, given_name, family_name, given_key, family_key, '
                "created_at, updated_at) VALUES (:id, 'Jane', 'Austen', 'jane', 'austen', now(), "
                'now())',
                id=self._author_id)
        return self._author_id

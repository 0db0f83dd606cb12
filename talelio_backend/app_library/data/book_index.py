"""What a book is sorted by and found by, made from what it says and from the names of its
category and its authors. It is no change of the book: neither version nor time of it moves."""

from collections.abc import Collection, Iterator, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Text, bindparam, cast, column, func, literal_column, select
from sqlalchemy.dialects.postgresql import ARRAY, TSVECTOR, aggregate_order_by
from sqlalchemy.orm import Session

from talelio_backend.app_library.data.catalogue_orm import (author_table, book_table,
                                                            category_table, contribution_table)
from talelio_backend.app_library.domain.isbn import isbn10_of
from talelio_backend.shared.data.grams import gram_query, gram_vector
from talelio_backend.shared.data.orm import Id
from talelio_backend.shared.data.search_text import search_text
from talelio_backend.shared.data.search_vector import weighted_vector

# Of a folded name: an index holds no row beyond a third of a page.
LONGEST_KEY = 600
_AT_ONCE = 500
_KEYS = ('title_key', 'category_key', 'author_key')
_VECTORS = ('title_grams', 'search', 'search_more')
_B, _A, _S = book_table.c, author_table.c, contribution_table.c


def fold_key(*parts: str | None) -> str:
    """``parts`` as lists sort them: without regard to case and accents."""
    return search_text(*parts)[:LONGEST_KEY]


def title_query(needle: str) -> str | None:
    """What ``title_grams`` of every title with ``needle`` in it satisfies, as ``tsquery``."""
    return gram_query(fold_key(needle))


def index_books(session: Session, book_ids: Collection[UUID]) -> None:
    """Makes keys and vectors of these books anew, each from what it and its parents say now.
    Whoever changes a book, the name of a category or of an author calls this in the same
    transaction, under the catalogue's lock. Locks the books, ordered by their ids."""
    session.flush()
    for chosen in _in_parts(sorted(set(book_ids))):
        rows = session.execute(_present, {'book_ids': chosen}).all()
        session.execute(_update, _columns_of([_indexed(row) for row in rows]))


def _in_parts(book_ids: Sequence[UUID]) -> Iterator[Sequence[UUID]]:
    for start in range(0, len(book_ids), _AT_ONCE):
        yield book_ids[start:start + _AT_ONCE]


def _indexed(row: Any) -> dict[str, Any]:
    first = row.authors[0] if row.authors else ('', '')
    names = [name for author in row.authors for name in author]
    title_key = fold_key(row.title)
    return {
        'id':
        row.id,
        'title_key':
        title_key,
        'category_key':
        fold_key(row.category),
        'author_key':
        fold_key(*first),
        'title_grams':
        gram_vector(title_key),
        'search':
        weighted_vector(A=row.title,
                        B=row.subtitle,
                        C=' '.join(filter(None, names)),
                        D=_isbns(row.isbn13)),
        'search_more':
        weighted_vector(A=row.publisher, B=row.category, C=row.description),
    }


def _isbns(isbn13: str | None) -> str | None:
    return isbn13 and ' '.join(filter(None, (isbn13, isbn10_of(isbn13))))


def _columns_of(rows: Sequence[dict[str, Any]]) -> dict[str, list[Any]]:
    names = ('id', *_KEYS, *_VECTORS)
    return {f'new_{name}': [row[name] for row in rows] for name in names}


def _authors() -> ColumnElement[Any]:
    """Family and given names, in the order of the book."""
    name = func.json_build_array(_A.family_name, _A.given_name)
    listed = func.json_agg(aggregate_order_by(name, _S.position))
    none: ColumnElement[Any] = literal_column("'[]'::json")
    return select(func.coalesce(listed, none)).select_from(
        contribution_table.join(author_table, _A.id == _S.author_id)).where(
            _S.book_id == _B.id).correlate(book_table).scalar_subquery()


def _rows() -> Any:
    arrays = [
        bindparam(f'new_{name}', type_=ARRAY(Id if name == 'id' else Text))
        for name in ('id', *_KEYS, *_VECTORS)
    ]
    return func.unnest(*arrays).table_valued(column('id', Id),
                                             *(column(name, Text) for name in (*_KEYS, *_VECTORS)),
                                             name='indexed').render_derived()


_present = select(_B.id, _B.title, _B.subtitle, _B.isbn13, _B.publisher, _B.description,
                  category_table.c.name.label('category'),
                  _authors().label('authors')).select_from(
                      book_table.join(
                          category_table, category_table.c.id == _B.category_id)).where(
                              _B.id == func.any(bindparam('book_ids', type_=ARRAY(Id)))).order_by(
                                  _B.id).with_for_update(of=book_table, key_share=True)
_new = _rows()
_update = book_table.update().values({
    **{
        name: _new.c[name]
        for name in _KEYS
    },
    **{
        name: cast(_new.c[name], TSVECTOR)
        for name in _VECTORS
    }
}).where(_B.id == _new.c.id)

"""The list of books: its sort options, and what tells them apart."""

from talelio_backend.app_library.data.book_filters import relevance
from talelio_backend.app_library.data.catalogue_orm import (YEAR_FALLING, YEAR_RISING,
                                                            book_figures_table, book_table)
from talelio_backend.shared.data.listing import SqlList, SqlSort
from talelio_backend.shared.domain.access import Level
from talelio_backend.shared.services.listing import CursorCodec

_B, _F = book_table.c, book_figures_table.c
_BOOK = _F.book_id
_SORTS = (
    SqlSort(id='created_at', label='Recency', key=_B.created_at),
    SqlSort(id='title', label='Title', key=_B.title_key),
    SqlSort(id='loans_count', label='Popularity', key=_F.loans_count, tie=_BOOK),
    SqlSort(id='category', label='Category', key=_B.category_key),
    SqlSort(id='author', label='Author', key=_B.author_key),
    SqlSort(id='year', label='Year', key=YEAR_RISING, falling=YEAR_FALLING),
    SqlSort(id='available_copies', label='Copies free', key=_F.available_copies, tie=_BOOK),
    SqlSort(id='active_loans_count',
            label='Current loans',
            key=_F.active_loans_count,
            tie=_BOOK,
            level=Level.ADMIN),
)


def build_list(cursors: CursorCodec) -> SqlList:
    return SqlList(name='library_books',
                   default='created_at_desc',
                   tie=_B.id,
                   cursors=cursors,
                   sorts=_SORTS)


def build_found_list(cursors: CursorCodec) -> SqlList:
    """The list where words were looked for."""
    by_relevance = SqlSort(id='relevance', label='Relevance', key=relevance())
    return SqlList(name='library_books',
                   default='relevance_desc',
                   tie=_B.id,
                   cursors=cursors,
                   sorts=(*_SORTS, by_relevance))

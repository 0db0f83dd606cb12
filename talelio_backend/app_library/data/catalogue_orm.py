"""The catalogue. What ``*_figures`` hold is counted by triggers and never written here."""

from typing import Any

from sqlalchemy import (CheckConstraint, Column, ForeignKey, Index, Integer, SmallInteger, String,
                        Table, Text, UniqueConstraint, func, literal_column, text)
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.sql.functions import coalesce

from talelio_backend.app_library.data.columns import KEY, reference
from talelio_backend.app_library.data.stored_types import Named
from talelio_backend.app_library.domain.copy import Condition, Copy, Status
from talelio_backend.shared.data.orm import Id, Time, mapper_registry, metadata


def _count(name: str) -> Column[Any]:
    return Column(name, Integer, nullable=False, server_default=text('0'))


author_table = Table(
    'library_author',
    metadata,
    Column('id', Id, primary_key=True),
    Column('given_name', Text),
    Column('family_name', Text, nullable=False),
    Column('given_key', KEY, nullable=False),
    Column('family_key', KEY, nullable=False),
    Column('deactivated_at', Time),
    Column('created_at', Time, nullable=False),
    Column('updated_at', Time, nullable=False),
    Index(None, 'family_key', 'id'),
    Index(None, 'given_key', 'id'),
    Index(None, 'created_at', 'id'),
)

# An author without a given name comes last in both directions.
GIVEN_RISING = coalesce(func.nullif(author_table.c.given_key, literal_column("''", KEY)),
                        literal_column('chr(1114111)', KEY),
                        type_=KEY)
Index('ix_library_author_given_rising', GIVEN_RISING, author_table.c.id)

category_table = Table(
    'library_category',
    metadata,
    Column('id', Id, primary_key=True),
    Column('name', Text, nullable=False),
    Column('name_key', KEY, nullable=False),
    Column('deactivated_at', Time),
    Column('created_at', Time, nullable=False),
    Column('updated_at', Time, nullable=False),
    Index(None, 'name_key', 'id'),
    Index(None, 'created_at', 'id'),
)
Index('uq_library_category_name', func.lower(category_table.c.name), unique=True)

item_type_table = Table(
    'library_item_type',
    metadata,
    Column('id', String(30), primary_key=True),
    Column('label', Text, nullable=False),
)

book_table = Table(
    'library_book',
    metadata,
    Column('id', Id, primary_key=True),
    Column('title', Text, nullable=False),
    Column('subtitle', Text),
    reference('category_id', 'library_category.id'),
    Column('item_type', String(30), ForeignKey('library_item_type.id'), nullable=False),
    Column('description', Text, nullable=False),
    Column('isbn13', String(13)),
    Column('publisher', Text),
    Column('year', SmallInteger),
    Column('language', String(35)),
    reference('cover_image_id', 'image.id', nullable=True, ondelete='SET NULL'),
    Column('deactivated_at', Time),
    Column('version', Integer, nullable=False),
    Column('created_at', Time, nullable=False),
    Column('updated_at', Time, nullable=False),
    # What the book is sorted by and found by: folded, and kept with it when a name changes.
    Column('title_key', KEY, nullable=False, server_default=''),
    Column('category_key', KEY, nullable=False, server_default=''),
    Column('author_key', KEY, nullable=False, server_default=''),
    Column('title_grams', TSVECTOR, nullable=False, server_default=''),
    # Title, subtitle, authors, ISBN; and publisher, category, description: by weight.
    Column('search', TSVECTOR, nullable=False, server_default=''),
    Column('search_more', TSVECTOR, nullable=False, server_default=''),
    UniqueConstraint('isbn13', name='uq_library_book_isbn13'),
    Index(None, 'created_at', 'id'),
    Index(None, 'title_key', 'id'),
    Index(None, 'category_key', 'id'),
    Index(None, 'author_key', 'id'),
    Index(None, 'category_id', 'created_at', 'id'),
    Index(None, 'item_type'),
    Index(None, 'language', 'created_at', 'id'),
    Index(None, 'cover_image_id'),
    Index('ix_library_book_title_grams', 'title_grams', postgresql_using='gin'),
)
_B = book_table.c
# A book without a year comes last in both directions.
YEAR_RISING = coalesce(_B.year, literal_column('9999', Integer), type_=Integer)
YEAR_FALLING = coalesce(_B.year, literal_column('0', Integer), type_=Integer)
Index('ix_library_book_year_rising', YEAR_RISING, _B.id)
Index('ix_library_book_year_falling', YEAR_FALLING, _B.id)
SEARCHED = _B.search.op('||')(_B.search_more)
Index('ix_library_book_search', SEARCHED, postgresql_using='gin')
# What facets count, without the books themselves.
Index('ix_library_book_facets', _B.category_id, _B.language, _B.item_type, _B.deactivated_at,
      _B.year, _B.created_at, _B.id)
# Those few that are not lent any more.
Index('ix_library_book_inactive',
      _B.created_at,
      _B.id,
      postgresql_where=_B.deactivated_at.is_not(None))

contribution_table = Table(
    'library_book_author',
    metadata,
    Column('book_id', Id, ForeignKey('library_book.id', ondelete='CASCADE'), primary_key=True),
    Column('author_id', Id, ForeignKey('library_author.id'), primary_key=True),
    Column('role', String(16), primary_key=True),
    Column('position', SmallInteger, nullable=False),
    CheckConstraint("role IN ('author', 'editor', 'translator', 'illustrator', 'contributor')",
                    name='role'),
    Index(None, 'author_id', 'book_id'),
)

copy_table = Table(
    'library_copy',
    metadata,
    Column('id', Id, primary_key=True),
    reference('book_id', 'library_book.id'),
    Column('barcode', String(32, collation='C'), nullable=False),
    Column('condition', Named(Condition), nullable=False),
    Column('note', Text, nullable=False),
    Column('status', Named(Status), nullable=False),
    Column('created_at', Time, nullable=False),
    Column('updated_at', Time, nullable=False),
    UniqueConstraint('barcode', name='uq_library_copy_barcode'),
    CheckConstraint("condition IN ('new', 'good', 'worn', 'damaged')", name='condition'),
    CheckConstraint(
        "status IN ('available', 'on_loan', 'on_hold_shelf', 'in_repair', 'lost', 'withdrawn')",
        name='status'),
    Index(None, 'book_id', 'id'),
)

book_figures_table = Table(
    'library_book_figures', metadata,
    Column('book_id', Id, ForeignKey('library_book.id', ondelete='CASCADE'), primary_key=True),
    _count('number_owned'), _count('available_copies'), _count('loans_count'),
    _count('active_loans_count'), _count('holds_count'), Index(None, 'available_copies',
                                                               'book_id'),
    Index(None, 'loans_count', 'book_id'), Index(None, 'active_loans_count', 'book_id'))


def _catalogue_figures(thing: str) -> Table:
    name = f'library_{thing}_figures'
    counts = ('books_count', 'all_books_count', 'loans_count', 'active_loans_count')
    target = ForeignKey(f'library_{thing}.id', ondelete='CASCADE')
    return Table(name, metadata, Column(f'{thing}_id', Id, target, primary_key=True),
                 *map(_count, counts), *(Index(None, count, f'{thing}_id') for count in counts))


author_figures_table = _catalogue_figures('author')
category_figures_table = _catalogue_figures('category')

mapper_registry.map_imperatively(Copy, copy_table)

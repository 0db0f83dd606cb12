"""Imports with their files and problems, and what is known of books elsewhere."""

from sqlalchemy import (Boolean, CheckConstraint, Column, ForeignKey, Index, Integer, LargeBinary,
                        String, Table, Text)
from sqlalchemy.dialects.postgresql import JSONB

from talelio_backend.app_library.data.columns import reference
from talelio_backend.app_library.data.stored_types import Named
from talelio_backend.app_library.domain.importing import Duplicates, Format, Import, ImportState
from talelio_backend.shared.data.orm import Id, Time, mapper_registry, metadata

_OF_IMPORT = 'library_import.id'

import_table = Table(
    'library_import',
    metadata,
    Column('id', Id, primary_key=True),
    Column('format', Named(Format), nullable=False),
    Column('dry_run', Boolean, nullable=False),
    Column('duplicates', Named(Duplicates), nullable=False),
    Column('state', Named(ImportState), nullable=False),
    Column('total', Integer, nullable=False),
    Column('processed', Integer, nullable=False),
    Column('created', Integer, nullable=False),
    Column('updated', Integer, nullable=False),
    Column('skipped', Integer, nullable=False),
    Column('failed', Integer, nullable=False),
    Column('problems_total', Integer, nullable=False),
    reference('actor_id', 'user.id', nullable=True),
    reference('impersonator_id', 'user.id', nullable=True),
    Column('created_at', Time, nullable=False),
    Column('finished_at', Time),
    CheckConstraint("format IN ('csv', 'marc', 'marcxml', 'isbn')", name='format'),
    CheckConstraint("duplicates IN ('skip', 'update', 'add_copies')", name='duplicates'),
    CheckConstraint("state IN ('queued', 'running', 'done', 'failed', 'cancelled')", name='state'),
    CheckConstraint('processed = created + updated + skipped + failed', name='processed'),
    Index(None, 'created_at', 'id'),
    Index(None, 'actor_id'),
    Index(None, 'impersonator_id'),
)

import_problem_table = Table(
    'library_import_problem',
    metadata,
    Column('import_id', Id, ForeignKey(_OF_IMPORT, ondelete='CASCADE'), primary_key=True),
    Column('place', Integer, primary_key=True, autoincrement=False),
    Column('row', Integer, nullable=False),
    Column('pointer', Text, nullable=False),
    Column('code', Text, nullable=False),
    Column('detail', Text, nullable=False),
    Index(None, 'import_id', 'row', 'place'),
)

# Gone when the import has ended.
import_file_table = Table(
    'library_import_file',
    metadata,
    Column('import_id', Id, ForeignKey(_OF_IMPORT, ondelete='CASCADE'), primary_key=True),
    Column('content', LargeBinary, nullable=False),
)

# ``found`` is NULL where the source did not know the book.
metadata_table = Table(
    'library_metadata',
    metadata,
    Column('isbn13', String(13), primary_key=True),
    Column('found', JSONB(none_as_null=True)),
    Column('fetched_at', Time, nullable=False),
)

mapper_registry.map_imperatively(Import, import_table)

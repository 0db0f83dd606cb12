from sqlalchemy import (BigInteger, Boolean, CheckConstraint, Column, Index, Integer, String,
                        Table, Text, false)
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR

from talelio_backend.shared.data.orm import Id, Time, metadata

# Ids of accounts and targets are not foreign keys: the log outlives what it tells of.
activity_table = Table(
    'activity',
    metadata,
    Column('id', Id, primary_key=True),
    Column('created_at', Time, nullable=False),
    Column('area', String(40), nullable=False),
    Column('action', String(80), nullable=False),
    Column('text', Text, nullable=False),
    Column('actor_id', Id),
    Column('impersonator_id', Id),
    Column('target_type', String(40)),
    Column('target_id', Text),
    Column('target_label', Text),
    Column('changes', JSONB),
    Column('request_id', String(64)),
    # The place in the chain; NULL until the worker seals the row.
    Column('seq', BigInteger),
    Column('prev_hash', String(64)),
    Column('content_hash', String(64)),
    Column('hash', String(64)),
    Column('redacted', Boolean, nullable=False, server_default=false()),
    # Text and target label as they are searched, see ``search_vector``.
    Column('search', TSVECTOR, nullable=False),
    Index(None, 'created_at', 'id'),
    Index(None, 'actor_id', 'created_at', 'id'),
    Index(None, 'area', 'created_at', 'id'),
    Index(None, 'action', 'created_at', 'id'),
    Index(None, 'target_type', 'created_at', 'id'),
    Index(None, 'target_id', 'created_at', 'id'),
    Index(None, 'request_id', 'created_at', 'id'),
    Index('ix_activity_search', 'search', postgresql_using='gin'),
    Index('uq_activity_seq', 'seq', unique=True),
)
_C = activity_table.c
Index('ix_activity_impersonator_id_created_at_id',
      _C.impersonator_id,
      _C.created_at,
      _C.id,
      postgresql_where=_C.impersonator_id.is_not(None))
Index('ix_activity_impersonated',
      _C.created_at,
      _C.id,
      postgresql_where=_C.impersonator_id.is_not(None))
Index('ix_activity_unsealed', _C.created_at, _C.id, postgresql_where=_C.seq.is_(None))

# One row, or none before the first seal. The chain begins behind the checkpoint: the last row
# that retention removed.
chain_table = Table(
    'activity_chain',
    metadata,
    Column('id', Integer, primary_key=True, autoincrement=False),
    Column('checkpoint_seq', BigInteger, nullable=False),
    Column('checkpoint_hash', String(64), nullable=False),
    Column('head_seq', BigInteger, nullable=False),
    Column('head', String(64), nullable=False),
    Column('verified_at', Time),
    Column('ok', Boolean),
    CheckConstraint('id = 1', name='one_row'),
)

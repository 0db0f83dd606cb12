from sqlalchemy import Column, Index, String, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

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
    Index(None, 'created_at', 'id'),
    Index(None, 'actor_id', 'created_at', 'id'),
)

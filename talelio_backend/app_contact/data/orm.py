from typing import Any

from sqlalchemy import (CheckConstraint, Column, Enum, ForeignKey, Index, Integer, Table, Text,
                        event, func)

from talelio_backend.app_contact.domain.message import Message, Reply, Status
from talelio_backend.app_contact.domain.message_type import MessageType
from talelio_backend.shared.data.orm import Id, Time, mapper_registry, metadata
from talelio_backend.shared.data.search_text import search_text

type_table = Table(
    'contact_type',
    metadata,
    Column('id', Id, primary_key=True),
    Column('name', Text, nullable=False),
    Column('created_at', Time, nullable=False),
)
Index('uq_contact_type_name', func.lower(type_table.c.name), unique=True)

message_table = Table(
    'contact_message',
    metadata,
    Column('id', Id, primary_key=True),
    Column('type_id', Id, ForeignKey('contact_type.id', ondelete='RESTRICT'), nullable=False),
    Column('sender_id', Id, ForeignKey('user.id'), nullable=False),
    Column('title', Text, nullable=False),
    Column('body', Text, nullable=False),
    Column('status',
           Enum(Status,
                native_enum=False,
                length=16,
                create_constraint=False,
                values_callable=lambda statuses: [status.value for status in statuses]),
           nullable=False),
    # Title and body as they are searched, see ``search_text``.
    Column('search', Text, nullable=False),
    Column('version', Integer, nullable=False),
    Column('created_at', Time, nullable=False),
    Column('updated_at', Time, nullable=False),
    CheckConstraint("status IN ('open', 'answered', 'closed')", name='status'),
    Index(None, 'created_at', 'id'),
    Index(None, 'title', 'id'),
    Index(None, 'sender_id', 'created_at', 'id'),
    Index(None, 'type_id', 'created_at', 'id'),
    Index(None, 'status', 'created_at', 'id'),
)

reply_table = Table(
    'contact_reply',
    metadata,
    Column('id', Id, primary_key=True),
    Column('message_id', Id, ForeignKey('contact_message.id', ondelete='CASCADE'), nullable=False),
    Column('author_id', Id, ForeignKey('user.id'), nullable=False),
    Column('body', Text, nullable=False),
    Column('created_at', Time, nullable=False),
    Index(None, 'message_id', 'created_at', 'id'),
    Index(None, 'author_id'),
)

mapper_registry.map_imperatively(MessageType, type_table)
mapper_registry.map_imperatively(
    Message,
    message_table,
    # The domain counts; the mapper refuses to write over a version that it did not read.
    version_id_col=message_table.c.version,
    version_id_generator=False)
mapper_registry.map_imperatively(Reply, reply_table)


@event.listens_for(Message, 'before_insert')
def _fold_for_search(_mapper: Any, _connection: Any, message: Any) -> None:
    message.search = search_text(message.title, message.body)

"""message types, messages to the staff, replies"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = '20261121_contact'
down_revision: str | None = '20261121_navigation'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table('contact_type', sa.Column('id', sa.Uuid(), nullable=False),
                    sa.Column('name', sa.Text(), nullable=False),
                    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
                    sa.PrimaryKeyConstraint('id', name=op.f('pk_contact_type')))
    op.create_index('uq_contact_type_name',
                    'contact_type', [sa.literal_column('lower(name)')],
                    unique=True)
    op.create_table(
        'contact_message', sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('type_id', sa.Uuid(), nullable=False),
        sa.Column('sender_id', sa.Uuid(), nullable=False),
        sa.Column('title', sa.Text(), nullable=False), sa.Column('body', sa.Text(),
                                                                 nullable=False),
        sa.Column('status',
                  sa.Enum('open',
                          'answered',
                          'closed',
                          name='status',
                          native_enum=False,
                          length=16),
                  nullable=False), sa.Column('search', sa.Text(), nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("status IN ('open', 'answered', 'closed')",
                           name=op.f('ck_contact_message_status')),
        sa.ForeignKeyConstraint(['sender_id'], ['user.id'],
                                name=op.f('fk_contact_message_sender_id')),
        sa.ForeignKeyConstraint(['type_id'], ['contact_type.id'],
                                name=op.f('fk_contact_message_type_id'),
                                ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_contact_message')))
    op.create_index(op.f('ix_contact_message_created_at_id'),
                    'contact_message', ['created_at', 'id'],
                    unique=False)
    op.create_index(op.f('ix_contact_message_sender_id_created_at_id'),
                    'contact_message', ['sender_id', 'created_at', 'id'],
                    unique=False)
    op.create_index(op.f('ix_contact_message_status_created_at_id'),
                    'contact_message', ['status', 'created_at', 'id'],
                    unique=False)
    op.create_index(op.f('ix_contact_message_title_id'),
                    'contact_message', ['title', 'id'],
                    unique=False)
    op.create_index(op.f('ix_contact_message_type_id_created_at_id'),
                    'contact_message', ['type_id', 'created_at', 'id'],
                    unique=False)
    op.create_table(
        'contact_reply', sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('message_id', sa.Uuid(), nullable=False),
        sa.Column('author_id', sa.Uuid(), nullable=False),
        sa.Column('body', sa.Text(), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['author_id'], ['user.id'],
                                name=op.f('fk_contact_reply_author_id')),
        sa.ForeignKeyConstraint(['message_id'], ['contact_message.id'],
                                name=op.f('fk_contact_reply_message_id'),
                                ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_contact_reply')))
    op.create_index(op.f('ix_contact_reply_author_id'),
                    'contact_reply', ['author_id'],
                    unique=False)
    op.create_index(op.f('ix_contact_reply_message_id_created_at_id'),
                    'contact_reply', ['message_id', 'created_at', 'id'],
                    unique=False)


def downgrade() -> None:
    op.drop_table('contact_reply')
    op.drop_table('contact_message')
    op.drop_table('contact_type')

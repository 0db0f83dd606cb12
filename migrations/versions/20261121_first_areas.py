"""accounts, articles, projects, images, activity, idempotency keys"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = '20261121_first_areas'
down_revision: str | None = '20261121_queue'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table('activity', sa.Column('id', sa.Uuid(), nullable=False),
                    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
                    sa.Column('area', sa.String(length=40), nullable=False),
                    sa.Column('action', sa.String(length=80), nullable=False),
                    sa.Column('text', sa.Text(), nullable=False),
                    sa.Column('actor_id', sa.Uuid(), nullable=True),
                    sa.Column('impersonator_id', sa.Uuid(), nullable=True),
                    sa.Column('target_type', sa.String(length=40), nullable=True),
                    sa.Column('target_id', sa.Text(), nullable=True),
                    sa.Column('target_label', sa.Text(), nullable=True),
                    sa.Column('changes', postgresql.JSONB(), nullable=True),
                    sa.Column('request_id', sa.String(length=64), nullable=True),
                    sa.PrimaryKeyConstraint('id', name=op.f('pk_activity')))
    op.create_index(op.f('ix_activity_actor_id_created_at_id'),
                    'activity', ['actor_id', 'created_at', 'id'],
                    unique=False)
    op.create_index(op.f('ix_activity_created_at_id'),
                    'activity', ['created_at', 'id'],
                    unique=False)
    op.create_table('data_epoch', sa.Column('id', sa.Uuid(), nullable=False),
                    sa.Column('epoch', sa.BigInteger(), nullable=False),
                    sa.PrimaryKeyConstraint('id', name=op.f('pk_data_epoch')))
    op.create_table('idempotency_key', sa.Column('id', sa.Uuid(), nullable=False),
                    sa.Column('scope', sa.LargeBinary(), nullable=False),
                    sa.Column('fingerprint', sa.Text(), nullable=False),
                    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
                    sa.Column('carried_out', sa.Boolean(), server_default='false', nullable=False),
                    sa.Column('status', sa.Integer(), nullable=True),
                    sa.Column('headers', postgresql.JSONB(), nullable=True),
                    sa.Column('body', sa.LargeBinary(), nullable=True),
                    sa.PrimaryKeyConstraint('id', name=op.f('pk_idempotency_key')),
                    sa.UniqueConstraint('scope', name=op.f('uq_idempotency_key_scope')))
    op.create_index(op.f('ix_idempotency_key_created_at'),
                    'idempotency_key', ['created_at'],
                    unique=False)
    op.create_table('user', sa.Column('id', sa.Uuid(), nullable=False),
                    sa.Column('username', sa.String(collation='C'), nullable=False),
                    sa.Column('display_name', sa.Text(), nullable=True),
                    sa.Column('location', sa.Text(), nullable=False),
                    sa.Column('bio', sa.Text(), nullable=False),
                    sa.Column('avatar_url', sa.Text(), nullable=True),
                    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
                    sa.PrimaryKeyConstraint('id', name=op.f('pk_user')))
    op.create_index('ix_user_created_at_id', 'user', ['created_at', 'id'], unique=False)
    op.create_index('uq_user_username',
                    'user', [sa.literal_column('lower(username)')],
                    unique=True)
    op.create_table('account', sa.Column('id', sa.Uuid(), nullable=False),
                    sa.Column('email', sa.String(collation='C'), nullable=False),
                    sa.Column('password_hash', sa.Text(), nullable=True),
                    sa.Column('verified_at', sa.DateTime(timezone=True), nullable=True),
                    sa.Column('level', sa.SmallInteger(), nullable=False),
                    sa.Column('blocked_at', sa.DateTime(timezone=True), nullable=True),
                    sa.Column('block_reason', sa.Text(), nullable=True),
                    sa.Column('language', sa.Text(), nullable=False),
                    sa.Column('first_name', sa.Text(), nullable=True),
                    sa.Column('last_name', sa.Text(), nullable=True),
                    sa.Column('birth_date', sa.Date(), nullable=True),
                    sa.Column('country', sa.Text(), nullable=True),
                    sa.Column('city', sa.Text(), nullable=True),
                    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
                    sa.Column('last_seen_at', sa.DateTime(timezone=True), nullable=True),
                    sa.Column('search', sa.Text(), nullable=False),
                    sa.CheckConstraint('level IN (1, 2)', name=op.f('ck_account_level')),
                    sa.ForeignKeyConstraint(['id'], ['user.id'], name=op.f('fk_account_id')),
                    sa.PrimaryKeyConstraint('id', name=op.f('pk_account')))
    op.create_index('ix_account_last_seen_at_id',
                    'account',
                    [sa.literal_column("coalesce(last_seen_at, '-infinity'::timestamptz)"), 'id'],
                    unique=False)
    op.create_index('ix_account_level_id', 'account', ['level', 'id'], unique=False)
    op.create_index('ix_account_verified_at_id',
                    'account',
                    [sa.literal_column("coalesce(verified_at, '-infinity'::timestamptz)"), 'id'],
                    unique=False)
    op.create_index('uq_account_email',
                    'account', [sa.literal_column('lower(email)')],
                    unique=True)
    op.create_table(
        'article', sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('owner_id', sa.Uuid(), nullable=False),
        sa.Column('slug', sa.Text(), nullable=False),
        sa.Column('status',
                  sa.Enum('draft',
                          'published',
                          name='status',
                          native_enum=False,
                          create_constraint=True,
                          length=16),
                  nullable=False), sa.Column('title', sa.Text(), nullable=False),
        sa.Column('body', sa.Text(), nullable=False), sa.Column('html', sa.Text(), nullable=False),
        sa.Column('table_of_contents', sa.Text(), nullable=False),
        sa.Column('excerpt', sa.Text(), nullable=False),
        sa.Column('word_count', sa.Integer(), nullable=False),
        sa.Column('reading_minutes', sa.Integer(), nullable=False),
        sa.Column('links',
                  postgresql.ARRAY(sa.Text(), as_tuple=True, dimensions=1),
                  nullable=False), sa.Column('renderer', sa.Integer(), nullable=False),
        sa.Column('meta_description', sa.Text(), nullable=False),
        sa.Column('featured_image', sa.Text(), nullable=False),
        sa.Column('tags', postgresql.ARRAY(sa.Text(), as_tuple=True, dimensions=1),
                  nullable=False), sa.Column('version', sa.Integer(), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('published_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('listed_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('is_public',
                  sa.Boolean(),
                  sa.Computed("status = 'published'", persisted=True),
                  nullable=False),
        sa.ForeignKeyConstraint(['owner_id'], ['user.id'],
                                name=op.f('fk_article_owner_id'),
                                ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_article')))
    op.create_index(op.f('ix_article_owner_id_listed_at_id'),
                    'article', ['owner_id', 'listed_at', 'id'],
                    unique=False)
    op.create_index(op.f('ix_article_owner_id_reading_minutes_id'),
                    'article', ['owner_id', 'reading_minutes', 'id'],
                    unique=False)
    op.create_index(op.f('ix_article_owner_id_status_listed_at_id'),
                    'article', ['owner_id', 'status', 'listed_at', 'id'],
                    unique=False)
    op.create_index(op.f('ix_article_owner_id_title_id'),
                    'article', ['owner_id', 'title', 'id'],
                    unique=False)
    op.create_index(op.f('ix_article_owner_id_updated_at_id'),
                    'article', ['owner_id', 'updated_at', 'id'],
                    unique=False)
    op.create_index('ix_article_public_listed_at',
                    'article', ['listed_at', 'id'],
                    unique=False,
                    postgresql_where=sa.text('is_public'))
    op.create_index('ix_article_public_reading_minutes',
                    'article', ['reading_minutes', 'id'],
                    unique=False,
                    postgresql_where=sa.text('is_public'))
    op.create_index('ix_article_public_title',
                    'article', ['title', 'id'],
                    unique=False,
                    postgresql_where=sa.text('is_public'))
    op.create_index('ix_article_public_updated_at',
                    'article', ['updated_at', 'id'],
                    unique=False,
                    postgresql_where=sa.text('is_public'))
    op.create_index(op.f('ix_article_renderer_id'), 'article', ['renderer', 'id'], unique=False)
    op.create_table(
        'image', sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('owner_id', sa.Uuid(), nullable=False),
        sa.Column('sha256', sa.LargeBinary(), nullable=False),
        sa.Column('file_name', sa.Text(), nullable=False),
        sa.Column('content_type', sa.Text(), nullable=False),
        sa.Column('extension', sa.Text(), nullable=False),
        sa.Column('width', sa.Integer(), nullable=False),
        sa.Column('height', sa.Integer(), nullable=False),
        sa.Column('size', sa.BigInteger(), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('alt', sa.Text(), nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.Column('variants_status',
                  sa.Enum('pending',
                          'ready',
                          'failed',
                          name='variants_status',
                          native_enum=False,
                          create_constraint=True,
                          length=16),
                  nullable=False), sa.Column('variants', postgresql.JSONB(), nullable=False),
        sa.ForeignKeyConstraint(['owner_id'], ['user.id'], name=op.f('fk_image_owner_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_image')),
        sa.UniqueConstraint('owner_id', 'sha256', name='uq_image_owner_sha256'))
    op.create_index(op.f('ix_image_owner_id_created_at_id'),
                    'image', ['owner_id', 'created_at', 'id'],
                    unique=False)
    op.create_index(op.f('ix_image_owner_id_file_name_id'),
                    'image', ['owner_id', 'file_name', 'id'],
                    unique=False)
    op.create_index(op.f('ix_image_owner_id_size_id'),
                    'image', ['owner_id', 'size', 'id'],
                    unique=False)
    op.create_index('ix_image_without_variants',
                    'image', ['id'],
                    unique=False,
                    postgresql_where=sa.text("variants_status != 'ready'"))
    op.create_table(
        'project', sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('owner_id', sa.Uuid(), nullable=False),
        sa.Column('title', sa.Text(), nullable=False), sa.Column('body', sa.Text(),
                                                                 nullable=False),
        sa.Column('html', sa.Text(), nullable=False),
        sa.Column('named_links',
                  postgresql.ARRAY(sa.Text(), as_tuple=True, dimensions=1),
                  nullable=False), sa.Column('renderer', sa.Integer(), nullable=False),
        sa.Column('links', postgresql.JSONB(), nullable=False),
        sa.Column('cover_image', sa.Text(), nullable=True),
        sa.Column('repository_url', sa.Text(), nullable=True),
        sa.Column('demo_url', sa.Text(), nullable=True),
        sa.Column('position', sa.Integer(), nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['owner_id'], ['user.id'],
                                name=op.f('fk_project_owner_id'),
                                ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_project')),
        sa.UniqueConstraint('owner_id',
                            'position',
                            deferrable=True,
                            initially='DEFERRED',
                            name=op.f('uq_project_owner_id_position')))
    op.create_index(op.f('ix_project_owner_id_created_at_id'),
                    'project', ['owner_id', 'created_at', 'id'],
                    unique=False)
    op.create_index(op.f('ix_project_owner_id_title_id'),
                    'project', ['owner_id', 'title', 'id'],
                    unique=False)
    op.create_table(
        'article_slug', sa.Column('slug', sa.Text(), nullable=False),
        sa.Column('article_id', sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(['article_id'], ['article.id'],
                                name=op.f('fk_article_slug_article_id'),
                                ondelete='CASCADE',
                                initially='DEFERRED',
                                deferrable=True),
        sa.PrimaryKeyConstraint('slug', name=op.f('pk_article_slug')))
    op.create_index(op.f('ix_article_slug_article_id'),
                    'article_slug', ['article_id'],
                    unique=False)
    op.create_table(
        'article_tag', sa.Column('article_id', sa.Uuid(), nullable=False),
        sa.Column('slug', sa.Text(), nullable=False), sa.Column('tag', sa.Text(), nullable=False),
        sa.Column('position', sa.SmallInteger(), nullable=False),
        sa.Column('owner_id', sa.Uuid(), nullable=False),
        sa.Column('published', sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(['article_id'], ['article.id'],
                                name=op.f('fk_article_tag_article_id'),
                                ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('article_id', 'slug', name=op.f('pk_article_tag')))
    op.create_index('ix_article_tag_public',
                    'article_tag', ['slug', 'tag'],
                    unique=False,
                    postgresql_where='published')
    op.create_index('ix_article_tag_public_owner',
                    'article_tag', ['owner_id', 'slug', 'tag'],
                    unique=False,
                    postgresql_where='published')
    op.create_index(op.f('ix_article_tag_slug_article_id'),
                    'article_tag', ['slug', 'article_id'],
                    unique=False)
    op.create_table(
        'image_reference', sa.Column('kind', sa.Text(), nullable=False),
        sa.Column('referrer_id', sa.Uuid(), nullable=False),
        sa.Column('image_id', sa.Uuid(), nullable=False),
        sa.Column('owner_id', sa.Uuid(), nullable=False),
        sa.Column('title', sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(['image_id'], ['image.id'],
                                name=op.f('fk_image_reference_image_id'),
                                ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('kind', 'referrer_id', 'image_id',
                                name=op.f('pk_image_reference')))
    op.create_index(op.f('ix_image_reference_image_id'),
                    'image_reference', ['image_id'],
                    unique=False)
    op.create_table(
        'link', sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('purpose',
                  sa.Enum('verify_email', name='purpose', native_enum=False, length=32),
                  nullable=False), sa.Column('account_id', sa.Uuid(), nullable=False),
        sa.Column('email', sa.String(collation='C'), nullable=False),
        sa.Column('token_digest', sa.LargeBinary(), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(['account_id'], ['account.id'],
                                name=op.f('fk_link_account_id'),
                                ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_link')))
    op.create_index('ix_link_account_id_purpose', 'link', ['account_id', 'purpose'], unique=False)
    op.create_index('ix_link_expires_at', 'link', ['expires_at'], unique=False)
    op.create_index('uq_link_token_digest', 'link', ['token_digest'], unique=True)
    op.create_table(
        'session', sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('account_id', sa.Uuid(), nullable=False),
        sa.Column('device', sa.Text(), nullable=False), sa.Column('ip', sa.Text(), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('last_used_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('absolute_expires_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('refresh_ended_at', sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(['account_id'], ['account.id'],
                                name=op.f('fk_session_account_id'),
                                ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_session')))
    op.create_index('ix_session_account_id_ip_created_at',
                    'session',
                    ['account_id', 'ip', sa.literal_column('created_at DESC')],
                    unique=False)
    op.create_index('ix_session_created_at', 'session', ['created_at'], unique=False)
    op.create_index('ix_session_live',
                    'session', ['account_id'],
                    unique=False,
                    postgresql_where=sa.text('ended_at IS NULL'))


def downgrade() -> None:
    op.drop_index('ix_session_live',
                  table_name='session',
                  postgresql_where=sa.text('ended_at IS NULL'))
    op.drop_index('ix_session_created_at', table_name='session')
    op.drop_index('ix_session_account_id_ip_created_at', table_name='session')
    op.drop_table('session')
    op.drop_index('uq_link_token_digest', table_name='link')
    op.drop_index('ix_link_expires_at', table_name='link')
    op.drop_index('ix_link_account_id_purpose', table_name='link')
    op.drop_table('link')
    op.drop_index(op.f('ix_image_reference_image_id'), table_name='image_reference')
    op.drop_table('image_reference')
    op.drop_index(op.f('ix_article_tag_slug_article_id'), table_name='article_tag')
    op.drop_index('ix_article_tag_public_owner',
                  table_name='article_tag',
                  postgresql_where='published')
    op.drop_index('ix_article_tag_public', table_name='article_tag', postgresql_where='published')
    op.drop_table('article_tag')
    op.drop_index(op.f('ix_article_slug_article_id'), table_name='article_slug')
    op.drop_table('article_slug')
    op.drop_index(op.f('ix_project_owner_id_title_id'), table_name='project')
    op.drop_index(op.f('ix_project_owner_id_created_at_id'), table_name='project')
    op.drop_table('project')
    op.drop_index('ix_image_without_variants',
                  table_name='image',
                  postgresql_where=sa.text("variants_status != 'ready'"))
    op.drop_index(op.f('ix_image_owner_id_size_id'), table_name='image')
    op.drop_index(op.f('ix_image_owner_id_file_name_id'), table_name='image')
    op.drop_index(op.f('ix_image_owner_id_created_at_id'), table_name='image')
    op.drop_table('image')
    op.drop_index(op.f('ix_article_renderer_id'), table_name='article')
    op.drop_index('ix_article_public_updated_at',
                  table_name='article',
                  postgresql_where=sa.text('is_public'))
    op.drop_index('ix_article_public_title',
                  table_name='article',
                  postgresql_where=sa.text('is_public'))
    op.drop_index('ix_article_public_reading_minutes',
                  table_name='article',
                  postgresql_where=sa.text('is_public'))
    op.drop_index('ix_article_public_listed_at',
                  table_name='article',
                  postgresql_where=sa.text('is_public'))
    op.drop_index(op.f('ix_article_owner_id_updated_at_id'), table_name='article')
    op.drop_index(op.f('ix_article_owner_id_title_id'), table_name='article')
    op.drop_index(op.f('ix_article_owner_id_status_listed_at_id'), table_name='article')
    op.drop_index(op.f('ix_article_owner_id_reading_minutes_id'), table_name='article')
    op.drop_index(op.f('ix_article_owner_id_listed_at_id'), table_name='article')
    op.drop_table('article')
    op.drop_index('uq_account_email', table_name='account')
    op.drop_index('ix_account_verified_at_id', table_name='account')
    op.drop_index('ix_account_level_id', table_name='account')
    op.drop_index('ix_account_last_seen_at_id', table_name='account')
    op.drop_table('account')
    op.drop_index('uq_user_username', table_name='user')
    op.drop_index('ix_user_created_at_id', table_name='user')
    op.drop_table('user')
    op.drop_index(op.f('ix_idempotency_key_created_at'), table_name='idempotency_key')
    op.drop_table('idempotency_key')
    op.drop_table('data_epoch')
    op.drop_index(op.f('ix_activity_created_at_id'), table_name='activity')
    op.drop_index(op.f('ix_activity_actor_id_created_at_id'), table_name='activity')
    op.drop_table('activity')

"""the library: catalogue, desk, money"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = '20261121_library'
down_revision: str | None = '20261121_assumed_sessions'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    # A book shows a picture too, and has no owner.
    op.alter_column('image_reference', 'owner_id', existing_type=sa.Uuid(), nullable=True)
    op.create_table('library_author', sa.Column('id', sa.Uuid(), nullable=False),
                    sa.Column('given_name', sa.Text(), nullable=True),
                    sa.Column('family_name', sa.Text(), nullable=False),
                    sa.Column('given_key', sa.String(collation='C'), nullable=False),
                    sa.Column('family_key', sa.String(collation='C'), nullable=False),
                    sa.Column('deactivated_at', sa.DateTime(timezone=True), nullable=True),
                    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
                    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
                    sa.PrimaryKeyConstraint('id', name=op.f('pk_library_author')))
    op.create_index(op.f('ix_library_author_created_at_id'),
                    'library_author', ['created_at', 'id'],
                    unique=False)
    op.create_index(op.f('ix_library_author_family_key_id'),
                    'library_author', ['family_key', 'id'],
                    unique=False)
    op.create_index(op.f('ix_library_author_given_key_id'),
                    'library_author', ['given_key', 'id'],
                    unique=False)
    op.create_index('ix_library_author_given_rising',
                    'library_author',
                    [sa.literal_column("coalesce(nullif(given_key, ''), chr(1114111))"), 'id'],
                    unique=False)
    op.create_table('library_category', sa.Column('id', sa.Uuid(), nullable=False),
                    sa.Column('name', sa.Text(), nullable=False),
                    sa.Column('name_key', sa.String(collation='C'), nullable=False),
                    sa.Column('deactivated_at', sa.DateTime(timezone=True), nullable=True),
                    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
                    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
                    sa.PrimaryKeyConstraint('id', name=op.f('pk_library_category')))
    op.create_index(op.f('ix_library_category_created_at_id'),
                    'library_category', ['created_at', 'id'],
                    unique=False)
    op.create_index(op.f('ix_library_category_name_key_id'),
                    'library_category', ['name_key', 'id'],
                    unique=False)
    op.create_index('uq_library_category_name',
                    'library_category', [sa.literal_column('lower(name)')],
                    unique=True)
    op.create_table('library_item_type', sa.Column('id', sa.String(length=30), nullable=False),
                    sa.Column('label', sa.Text(), nullable=False),
                    sa.PrimaryKeyConstraint('id', name=op.f('pk_library_item_type')))
    op.create_table(
        'library_notice', sa.Column('kind', sa.String(length=16), nullable=False),
        sa.Column('thing_id', sa.Uuid(), nullable=False),
        sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint('kind', 'thing_id', 'due_at', name=op.f('pk_library_notice')))
    op.create_table('library_tariff', sa.Column('id', sa.String(length=30), nullable=False),
                    sa.Column('label', sa.Text(), nullable=False),
                    sa.Column('effective_from', sa.DateTime(timezone=True), nullable=True),
                    sa.Column('currency', sa.String(length=3), nullable=False),
                    sa.Column('rates', postgresql.JSONB(), nullable=False),
                    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
                    sa.PrimaryKeyConstraint('id', name=op.f('pk_library_tariff')),
                    sa.UniqueConstraint('effective_from', name='uq_library_tariff_effective_from'))
    op.create_table(
        'library_author_figures', sa.Column('author_id', sa.Uuid(), nullable=False),
        sa.Column('books_count', sa.Integer(), server_default=sa.text('0'), nullable=False),
        sa.Column('all_books_count', sa.Integer(), server_default=sa.text('0'), nullable=False),
        sa.Column('loans_count', sa.Integer(), server_default=sa.text('0'), nullable=False),
        sa.Column('active_loans_count', sa.Integer(), server_default=sa.text('0'), nullable=False),
        sa.ForeignKeyConstraint(['author_id'], ['library_author.id'],
                                name=op.f('fk_library_author_figures_author_id'),
                                ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('author_id', name=op.f('pk_library_author_figures')))
    op.create_index(op.f('ix_library_author_figures_active_loans_count_author_id'),
                    'library_author_figures', ['active_loans_count', 'author_id'],
                    unique=False)
    op.create_index(op.f('ix_library_author_figures_all_books_count_author_id'),
                    'library_author_figures', ['all_books_count', 'author_id'],
                    unique=False)
    op.create_index(op.f('ix_library_author_figures_books_count_author_id'),
                    'library_author_figures', ['books_count', 'author_id'],
                    unique=False)
    op.create_index(op.f('ix_library_author_figures_loans_count_author_id'),
                    'library_author_figures', ['loans_count', 'author_id'],
                    unique=False)
    op.create_table(
        'library_category_figures', sa.Column('category_id', sa.Uuid(), nullable=False),
        sa.Column('books_count', sa.Integer(), server_default=sa.text('0'), nullable=False),
        sa.Column('all_books_count', sa.Integer(), server_default=sa.text('0'), nullable=False),
        sa.Column('loans_count', sa.Integer(), server_default=sa.text('0'), nullable=False),
        sa.Column('active_loans_count', sa.Integer(), server_default=sa.text('0'), nullable=False),
        sa.ForeignKeyConstraint(['category_id'], ['library_category.id'],
                                name=op.f('fk_library_category_figures_category_id'),
                                ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('category_id', name=op.f('pk_library_category_figures')))
    op.create_index(op.f('ix_library_category_figures_active_loans_count_category_id'),
                    'library_category_figures', ['active_loans_count', 'category_id'],
                    unique=False)
    op.create_index(op.f('ix_library_category_figures_all_books_count_category_id'),
                    'library_category_figures', ['all_books_count', 'category_id'],
                    unique=False)
    op.create_index(op.f('ix_library_category_figures_books_count_category_id'),
                    'library_category_figures', ['books_count', 'category_id'],
                    unique=False)
    op.create_index(op.f('ix_library_category_figures_loans_count_category_id'),
                    'library_category_figures', ['loans_count', 'category_id'],
                    unique=False)
    op.create_table(
        'library_member', sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('card_number', sa.String(length=32), nullable=False),
        sa.Column('credit_limit', sa.Numeric(precision=12, scale=2), nullable=True),
        sa.Column('notices', postgresql.JSONB(), nullable=False),
        sa.Column('history_days', sa.Integer(), nullable=True),
        sa.Column('calendar_turn', sa.Integer(), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint('credit_limit >= 0', name=op.f('ck_library_member_credit_limit')),
        sa.CheckConstraint('history_days BETWEEN 1 AND 3650',
                           name=op.f('ck_library_member_history_days')),
        sa.ForeignKeyConstraint(['id'], ['user.id'], name=op.f('fk_library_member_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_library_member')),
        sa.UniqueConstraint('card_number', name='uq_library_member_card_number'))
    op.create_index(op.f('ix_library_member_created_at_id'),
                    'library_member', ['created_at', 'id'],
                    unique=False)
    op.create_table(
        'library_member_figures', sa.Column('member_id', sa.Uuid(), nullable=False),
        sa.Column('ledger',
                  sa.Numeric(precision=12, scale=2),
                  server_default=sa.text('0'),
                  nullable=False),
        sa.Column('loans_count', sa.Integer(), server_default=sa.text('0'), nullable=False),
        sa.Column('active_loans_count', sa.Integer(), server_default=sa.text('0'), nullable=False),
        sa.ForeignKeyConstraint(['member_id'], ['library_member.id'],
                                name=op.f('fk_library_member_figures_member_id'),
                                ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('member_id', name=op.f('pk_library_member_figures')))
    for figure in ('ledger', 'loans_count', 'active_loans_count'):
        op.create_index(op.f(f'ix_library_member_figures_{figure}_member_id'),
                        'library_member_figures', [figure, 'member_id'],
                        unique=False)
    op.create_table(
        'library_policy', sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('access_level', sa.SmallInteger(), nullable=True),
        sa.Column('item_type', sa.String(length=30), nullable=True),
        sa.Column('length_days', sa.Integer(), nullable=False),
        sa.Column('extensions', sa.Integer(), nullable=False),
        sa.Column('extension_days', sa.Integer(), nullable=False),
        sa.Column('max_open_loans', sa.Integer(), nullable=True),
        sa.Column('holds_allowed', sa.Boolean(), nullable=False),
        sa.Column('max_holds', sa.Integer(), nullable=True),
        sa.Column('pickup_days', sa.Integer(), nullable=False),
        sa.Column('grace_days', sa.Integer(), nullable=False),
        sa.Column('overdue_per_day', sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column('overdue_cap', sa.Numeric(precision=12, scale=2), nullable=True),
        sa.Column('rental', sa.Boolean(), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['item_type'], ['library_item_type.id'],
                                name=op.f('fk_library_policy_item_type')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_library_policy')),
        sa.UniqueConstraint('access_level',
                            'item_type',
                            name='uq_library_policy_scope',
                            postgresql_nulls_not_distinct=True))
    op.create_table(
        'library_book', sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('title', sa.Text(), nullable=False),
        sa.Column('subtitle', sa.Text(), nullable=True),
        sa.Column('category_id', sa.Uuid(), nullable=False),
        sa.Column('item_type', sa.String(length=30), nullable=False),
        sa.Column('description', sa.Text(), nullable=False),
        sa.Column('isbn13', sa.String(length=13), nullable=True),
        sa.Column('publisher', sa.Text(), nullable=True),
        sa.Column('year', sa.SmallInteger(), nullable=True),
        sa.Column('language', sa.String(length=35), nullable=True),
        sa.Column('cover_image_id', sa.Uuid(), nullable=True),
        sa.Column('deactivated_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('title_key', sa.String(collation='C'), server_default='', nullable=False),
        sa.Column('category_key', sa.String(collation='C'), server_default='', nullable=False),
        sa.Column('author_key', sa.String(collation='C'), server_default='', nullable=False),
        sa.Column('title_grams', postgresql.TSVECTOR(), server_default='', nullable=False),
        sa.Column('search', postgresql.TSVECTOR(), server_default='', nullable=False),
        sa.Column('search_more', postgresql.TSVECTOR(), server_default='', nullable=False),
        sa.ForeignKeyConstraint(['category_id'], ['library_category.id'],
                                name=op.f('fk_library_book_category_id')),
        sa.ForeignKeyConstraint(['cover_image_id'], ['image.id'],
                                name=op.f('fk_library_book_cover_image_id'),
                                ondelete='SET NULL'),
        sa.ForeignKeyConstraint(['item_type'], ['library_item_type.id'],
                                name=op.f('fk_library_book_item_type')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_library_book')),
        sa.UniqueConstraint('isbn13', name='uq_library_book_isbn13'))
    op.create_index(op.f('ix_library_book_author_key_id'),
                    'library_book', ['author_key', 'id'],
                    unique=False)
    op.create_index(op.f('ix_library_book_category_id_created_at_id'),
                    'library_book', ['category_id', 'created_at', 'id'],
                    unique=False)
    op.create_index(op.f('ix_library_book_category_key_id'),
                    'library_book', ['category_key', 'id'],
                    unique=False)
    op.create_index(op.f('ix_library_book_cover_image_id'),
                    'library_book', ['cover_image_id'],
                    unique=False)
    op.create_index(op.f('ix_library_book_created_at_id'),
                    'library_book', ['created_at', 'id'],
                    unique=False)
    op.create_index(op.f('ix_library_book_item_type'), 'library_book', ['item_type'], unique=False)
    op.create_index(op.f('ix_library_book_language_created_at_id'),
                    'library_book', ['language', 'created_at', 'id'],
                    unique=False)
    op.create_index(
        'ix_library_book_facets',
        'library_book',
        ['category_id', 'language', 'item_type', 'deactivated_at', 'year', 'created_at', 'id'],
        unique=False)
    op.create_index('ix_library_book_inactive',
                    'library_book', ['created_at', 'id'],
                    unique=False,
                    postgresql_where=sa.text('deactivated_at IS NOT NULL'))
    op.create_index('ix_library_book_search',
                    'library_book', [sa.literal_column('(search || search_more)')],
                    unique=False,
                    postgresql_using='gin')
    op.create_index('ix_library_book_year_falling',
                    'library_book', [sa.literal_column('coalesce(year, 0)'), 'id'],
                    unique=False)
    op.create_index('ix_library_book_year_rising',
                    'library_book', [sa.literal_column('coalesce(year, 9999)'), 'id'],
                    unique=False)
    op.create_index('ix_library_book_title_grams',
                    'library_book', ['title_grams'],
                    unique=False,
                    postgresql_using='gin')
    op.create_index(op.f('ix_library_book_title_key_id'),
                    'library_book', ['title_key', 'id'],
                    unique=False)
    op.create_table(
        'library_book_author', sa.Column('book_id', sa.Uuid(), nullable=False),
        sa.Column('author_id', sa.Uuid(), nullable=False),
        sa.Column('role', sa.String(length=16), nullable=False),
        sa.Column('position', sa.SmallInteger(), nullable=False),
        sa.CheckConstraint(
            "role IN ('author', 'editor', 'translator', 'illustrator', 'contributor')",
            name=op.f('ck_library_book_author_role')),
        sa.ForeignKeyConstraint(['author_id'], ['library_author.id'],
                                name=op.f('fk_library_book_author_author_id')),
        sa.ForeignKeyConstraint(['book_id'], ['library_book.id'],
                                name=op.f('fk_library_book_author_book_id'),
                                ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('book_id',
                                'author_id',
                                'role',
                                name=op.f('pk_library_book_author')))
    op.create_index(op.f('ix_library_book_author_author_id_book_id'),
                    'library_book_author', ['author_id', 'book_id'],
                    unique=False)
    op.create_table(
        'library_book_figures', sa.Column('book_id', sa.Uuid(), nullable=False),
        sa.Column('number_owned', sa.Integer(), server_default=sa.text('0'), nullable=False),
        sa.Column('available_copies', sa.Integer(), server_default=sa.text('0'), nullable=False),
        sa.Column('loans_count', sa.Integer(), server_default=sa.text('0'), nullable=False),
        sa.Column('active_loans_count', sa.Integer(), server_default=sa.text('0'), nullable=False),
        sa.Column('holds_count', sa.Integer(), server_default=sa.text('0'), nullable=False),
        sa.ForeignKeyConstraint(['book_id'], ['library_book.id'],
                                name=op.f('fk_library_book_figures_book_id'),
                                ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('book_id', name=op.f('pk_library_book_figures')))
    op.create_index(op.f('ix_library_book_figures_active_loans_count_book_id'),
                    'library_book_figures', ['active_loans_count', 'book_id'],
                    unique=False)
    op.create_index(op.f('ix_library_book_figures_available_copies_book_id'),
                    'library_book_figures', ['available_copies', 'book_id'],
                    unique=False)
    op.create_index(op.f('ix_library_book_figures_loans_count_book_id'),
                    'library_book_figures', ['loans_count', 'book_id'],
                    unique=False)
    op.create_table(
        'library_copy', sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('book_id', sa.Uuid(), nullable=False),
        sa.Column('barcode', sa.String(length=32, collation='C'), nullable=False),
        sa.Column('condition', sa.String(length=16), nullable=False),
        sa.Column('note', sa.Text(), nullable=False),
        sa.Column('status', sa.String(length=16), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("condition IN ('new', 'good', 'worn', 'damaged')",
                           name=op.f('ck_library_copy_condition')),
        sa.CheckConstraint(
            "status IN ('available', 'on_loan', 'on_hold_shelf', 'in_repair', 'lost', 'withdrawn')",
            name=op.f('ck_library_copy_status')),
        sa.ForeignKeyConstraint(['book_id'], ['library_book.id'],
                                name=op.f('fk_library_copy_book_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_library_copy')),
        sa.UniqueConstraint('barcode', name='uq_library_copy_barcode'))
    op.create_index(op.f('ix_library_copy_book_id_id'),
                    'library_copy', ['book_id', 'id'],
                    unique=False)
    op.create_table(
        'library_favourite', sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('book_id', sa.Uuid(), nullable=False),
        sa.Column('member_id', sa.Uuid(), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['book_id'], ['library_book.id'],
                                name=op.f('fk_library_favourite_book_id')),
        sa.ForeignKeyConstraint(['member_id'], ['library_member.id'],
                                name=op.f('fk_library_favourite_member_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_library_favourite')),
        sa.UniqueConstraint('book_id', 'member_id', name='uq_library_favourite'))
    op.create_index(op.f('ix_library_favourite_created_at_id'),
                    'library_favourite', ['created_at', 'id'],
                    unique=False)
    op.create_index(op.f('ix_library_favourite_member_id_created_at_id'),
                    'library_favourite', ['member_id', 'created_at', 'id'],
                    unique=False)
    op.create_table(
        'library_hold', sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('book_id', sa.Uuid(), nullable=False),
        sa.Column('member_id', sa.Uuid(), nullable=False),
        sa.Column('state', sa.String(length=16), nullable=False),
        sa.Column('placed_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('suspended_until', sa.DateTime(timezone=True), nullable=True),
        sa.Column('ready_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('ready_until', sa.DateTime(timezone=True), nullable=True),
        sa.Column('copy_id', sa.Uuid(), nullable=True),
        sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('reason', sa.String(length=40), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'suspended', 'ready', 'fulfilled', 'expired', 'cancelled')",
            name=op.f('ck_library_hold_state')),
        sa.ForeignKeyConstraint(['book_id'], ['library_book.id'],
                                name=op.f('fk_library_hold_book_id')),
        sa.ForeignKeyConstraint(['copy_id'], ['library_copy.id'],
                                name=op.f('fk_library_hold_copy_id')),
        sa.ForeignKeyConstraint(['member_id'], ['library_member.id'],
                                name=op.f('fk_library_hold_member_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_library_hold')))
    op.create_index(op.f('ix_library_hold_book_id_placed_at_id'),
                    'library_hold', ['book_id', 'placed_at', 'id'],
                    unique=False)
    op.create_index(op.f('ix_library_hold_copy_id'), 'library_hold', ['copy_id'], unique=False)
    op.create_index(op.f('ix_library_hold_member_id_placed_at_id'),
                    'library_hold', ['member_id', 'placed_at', 'id'],
                    unique=False)
    op.create_index(op.f('ix_library_hold_placed_at_id'),
                    'library_hold', ['placed_at', 'id'],
                    unique=False)
    op.create_index('uq_library_hold_open',
                    'library_hold', ['book_id', 'member_id'],
                    unique=True,
                    postgresql_where=sa.text("state IN ('waiting', 'suspended', 'ready')"))
    op.create_index('uq_library_hold_ready_copy',
                    'library_hold', ['copy_id'],
                    unique=True,
                    postgresql_where=sa.text("state = 'ready'"))
    op.create_table(
        'library_loan', sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('book_id', sa.Uuid(), nullable=False),
        sa.Column('copy_id', sa.Uuid(), nullable=False),
        sa.Column('member_id', sa.Uuid(), nullable=True),
        sa.Column('item_type', sa.String(length=30), nullable=False),
        sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('extensions', sa.Integer(), nullable=False),
        sa.Column('returned_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('policy', postgresql.JSONB(), nullable=False),
        sa.Column('tariff_id', sa.String(length=30), nullable=True),
        sa.Column('rate', postgresql.JSONB(), nullable=True),
        sa.Column('charge', postgresql.JSONB(), nullable=True),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.Column('title_key', sa.String(collation='C'), server_default='', nullable=False),
        sa.Column('member_key', sa.String(collation='C'), nullable=True),
        sa.CheckConstraint('(returned_at IS NULL) = (charge IS NULL)',
                           name=op.f('ck_library_loan_charge')),
        sa.CheckConstraint('due_at > started_at', name=op.f('ck_library_loan_due_at')),
        sa.CheckConstraint('returned_at >= started_at', name=op.f('ck_library_loan_returned_at')),
        sa.ForeignKeyConstraint(['book_id'], ['library_book.id'],
                                name=op.f('fk_library_loan_book_id')),
        sa.ForeignKeyConstraint(['copy_id'], ['library_copy.id'],
                                name=op.f('fk_library_loan_copy_id')),
        sa.ForeignKeyConstraint(['member_id'], ['library_member.id'],
                                name=op.f('fk_library_loan_member_id')),
        sa.ForeignKeyConstraint(['tariff_id'], ['library_tariff.id'],
                                name=op.f('fk_library_loan_tariff_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_library_loan')))
    op.create_index(op.f('ix_library_loan_book_id_started_at_id'),
                    'library_loan', ['book_id', 'started_at', 'id'],
                    unique=False)
    op.create_index(op.f('ix_library_loan_copy_id'), 'library_loan', ['copy_id'], unique=False)
    op.create_index(op.f('ix_library_loan_member_id_started_at_id'),
                    'library_loan', ['member_id', 'started_at', 'id'],
                    unique=False)
    op.create_index(op.f('ix_library_loan_due_at_id'),
                    'library_loan', ['due_at', 'id'],
                    unique=False)
    op.create_index('ix_library_loan_extended',
                    'library_loan', [sa.literal_column('(extensions > 0)'), 'id'],
                    unique=False)
    op.create_index('ix_library_loan_member_falling',
                    'library_loan', [sa.literal_column("coalesce(member_key, '')"), 'id'],
                    unique=False)
    op.create_index('ix_library_loan_member_rising',
                    'library_loan', [sa.literal_column("coalesce(member_key, '~')"), 'id'],
                    unique=False)
    op.create_index('ix_library_loan_open_started',
                    'library_loan', ['started_at', 'id'],
                    unique=False,
                    postgresql_where=sa.text('returned_at IS NULL'))
    op.create_index('ix_library_loan_returned_falling',
                    'library_loan',
                    [sa.literal_column("coalesce(returned_at, '-infinity'::timestamptz)"), 'id'],
                    unique=False)
    op.create_index('ix_library_loan_returned_rising',
                    'library_loan',
                    [sa.literal_column("coalesce(returned_at, 'infinity'::timestamptz)"), 'id'],
                    unique=False)
    op.create_index(op.f('ix_library_loan_title_key_id'),
                    'library_loan', ['title_key', 'id'],
                    unique=False)
    op.create_index('ix_library_loan_open_due',
                    'library_loan', ['due_at', 'id'],
                    unique=False,
                    postgresql_where=sa.text('returned_at IS NULL'))
    op.create_index('ix_library_loan_open_member',
                    'library_loan', ['member_id'],
                    unique=False,
                    postgresql_where=sa.text('returned_at IS NULL'))
    op.create_index(op.f('ix_library_loan_started_at_id'),
                    'library_loan', ['started_at', 'id'],
                    unique=False)
    op.create_index(op.f('ix_library_loan_tariff_id'), 'library_loan', ['tariff_id'], unique=False)
    op.create_index('uq_library_loan_open_copy',
                    'library_loan', ['copy_id'],
                    unique=True,
                    postgresql_where=sa.text('returned_at IS NULL'))
    op.create_index('uq_library_loan_open_title',
                    'library_loan', ['book_id', 'member_id'],
                    unique=True,
                    postgresql_where=sa.text('returned_at IS NULL'))
    op.create_table(
        'library_ledger_entry', sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('member_id', sa.Uuid(), nullable=False),
        sa.Column('kind', sa.String(length=16), nullable=False),
        sa.Column('reason', sa.String(length=16), nullable=True),
        sa.Column('amount', sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column('currency', sa.String(length=3), nullable=False),
        sa.Column('loan_id', sa.Uuid(), nullable=True), sa.Column('voids',
                                                                  sa.Uuid(),
                                                                  nullable=True),
        sa.Column('overdue_day', sa.DateTime(timezone=True), nullable=True),
        sa.Column('request_key', sa.LargeBinary(), nullable=True),
        sa.Column('request_fingerprint', sa.String(length=64), nullable=True),
        sa.Column('note', sa.Text(), nullable=False),
        sa.Column('actor_id', sa.Uuid(), nullable=True),
        sa.Column('effective_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(kind = 'void') = (voids IS NOT NULL)",
                           name=op.f('ck_library_ledger_entry_voids')),
        sa.CheckConstraint("kind IN ('charge', 'payment', 'waiver', 'refund', 'void')",
                           name=op.f('ck_library_ledger_entry_kind')),
        sa.CheckConstraint("reason IN ('rent', 'overdue', 'lost', 'damage', 'other')",
                           name=op.f('ck_library_ledger_entry_reason')),
        sa.CheckConstraint('amount <> 0', name=op.f('ck_library_ledger_entry_amount')),
        sa.ForeignKeyConstraint(['actor_id'], ['user.id'],
                                name=op.f('fk_library_ledger_entry_actor_id')),
        sa.ForeignKeyConstraint(['loan_id'], ['library_loan.id'],
                                name=op.f('fk_library_ledger_entry_loan_id')),
        sa.ForeignKeyConstraint(['member_id'], ['library_member.id'],
                                name=op.f('fk_library_ledger_entry_member_id')),
        sa.ForeignKeyConstraint(['voids'], ['library_ledger_entry.id'],
                                name=op.f('fk_library_ledger_entry_voids')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_library_ledger_entry')),
        sa.UniqueConstraint('request_key', name='uq_library_ledger_request_key'),
        sa.UniqueConstraint('voids', name='uq_library_ledger_voids'))
    op.create_index('uq_library_ledger_overdue_day',
                    'library_ledger_entry', ['loan_id', 'overdue_day'],
                    unique=True,
                    postgresql_where=sa.text("kind = 'charge'"))
    op.create_index(op.f('ix_library_ledger_entry_actor_id'),
                    'library_ledger_entry', ['actor_id'],
                    unique=False)
    op.create_index(op.f('ix_library_ledger_entry_loan_id_overdue_day'),
                    'library_ledger_entry', ['loan_id', 'overdue_day'],
                    unique=False)
    op.create_index(op.f('ix_library_ledger_entry_member_id_amount_id'),
                    'library_ledger_entry', ['member_id', 'amount', 'id'],
                    unique=False)
    op.create_index(op.f('ix_library_ledger_entry_member_id_created_at_id'),
                    'library_ledger_entry', ['member_id', 'created_at', 'id'],
                    unique=False)
    _intake()


def _intake() -> None:
    """Imports, their files and problems, and what is known of books elsewhere."""
    op.create_table(
        'library_import', sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('format', sa.String(length=16), nullable=False),
        sa.Column('dry_run', sa.Boolean(), nullable=False),
        sa.Column('duplicates', sa.String(length=16), nullable=False),
        sa.Column('state', sa.String(length=16), nullable=False),
        sa.Column('total', sa.Integer(), nullable=False),
        sa.Column('processed', sa.Integer(), nullable=False),
        sa.Column('created', sa.Integer(), nullable=False),
        sa.Column('updated', sa.Integer(), nullable=False),
        sa.Column('skipped', sa.Integer(), nullable=False),
        sa.Column('failed', sa.Integer(), nullable=False),
        sa.Column('problems_total', sa.Integer(), nullable=False),
        sa.Column('actor_id', sa.Uuid(), nullable=True),
        sa.Column('impersonator_id', sa.Uuid(), nullable=True),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("format IN ('csv', 'marc', 'marcxml', 'isbn')",
                           name=op.f('ck_library_import_format')),
        sa.CheckConstraint("duplicates IN ('skip', 'update', 'add_copies')",
                           name=op.f('ck_library_import_duplicates')),
        sa.CheckConstraint("state IN ('queued', 'running', 'done', 'failed', 'cancelled')",
                           name=op.f('ck_library_import_state')),
        sa.CheckConstraint('processed = created + updated + skipped + failed',
                           name=op.f('ck_library_import_processed')),
        sa.ForeignKeyConstraint(['actor_id'], ['user.id'],
                                name=op.f('fk_library_import_actor_id')),
        sa.ForeignKeyConstraint(['impersonator_id'], ['user.id'],
                                name=op.f('fk_library_import_impersonator_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_library_import')))
    op.create_index(op.f('ix_library_import_created_at_id'), 'library_import',
                    ['created_at', 'id'])
    op.create_index(op.f('ix_library_import_actor_id'), 'library_import', ['actor_id'])
    op.create_index(op.f('ix_library_import_impersonator_id'), 'library_import',
                    ['impersonator_id'])
    op.create_table(
        'library_import_problem', sa.Column('import_id', sa.Uuid(), nullable=False),
        sa.Column('place', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('row', sa.Integer(), nullable=False),
        sa.Column('pointer', sa.Text(), nullable=False),
        sa.Column('code', sa.Text(), nullable=False), sa.Column('detail',
                                                                sa.Text(),
                                                                nullable=False),
        sa.ForeignKeyConstraint(['import_id'], ['library_import.id'],
                                name=op.f('fk_library_import_problem_import_id'),
                                ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('import_id', 'place', name=op.f('pk_library_import_problem')))
    op.create_index(op.f('ix_library_import_problem_import_id_row_place'),
                    'library_import_problem', ['import_id', 'row', 'place'])
    op.create_table(
        'library_import_file', sa.Column('import_id', sa.Uuid(), nullable=False),
        sa.Column('content', sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(['import_id'], ['library_import.id'],
                                name=op.f('fk_library_import_file_import_id'),
                                ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('import_id', name=op.f('pk_library_import_file')))
    op.create_table('library_metadata', sa.Column('isbn13', sa.String(length=13), nullable=False),
                    sa.Column('found', postgresql.JSONB(), nullable=True),
                    sa.Column('fetched_at', sa.DateTime(timezone=True), nullable=False),
                    sa.PrimaryKeyConstraint('isbn13', name=op.f('pk_library_metadata')))


def downgrade() -> None:
    op.execute('DELETE FROM image_reference WHERE owner_id IS NULL')
    op.alter_column('image_reference', 'owner_id', existing_type=sa.Uuid(), nullable=False)
    for table in ('library_metadata', 'library_import_file', 'library_import_problem',
                  'library_import'):
        op.drop_table(table)
    op.drop_index(op.f('ix_library_ledger_entry_member_id_created_at_id'),
                  table_name='library_ledger_entry')
    op.drop_index(op.f('ix_library_ledger_entry_member_id_amount_id'),
                  table_name='library_ledger_entry')
    op.drop_index(op.f('ix_library_ledger_entry_loan_id_overdue_day'),
                  table_name='library_ledger_entry')
    op.drop_index('uq_library_ledger_overdue_day',
                  table_name='library_ledger_entry',
                  postgresql_where=sa.text("kind = 'charge'"))
    op.drop_index(op.f('ix_library_ledger_entry_actor_id'), table_name='library_ledger_entry')
    op.drop_table('library_ledger_entry')
    op.drop_index('uq_library_loan_open_title',
                  table_name='library_loan',
                  postgresql_where=sa.text('returned_at IS NULL'))
    op.drop_index('uq_library_loan_open_copy',
                  table_name='library_loan',
                  postgresql_where=sa.text('returned_at IS NULL'))
    op.drop_index(op.f('ix_library_loan_tariff_id'), table_name='library_loan')
    op.drop_index(op.f('ix_library_loan_started_at_id'), table_name='library_loan')
    op.drop_index('ix_library_loan_open_member',
                  table_name='library_loan',
                  postgresql_where=sa.text('returned_at IS NULL'))
    op.drop_index('ix_library_loan_open_due',
                  table_name='library_loan',
                  postgresql_where=sa.text('returned_at IS NULL'))
    op.drop_index(op.f('ix_library_loan_member_id_started_at_id'), table_name='library_loan')
    op.drop_index(op.f('ix_library_loan_copy_id'), table_name='library_loan')
    op.drop_index(op.f('ix_library_loan_book_id_started_at_id'), table_name='library_loan')
    op.drop_table('library_loan')
    op.drop_index('uq_library_hold_ready_copy',
                  table_name='library_hold',
                  postgresql_where=sa.text("state = 'ready'"))
    op.drop_index('uq_library_hold_open',
                  table_name='library_hold',
                  postgresql_where=sa.text("state IN ('waiting', 'suspended', 'ready')"))
    op.drop_index(op.f('ix_library_hold_placed_at_id'), table_name='library_hold')
    op.drop_index(op.f('ix_library_hold_member_id_placed_at_id'), table_name='library_hold')
    op.drop_index(op.f('ix_library_hold_copy_id'), table_name='library_hold')
    op.drop_index(op.f('ix_library_hold_book_id_placed_at_id'), table_name='library_hold')
    op.drop_table('library_hold')
    op.drop_index(op.f('ix_library_favourite_member_id_created_at_id'),
                  table_name='library_favourite')
    op.drop_index(op.f('ix_library_favourite_created_at_id'), table_name='library_favourite')
    op.drop_table('library_favourite')
    op.drop_index(op.f('ix_library_copy_book_id_id'), table_name='library_copy')
    op.drop_table('library_copy')
    op.drop_index(op.f('ix_library_book_figures_loans_count_book_id'),
                  table_name='library_book_figures')
    op.drop_index(op.f('ix_library_book_figures_available_copies_book_id'),
                  table_name='library_book_figures')
    op.drop_index(op.f('ix_library_book_figures_active_loans_count_book_id'),
                  table_name='library_book_figures')
    op.drop_table('library_book_figures')
    op.drop_index(op.f('ix_library_book_author_author_id_book_id'),
                  table_name='library_book_author')
    op.drop_table('library_book_author')
    op.drop_index(op.f('ix_library_book_title_key_id'), table_name='library_book')
    op.drop_index('ix_library_book_title_grams', table_name='library_book', postgresql_using='gin')
    op.drop_index('ix_library_book_year_rising', table_name='library_book')
    op.drop_index('ix_library_book_year_falling', table_name='library_book')
    op.drop_index('ix_library_book_search', table_name='library_book', postgresql_using='gin')
    op.drop_index('ix_library_book_inactive', table_name='library_book')
    op.drop_index('ix_library_book_facets', table_name='library_book')
    op.drop_index(op.f('ix_library_book_language_created_at_id'), table_name='library_book')
    op.drop_index(op.f('ix_library_book_item_type'), table_name='library_book')
    op.drop_index(op.f('ix_library_book_created_at_id'), table_name='library_book')
    op.drop_index(op.f('ix_library_book_cover_image_id'), table_name='library_book')
    op.drop_index(op.f('ix_library_book_category_key_id'), table_name='library_book')
    op.drop_index(op.f('ix_library_book_category_id_created_at_id'), table_name='library_book')
    op.drop_index(op.f('ix_library_book_author_key_id'), table_name='library_book')
    op.drop_table('library_book')
    op.drop_table('library_policy')
    op.drop_table('library_member_figures')
    op.drop_index(op.f('ix_library_member_created_at_id'), table_name='library_member')
    op.drop_table('library_member')
    op.drop_index(op.f('ix_library_category_figures_loans_count_category_id'),
                  table_name='library_category_figures')
    op.drop_index(op.f('ix_library_category_figures_books_count_category_id'),
                  table_name='library_category_figures')
    op.drop_index(op.f('ix_library_category_figures_all_books_count_category_id'),
                  table_name='library_category_figures')
    op.drop_index(op.f('ix_library_category_figures_active_loans_count_category_id'),
                  table_name='library_category_figures')
    op.drop_table('library_category_figures')
    op.drop_index(op.f('ix_library_author_figures_loans_count_author_id'),
                  table_name='library_author_figures')
    op.drop_index(op.f('ix_library_author_figures_books_count_author_id'),
                  table_name='library_author_figures')
    op.drop_index(op.f('ix_library_author_figures_all_books_count_author_id'),
                  table_name='library_author_figures')
    op.drop_index(op.f('ix_library_author_figures_active_loans_count_author_id'),
                  table_name='library_author_figures')
    op.drop_table('library_author_figures')
    op.drop_table('library_tariff')
    op.drop_table('library_notice')
    op.drop_table('library_item_type')
    op.drop_index('uq_library_category_name', table_name='library_category')
    op.drop_index(op.f('ix_library_category_name_key_id'), table_name='library_category')
    op.drop_index(op.f('ix_library_category_created_at_id'), table_name='library_category')
    op.drop_table('library_category')
    op.drop_index('ix_library_author_given_rising', table_name='library_author')
    op.drop_index(op.f('ix_library_author_given_key_id'), table_name='library_author')
    op.drop_index(op.f('ix_library_author_family_key_id'), table_name='library_author')
    op.drop_index(op.f('ix_library_author_created_at_id'), table_name='library_author')
    op.drop_table('library_author')

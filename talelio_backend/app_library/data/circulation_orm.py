"""The desk: who borrows, under which policy, what is on loan and who waits."""

from sqlalchemy import (Boolean, CheckConstraint, Column, ForeignKey, Index, Integer, String,
                        Table, UniqueConstraint, literal_column, text)
from sqlalchemy.sql.functions import coalesce

from talelio_backend.app_library.data.columns import KEY, MONEY, reference
from talelio_backend.app_library.data.stored_types import (Named, StoredCharge, StoredNotices,
                                                           StoredRate, StoredTerms)
from talelio_backend.app_library.domain.favourite import Favourite
from talelio_backend.app_library.domain.hold import Hold, HoldState
from talelio_backend.app_library.domain.loan import Loan
from talelio_backend.app_library.domain.member import Member
from talelio_backend.app_library.domain.policy import Policy
from talelio_backend.shared.data.orm import Id, LevelNumber, Time, mapper_registry, metadata

member_table = Table(
    'library_member',
    metadata,
    Column('id', Id, ForeignKey('user.id'), primary_key=True),
    Column('card_number', String(32), nullable=False),
    Column('credit_limit', MONEY),
    Column('notices', StoredNotices, nullable=False),
    Column('history_days', Integer),
    Column('calendar_turn', Integer, nullable=False),
    Column('created_at', Time, nullable=False),
    UniqueConstraint('card_number', name='uq_library_member_card_number'),
    CheckConstraint('credit_limit >= 0', name='credit_limit'),
    CheckConstraint('history_days BETWEEN 1 AND 3650', name='history_days'),
    Index(None, 'created_at', 'id'),
)

policy_table = Table(
    'library_policy',
    metadata,
    Column('id', Id, primary_key=True),
    Column('access_level', LevelNumber),
    Column('item_type', String(30), ForeignKey('library_item_type.id')),
    Column('length_days', Integer, nullable=False),
    Column('extensions', Integer, nullable=False),
    Column('extension_days', Integer, nullable=False),
    Column('max_open_loans', Integer),
    Column('holds_allowed', Boolean, nullable=False),
    Column('max_holds', Integer),
    Column('pickup_days', Integer, nullable=False),
    Column('grace_days', Integer, nullable=False),
    Column('overdue_per_day', MONEY, nullable=False),
    Column('overdue_cap', MONEY),
    Column('rental', Boolean, nullable=False),
    Column('created_at', Time, nullable=False),
    UniqueConstraint('access_level',
                     'item_type',
                     name='uq_library_policy_scope',
                     postgresql_nulls_not_distinct=True),
)

loan_table = Table(
    'library_loan',
    metadata,
    Column('id', Id, primary_key=True),
    reference('book_id', 'library_book.id'),
    reference('copy_id', 'library_copy.id'),
    reference('member_id', 'library_member.id', nullable=True),
    Column('item_type', String(30), nullable=False),
    Column('started_at', Time, nullable=False),
    Column('due_at', Time, nullable=False),
    Column('extensions', Integer, nullable=False),
    Column('returned_at', Time),
    Column('policy', StoredTerms, nullable=False),
    Column('tariff_id', String(30), ForeignKey('library_tariff.id')),
    Column('rate', StoredRate),
    Column('charge', StoredCharge),
    Column('version', Integer, nullable=False),
    # What loans are sorted by and found by: triggers keep them as book and member are called.
    Column('title_key', KEY, nullable=False, server_default=''),
    Column('member_key', KEY),
    CheckConstraint('returned_at >= started_at', name='returned_at'),
    CheckConstraint('due_at > started_at', name='due_at'),
    CheckConstraint('(returned_at IS NULL) = (charge IS NULL)', name='charge'),
    Index(None, 'started_at', 'id'),
    Index(None, 'member_id', 'started_at', 'id'),
    Index(None, 'book_id', 'started_at', 'id'),
    Index(None, 'copy_id'),
    Index(None, 'tariff_id'),
    Index(None, 'due_at', 'id'),
    Index(None, 'title_key', 'id'),
)
_L = loan_table.c
# Loans without a return or a member come last in both directions. A username has no tilde.
RETURNED_RISING = coalesce(_L.returned_at, literal_column("'infinity'::timestamptz", Time))
RETURNED_FALLING = coalesce(_L.returned_at, literal_column("'-infinity'::timestamptz", Time))
MEMBER_RISING = coalesce(_L.member_key, literal_column("'~'", KEY), type_=KEY)
MEMBER_FALLING = coalesce(_L.member_key, literal_column("''", KEY), type_=KEY)
EXTENDED = _L.extensions > literal_column('0', Integer)
Index('ix_library_loan_returned_rising', RETURNED_RISING, _L.id)
Index('ix_library_loan_returned_falling', RETURNED_FALLING, _L.id)
Index('ix_library_loan_member_rising', MEMBER_RISING, _L.id)
Index('ix_library_loan_member_falling', MEMBER_FALLING, _L.id)
Index('ix_library_loan_extended', EXTENDED, _L.id)
_open = _L.returned_at.is_(None)
Index('uq_library_loan_open_title',
      loan_table.c.book_id,
      loan_table.c.member_id,
      unique=True,
      postgresql_where=_open)
Index('uq_library_loan_open_copy', loan_table.c.copy_id, unique=True, postgresql_where=_open)
Index('ix_library_loan_open_started', _L.started_at, _L.id, postgresql_where=_open)
Index('ix_library_loan_open_due', loan_table.c.due_at, loan_table.c.id, postgresql_where=_open)
Index('ix_library_loan_open_member', loan_table.c.member_id, postgresql_where=_open)

hold_table = Table(
    'library_hold',
    metadata,
    Column('id', Id, primary_key=True),
    reference('book_id', 'library_book.id'),
    reference('member_id', 'library_member.id'),
    Column('state', Named(HoldState), nullable=False),
    Column('placed_at', Time, nullable=False),
    Column('suspended_until', Time),
    Column('ready_at', Time),
    Column('ready_until', Time),
    reference('copy_id', 'library_copy.id', nullable=True),
    Column('closed_at', Time),
    Column('reason', String(40)),
    CheckConstraint(
        "state IN ('waiting', 'suspended', 'ready', 'fulfilled', 'expired', 'cancelled')",
        name='state'),
    Index(None, 'book_id', 'placed_at', 'id'),
    Index(None, 'member_id', 'placed_at', 'id'),
    Index(None, 'placed_at', 'id'),
    Index(None, 'copy_id'),
)
Index('uq_library_hold_open',
      hold_table.c.book_id,
      hold_table.c.member_id,
      unique=True,
      postgresql_where=text("state IN ('waiting', 'suspended', 'ready')"))
Index('uq_library_hold_ready_copy',
      hold_table.c.copy_id,
      unique=True,
      postgresql_where=text("state = 'ready'"))

favourite_table = Table(
    'library_favourite',
    metadata,
    Column('id', Id, primary_key=True),
    reference('book_id', 'library_book.id'),
    reference('member_id', 'library_member.id'),
    Column('created_at', Time, nullable=False),
    UniqueConstraint('book_id', 'member_id', name='uq_library_favourite'),
    Index(None, 'member_id', 'created_at', 'id'),
    Index(None, 'created_at', 'id'),
)

# What is to be told and was told, so that nobody is told twice: one row for each kind, thing and
# due date.
notice_table = Table(
    'library_notice',
    metadata,
    Column('kind', String(16), primary_key=True),
    Column('thing_id', Id, primary_key=True),
    Column('due_at', Time, primary_key=True),
    Column('created_at', Time, nullable=False),
    Column('sent_at', Time),
)

mapper_registry.map_imperatively(Member, member_table)
mapper_registry.map_imperatively(Policy, policy_table)
mapper_registry.map_imperatively(Loan,
                                 loan_table,
                                 version_id_col=loan_table.c.version,
                                 version_id_generator=False,
                                 exclude_properties=('title_key', 'member_key'),
                                 properties={
                                     'terms': loan_table.c.policy,
                                     'frozen': loan_table.c.charge
                                 })
mapper_registry.map_imperatively(Hold, hold_table)
mapper_registry.map_imperatively(Favourite, favourite_table)

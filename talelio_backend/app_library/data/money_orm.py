"""Prices and the ledger. The database itself refuses to change or remove an entry."""

from sqlalchemy import (CheckConstraint, Column, ForeignKey, Index, Integer, LargeBinary, String,
                        Table, Text, UniqueConstraint, text)

from talelio_backend.app_library.data.columns import MONEY, reference
from talelio_backend.app_library.data.stored_types import Named, StoredRates
from talelio_backend.app_library.domain.ledger import Entry, Kind, Reason
from talelio_backend.app_library.domain.tariff import Tariff
from talelio_backend.shared.data.orm import Id, Time, mapper_registry, metadata

tariff_table = Table(
    'library_tariff',
    metadata,
    Column('id', String(30), primary_key=True),
    Column('label', Text, nullable=False),
    Column('effective_from', Time),
    Column('currency', String(3), nullable=False),
    Column('rates', StoredRates, nullable=False),
    Column('created_at', Time, nullable=False),
    UniqueConstraint('effective_from', name='uq_library_tariff_effective_from'),
)

ledger_table = Table(
    'library_ledger_entry',
    metadata,
    Column('id', Id, primary_key=True),
    reference('member_id', 'library_member.id'),
    Column('kind', Named(Kind), nullable=False),
    Column('reason', Named(Reason)),
    Column('amount', MONEY, nullable=False),
    Column('currency', String(3), nullable=False),
    reference('loan_id', 'library_loan.id', nullable=True),
    reference('voids', 'library_ledger_entry.id', nullable=True),
    Column('overdue_day', Time),
    Column('note', Text, nullable=False),
    reference('actor_id', 'user.id', nullable=True),
    Column('effective_at', Time, nullable=False),
    Column('created_at', Time, nullable=False),
    # Of the request that made it, so that a repeated one makes no other, however late it comes.
    Column('request_key', LargeBinary),
    Column('request_fingerprint', String(64)),
    CheckConstraint("kind IN ('charge', 'payment', 'waiver', 'refund', 'void')", name='kind'),
    CheckConstraint("reason IN ('rent', 'overdue', 'lost', 'damage', 'other')", name='reason'),
    CheckConstraint('amount <> 0', name='amount'),
    CheckConstraint("(kind = 'void') = (voids IS NOT NULL)", name='voids'),
    UniqueConstraint('voids', name='uq_library_ledger_voids'),
    UniqueConstraint('request_key', name='uq_library_ledger_request_key'),
    Index('uq_library_ledger_overdue_day',
          'loan_id',
          'overdue_day',
          unique=True,
          postgresql_where=text("kind = 'charge'")),
    Index(None, 'member_id', 'created_at', 'id'),
    Index(None, 'member_id', 'amount', 'id'),
    Index(None, 'loan_id', 'overdue_day'),
    Index(None, 'actor_id'),
)

# Kept by triggers and never written here; guarded by the lock on the member.
member_figures_table = Table(
    'library_member_figures', metadata,
    Column('member_id', Id, ForeignKey('library_member.id', ondelete='CASCADE'), primary_key=True),
    Column('ledger', MONEY, nullable=False, server_default=text('0')),
    Column('loans_count', Integer, nullable=False, server_default=text('0')),
    Column('active_loans_count', Integer, nullable=False, server_default=text('0')),
    Index(None, 'ledger', 'member_id'), Index(None, 'loans_count', 'member_id'),
    Index(None, 'active_loans_count', 'member_id'))

mapper_registry.map_imperatively(Tariff, tariff_table)
mapper_registry.map_imperatively(Entry, ledger_table)

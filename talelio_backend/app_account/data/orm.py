from typing import Any

from sqlalchemy import (BigInteger, CheckConstraint, Column, Date, Enum, ForeignKey, Index,
                        LargeBinary, String, Table, Text, desc, event, func, text)
from sqlalchemy.sql.functions import coalesce

from talelio_backend.app_account.domain.account import Account
from talelio_backend.app_account.domain.data_epoch import DataEpoch
from talelio_backend.app_account.domain.link import Link, Purpose
from talelio_backend.app_account.domain.session import Session
from talelio_backend.shared.data.orm import Id, LevelNumber, Time, mapper_registry, metadata
from talelio_backend.shared.data.search_text import search_text

# Usernames and addresses are ASCII: one byte order everywhere, whatever the cluster's locale.
_ASCII = String(collation='C')

# The public half. A row outlives its account: what others rely on stays under it.
user_table = Table(
    'user',
    metadata,
    Column('id', Id, primary_key=True),
    Column('username', _ASCII, nullable=False),
    Column('display_name', Text),
    Column('location', Text, nullable=False),
    Column('bio', Text, nullable=False),
    Column('avatar_url', Text),
    Column('created_at', Time, nullable=False),
)
Index('uq_user_username', func.lower(user_table.c.username), unique=True)
Index('ix_user_created_at_id', user_table.c.created_at, user_table.c.id)

account_table = Table(
    'account',
    metadata,
    Column('id', Id, ForeignKey(user_table.c.id), primary_key=True),
    Column('email', _ASCII, nullable=False),
    Column('password_hash', Text),
    Column('verified_at', Time),
    Column('level', LevelNumber, nullable=False),
    Column('blocked_at', Time),
    Column('block_reason', Text),
    Column('language', Text, nullable=False),
    Column('first_name', Text),
    Column('last_name', Text),
    Column('birth_date', Date),
    Column('country', Text),
    Column('city', Text),
    Column('updated_at', Time, nullable=False),
    Column('last_seen_at', Time),
    # Username, display name and e-mail as they are searched, see ``search_text``.
    Column('search', Text, nullable=False),
    CheckConstraint('level IN (1, 2)', name='level'),
)
Index('uq_account_email', func.lower(account_table.c.email), unique=True)

NEVER = text("'-infinity'::timestamptz")
VERIFIED_KEY = coalesce(account_table.c.verified_at, NEVER, type_=Time)
LAST_SEEN_KEY = coalesce(account_table.c.last_seen_at, NEVER, type_=Time)
Index('ix_account_verified_at_id', VERIFIED_KEY, account_table.c.id)
Index('ix_account_last_seen_at_id', LAST_SEEN_KEY, account_table.c.id)
Index('ix_account_level_id', account_table.c.level, account_table.c.id)

session_table = Table(
    'session',
    metadata,
    Column('id', Id, primary_key=True),
    Column('account_id', Id, ForeignKey(account_table.c.id, ondelete='CASCADE'), nullable=False),
    Column('device', Text, nullable=False),
    Column('ip', Text, nullable=False),
    Column('created_at', Time, nullable=False),
    Column('last_used_at', Time, nullable=False),
    Column('expires_at', Time, nullable=False),
    Column('absolute_expires_at', Time, nullable=False),
    Column('ended_at', Time),
    Column('refresh_ended_at', Time),
    Column('assumed_from', Id, ForeignKey('session.id', ondelete='CASCADE')),
)
# Not on last_used_at: it changes with every refresh, and an update that touches no indexed
# column writes no index. An account has 50 live sessions at most to be sorted.
Index('ix_session_live',
      session_table.c.account_id,
      postgresql_where=session_table.c.ended_at.is_(None))
Index('ix_session_account_id_ip_created_at', session_table.c.account_id, session_table.c.ip,
      desc(session_table.c.created_at))
Index('ix_session_created_at', session_table.c.created_at)
Index('ix_session_assumed_from',
      session_table.c.assumed_from,
      postgresql_where=session_table.c.assumed_from.is_not(None))

link_table = Table(
    'link',
    metadata,
    Column('id', Id, primary_key=True),
    Column('purpose',
           Enum(Purpose,
                native_enum=False,
                length=32,
                values_callable=lambda purposes: [purpose.value for purpose in purposes]),
           nullable=False),
    Column('account_id', Id, ForeignKey(account_table.c.id, ondelete='CASCADE'), nullable=False),
    Column('email', _ASCII, nullable=False),
    Column('token_digest', LargeBinary, nullable=False),
    Column('created_at', Time, nullable=False),
    Column('expires_at', Time, nullable=False),
    Column('used_at', Time),
)
Index('uq_link_token_digest', link_table.c.token_digest, unique=True)
Index('ix_link_account_id_purpose', link_table.c.account_id, link_table.c.purpose)
Index('ix_link_expires_at', link_table.c.expires_at)

# One row, or none before the epoch was ever raised.
data_epoch_table = Table('data_epoch', metadata, Column('id', Id, primary_key=True),
                         Column('epoch', BigInteger, nullable=False))

# One mapper over both tables: an account and its user are one aggregate and load in one statement.
account_mapper = mapper_registry.map_imperatively(
    Account,
    user_table.join(account_table),
    properties={
        'id': [user_table.c.id, account_table.c.id],
        'search': account_table.c.search,
    },
)
mapper_registry.map_imperatively(Session, session_table)
mapper_registry.map_imperatively(Link, link_table)
mapper_registry.map_imperatively(DataEpoch, data_epoch_table)


@event.listens_for(Account, 'before_insert')
@event.listens_for(Account, 'before_update')
def _fold_for_search(_mapper: Any, _connection: Any, account: Any) -> None:
    account.search = search_text(account.username, account.display_name, account.email)

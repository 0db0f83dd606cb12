from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session as OrmSession

from talelio_backend.app_account.data.account_repository import SqlAccountRepository
from talelio_backend.app_account.data.link_repository import SqlLinkRepository
from talelio_backend.app_account.data.orm import data_epoch_table
from talelio_backend.app_account.data.session_repository import SqlSessionRepository
from talelio_backend.app_account.domain.data_epoch import THE_ONE, DataEpoch
from talelio_backend.app_account.domain.errors import EmailTaken, UsernameTaken
from talelio_backend.app_account.services.ports import SEEN_EVERY
from talelio_backend.shared.data.unit_of_work import SqlUnitOfWork
from talelio_backend.shared.domain.errors import DomainError

_SEEN = text('''
    UPDATE account SET last_seen_at = :now
    WHERE id = :account_id AND (last_seen_at IS NULL OR last_seen_at <= :seen_before)
''')


class SqlDataEpochRepository:

    def __init__(self, session: OrmSession) -> None:
        self._session = session

    def get(self) -> DataEpoch:
        first = insert(data_epoch_table).values(id=THE_ONE, epoch=0)
        self._session.execute(first.on_conflict_do_nothing())
        return self._session.scalars(select(DataEpoch).with_for_update()).one()


class SqlAccountUnitOfWork(SqlUnitOfWork):

    constraints: ClassVar[Mapping[str, type[DomainError]]] = {
        'uq_account_email': EmailTaken,
        'uq_user_username': UsernameTaken,
    }

    # pylint: disable=attribute-defined-outside-init  # they belong to one transaction
    def attach(self, session: OrmSession) -> None:
        self.accounts = SqlAccountRepository(session)
        self.sessions = SqlSessionRepository(session)
        self.links = SqlLinkRepository(session)
        self.data_epoch = SqlDataEpochRepository(session)

    def seen(self, account_id: UUID, now: datetime) -> None:
        self._session.execute(_SEEN, {
            'account_id': account_id,
            'now': now,
            'seen_before': now - SEEN_EVERY
        })

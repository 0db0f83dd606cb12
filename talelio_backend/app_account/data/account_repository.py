from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session as OrmSession

from talelio_backend.app_account.data.orm import (account_table, link_table, session_table,
                                                  user_table)
from talelio_backend.app_account.domain.account import Account
from talelio_backend.app_account.domain.names import could_be_username, fold
from talelio_backend.shared.data.orm import metadata
from talelio_backend.shared.domain.access import Level


class SqlAccountRepository:

    def __init__(self, session: OrmSession) -> None:
        self._session = session

    def add(self, account: Account) -> None:
        self._session.add(account)

    def get(self, account_id: UUID) -> Account | None:
        return self._session.get(Account, account_id)

    def locked(self, account_id: UUID) -> Account | None:
        return self._one(account_table.c.id == account_id, lock=True)

    def by_email(self, email: str) -> Account | None:
        return self._one(func.lower(account_table.c.email) == fold(email))

    def by_username(self, username: str) -> Account | None:
        return self._named(username)

    def locked_by_username(self, username: str) -> Account | None:
        return self._named(username, lock=True)

    def lock_active_admins(self) -> set[UUID]:
        admins = select(account_table.c.id).where(account_table.c.level == Level.ADMIN,
                                                  account_table.c.blocked_at.is_(None))
        # Always in the same order, so that two who lock at once wait instead of deadlocking.
        locked = admins.order_by(account_table.c.id).with_for_update()
        return set(self._session.scalars(locked))

    def unverified_before(self, moment: datetime, count: int) -> Sequence[Account]:
        unused = select(Account).where(account_table.c.verified_at.is_(None),
                                       account_table.c.level == Level.MEMBER,
                                       user_table.c.created_at < moment,
                                       *(~owned for owned in _owned()))
        candidates = unused.order_by(user_table.c.created_at).limit(count)
        locked = self._session.scalars(candidates.with_for_update(skip_locked=True)).all()
        # Who began to refer to them in between is seen from here on, and nobody else can begin.
        return self._session.scalars(
            unused.where(user_table.c.id.in_([account.id for account in locked]))).all()

    def remove(self, account: Account) -> None:
        self._session.delete(account)

    def _named(self, username: str, *, lock: bool = False) -> Account | None:
        if not could_be_username(username):
            return None
        return self._one(func.lower(user_table.c.username) == fold(username), lock=lock)

    def _one(self, condition: ColumnElement[bool], *, lock: bool = False) -> Account | None:
        found = select(Account).where(condition)
        if lock:
            # Whoever refers to the user (an article, a session) need not wait.
            found = found.with_for_update(of=account_table, key_share=True)
        return self._session.scalars(found).one_or_none()


def _owned() -> list[ColumnElement[bool]]:
    """For every reference to a user, from whatever area, whether there is one. Taken from the
    tables themselves, so that a new area cannot forget to be asked."""
    own = (account_table, session_table, link_table)
    return [
        select(key.parent).where(key.parent == user_table.c.id).exists()
        for table in metadata.sorted_tables if table not in own for key in table.foreign_keys
        if key.column.table in (user_table, account_table)
    ]

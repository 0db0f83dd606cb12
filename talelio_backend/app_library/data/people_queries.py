"""What the library looks up about people in the tables of the accounts."""

from collections.abc import Collection, Mapping
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from talelio_backend.app_account.data.orm import account_table, user_table
from talelio_backend.app_library.domain.member import Standing
from talelio_backend.shared.data.orm import Id
from talelio_backend.shared.domain.access import Level

_U, _A = user_table.c, account_table.c
_person = bindparam('person', type_=Id)
_standing = select(_U.username, _A.level, _A.verified_at, _A.blocked_at).select_from(
    user_table.join(account_table, _A.id == _U.id)).where(_U.id == _person)
_username = select(_U.username).where(_U.id == _person)


class SqlPeople:

    def __init__(self, session: Session) -> None:
        self._session = session

    def standing(self, person: UUID) -> Standing | None:
        """None for a deleted account and for nobody."""
        row = self._session.execute(_standing, {'person': person}).one_or_none()
        if row is None:
            return None
        return Standing(username=row.username,
                        level=row.level,
                        may_borrow=row.verified_at is not None and row.blocked_at is None)

    def levels(self, people: Collection[UUID]) -> Mapping[UUID, Level]:
        """Of each who has an account."""
        rows = self._session.execute(select(_A.id, _A.level).where(_A.id.in_(people)))
        return {row.id: row.level for row in rows}

    def username(self, person: UUID) -> str | None:
        """That of a deleted account is its tombstone's."""
        return self._session.scalar(_username, {'person': person})

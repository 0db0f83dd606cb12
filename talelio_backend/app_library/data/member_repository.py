from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import Sequence, bindparam, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from talelio_backend.app_library.data.circulation_orm import member_table
from talelio_backend.app_library.data.people_queries import SqlPeople
from talelio_backend.app_library.domain.member import Member, Standing
from talelio_backend.shared.data.orm import Id
from talelio_backend.shared.domain.access import Level

_card_numbers = Sequence('library_card_number')
# Weaker than FOR UPDATE: rows that refer to the member are not in the way.
_locked = select(Member).where(
    member_table.c.id == bindparam('member_id', type_=Id)).with_for_update(
        key_share=True).execution_options(populate_existing=True)


class SqlMemberRepository:
    """See the port ``MemberRepository``."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._people = SqlPeople(session)

    def locked(self, member_id: UUID, *, now: datetime) -> Member | None:
        found = self._find(member_id)
        if found is None and self._people.username(member_id) is not None:
            found = self._join(member_id, now)
        return found

    def standing(self, member_id: UUID) -> Standing | None:
        return self._people.standing(member_id)

    def username(self, member_id: UUID) -> str | None:
        return self._people.username(member_id)

    def levels(self, member_ids: Collection[UUID]) -> Mapping[UUID, Level]:
        return self._people.levels(member_ids)

    def _find(self, member_id: UUID) -> Member | None:
        return self._session.scalars(_locked, {'member_id': member_id}).one_or_none()

    def _join(self, member_id: UUID, now: datetime) -> Member:
        """Tries until the row is there: another request may make it at this moment, and staff may
        have given somebody the next number of the sequence."""
        found = None
        while found is None:
            number = self._session.scalar(_card_numbers)
            member = Member.join(account_id=member_id, card_number=f'{number:08d}', now=now)
            values = {column.name: getattr(member, column.name) for column in member_table.c}
            self._session.execute(insert(member_table).values(values).on_conflict_do_nothing())
            found = self._find(member_id)
        return found
